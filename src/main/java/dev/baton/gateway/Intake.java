package dev.baton.gateway;

import dev.baton.protocol.BadMessage;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.CloseCode;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import io.vertx.core.http.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What comes in on one socket, from its frames to the messages in them: what comes too fast is refused, and what is no message is
 * answered. What a message does is its owner's. Confined to the loop of the connection.
 */
final class Intake implements FrameAssembler.Sink, EarlyFrames.Sink {

    /** The connection that listens here. */
    interface Owner {
        /** Whether it has ended, so that nothing more is looked at. */
        boolean over();

        /** Whether it has been sent a hello. */
        boolean greeted();

        /** The client has given a sign of life. */
        void heard();

        /** The client says that. */
        void message(ClientMessage message);

        /** Answers the client. */
        void write(String frame);

        /** The client is to be let go. */
        void close(CloseCode code);
    }

    private final Owner owner;
    private final GatewayServices on;
    private final FrameAssembler assembler;
    private final Throttle throttle;

    /** When a ping was sent that is not answered yet, as {@link System#nanoTime()} counts; else 0. */
    private long pinged;

    /** The last answer to what carried no {@code ref} and came too fast; empty before the first. */
    private String slower = "";

    /** The milliseconds that it names. */
    private long slowerFor;

    Intake(Owner owner, GatewayServices on, long now) {
        this.owner = owner;
        this.on = on;
        this.assembler = new FrameAssembler(on.allowed().message());
        this.throttle = new Throttle(
                on.allowed().rate(), on.allowed().bytes(), on.allowed().message(), now);
    }

    /** A frame came that is no pong. */
    void frame(WebSocketFrame frame) {
        if (owner.over() || frame.isClose()) {
            return;
        }
        owner.heard();
        if (!within(frame)) {
            return;
        }
        if (frame.isText()) {
            assembler.text(frame.binaryData(), frame.isFinal(), this);
        } else if (frame.isContinuation()) {
            assembler.continuation(frame.binaryData(), frame.isFinal(), this);
        } else if (frame.isBinary()) {
            owner.close(CloseCode.NOT_TEXT);
        }
    }

    /** The client is being pinged. */
    void pinged() {
        pinged = System.nanoTime();
        on.connections().meters().pinged();
    }

    @Override
    public void pong() {
        if (owner.over()) {
            return;
        }
        owner.heard();
        if (pinged == 0) {
            within(throttle.control(Loop.now()), false);
            return;
        }
        // An answer to this node's own ping is no message of the client's: it must not cost it one of those it may
        // send.
        on.connections().meters().ponged(System.nanoTime() - pinged);
        pinged = 0;
    }

    @Override
    public void broken(CloseCode code) {
        owner.close(code);
    }

    @Override
    public void text(String text) {
        on.connections().meters().received();
        if (!owner.greeted()
                && text.getBytes(StandardCharsets.UTF_8).length > on.allowed().helloBytes()) {
            owner.close(CloseCode.TOO_LARGE);
            return;
        }
        ClientMessage message;
        try {
            message = on.reader().read(text);
        } catch (BadMessage bad) {
            bad(bad);
            return;
        }
        if (!refused(message.ref())) {
            owner.message(message);
        }
    }

    private void bad(BadMessage bad) {
        if (refused(bad.ref())) {
            return;
        }
        if (bad.code() == ErrorCode.TOO_LARGE) {
            on.connections().limits().reached(Limit.DATA);
        }
        owner.write(Frames.error(bad.ref(), bad.code(), bad.getMessage()));
        if (!owner.greeted()) {
            owner.close(CloseCode.NOT_AUTHENTICATED);
        }
    }

    // ---- the rate -------------------------------------------------------------------------------------------------

    /**
     * Whether the frame is to be looked at. What came too fast is put together all the same, since whoever asked must be
     * told by its {@code ref} that nothing came of it.
     */
    private boolean within(WebSocketFrame frame) {
        long now = Loop.now();
        if (frame.isText()) {
            return within(throttle.first(frame.binaryData().length(), now), true);
        } else if (frame.isContinuation()) {
            return within(throttle.further(frame.binaryData().length(), now), true);
        }
        return within(throttle.control(now), false);
    }

    private boolean within(Throttle.Verdict verdict, boolean data) {
        if (verdict == Throttle.Verdict.CLOSE) {
            on.connections().limits().reached(throttle.reached());
            slowDown(Optional.empty());
            owner.close(CloseCode.RATE_LIMITED);
            return false;
        }
        if (verdict == Throttle.Verdict.REFUSE && !data) {
            on.connections().limits().reached(throttle.reached());
            slowDown(Optional.empty());
        }
        return true;
    }

    /** Whether what has just come in came too fast; it is answered then. */
    private boolean refused(Optional<Json> ref) {
        if (throttle.refused()) {
            on.connections().limits().reached(throttle.reached());
            slowDown(ref);
            return true;
        }
        return false;
    }

    /** Of a thousand messages in one go that carry no {@code ref} most are given the same answer: it is made once. */
    private void slowDown(Optional<Json> ref) {
        long retry = throttle.retry(Loop.now());
        if (ref.isPresent()) {
            owner.write(slower(ref, retry));
            return;
        }
        if (slower.isEmpty() || slowerFor != retry) {
            slower = slower(ref, retry);
            slowerFor = retry;
        }
        owner.write(slower);
    }

    private String slower(Optional<Json> ref, long retry) {
        return Frames.error(
                ref,
                ErrorCode.RATE_LIMITED,
                "too much at once: " + on.allowed().rate() + " messages and "
                        + on.allowed().bytes() + " bytes a second are taken; nothing was done",
                OptionalLong.of(retry));
    }
}
