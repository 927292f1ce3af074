package dev.baton.gateway;

import dev.baton.protocol.BadMessage;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.CloseCode;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import io.vertx.core.Future;
import io.vertx.core.http.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What comes in on one socket, from its frames to the messages in them: what comes too fast is refused, and what is no
 * message is answered. What a message does is its owner's. Confined to the loop of the connection.
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

        /** The client says that. Completes when it has been answered, or needs no answer; never fails. */
        Future<?> message(ClientMessage message);

        /** Runs the action when what was written so far has gone out. */
        void afterFlush(Runnable action);

        /** Runs the action on the loop, behind what was handed to the connection before. Any thread. */
        void onLoop(Runnable action);

        /** Answers the client. */
        void write(String frame);

        /** Stops reading for that many milliseconds. */
        void pace(long millis);

        /** Runs the action after that many milliseconds, unless the connection has ended by then. */
        void later(long millis, Runnable action);

        /** The client is to be let go. */
        default void close(CloseCode code) {
            close(code, code.reason());
        }

        /** The same; {@code why} is what the close frame says, as far as it has room for it. */
        void close(CloseCode code, String why);
    }

    /**
     * A signal beyond the rate costs as much as this many bytes more: it is read to no other end than to be replaced.
     */
    private static final int EXTRA_SIGNAL = 256;

    private final Owner owner;
    private final GatewayServices on;
    private final FrameAssembler assembler;
    private final Throttle throttle;
    private final Signals signals;
    private boolean signalsPlanned;

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
        this.signals = new Signals(on.allowed().rate(), now);
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
            isTaken(Optional.empty(), throttle.uncredited(Loop.now()));
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
            if (isTaken(bad.ref())) {
                bad(bad);
                answered(Future.succeededFuture());
            }
            return;
        }
        if (message instanceof ClientMessage.Signal signal && owner.greeted()) {
            signal(signal);
        } else if (message instanceof ClientMessage.Part) {
            if (isTaken(message.ref(), throttle.uncredited(Loop.now()))) {
                owner.message(message);
            }
        } else if (isTaken(message.ref())) {
            answered(owner.message(message));
        }
    }

    /**
     * What is answered at once counts as outstanding until the answer goes out: the client has not waited for it
     * before. Of several that come in one go only the first is free.
     */
    private void answered(Future<?> answer) {
        if (answer.isComplete()) {
            owner.afterFlush(throttle::answered);
        } else {
            answer.onComplete(done -> owner.onLoop(throttle::answered));
        }
    }

    private void bad(BadMessage bad) {
        if (bad.code() == ErrorCode.TOO_LARGE) {
            on.connections().limits().reached(Limit.DATA);
        }
        owner.write(Frames.error(bad.ref(), bad.code(), bad.getMessage()));
        if (!owner.greeted()) {
            owner.close(CloseCode.NOT_AUTHENTICATED, bad.getMessage());
        }
    }

    // ---- signals --------------------------------------------------------------------------------------------------

    /** Beyond the rate the latest signal of a document is the only one that waits: nobody needs those before it. */
    private void signal(ClientMessage.Signal signal) {
        if (signals.take(signal, Loop.now())) {
            owner.message(signal);
            return;
        }
        on.connections().limits().reached(Limit.MESSAGES);
        pace(throttle.spend(EXTRA_SIGNAL, Loop.now()));
        planSignals();
    }

    private void planSignals() {
        if (!signalsPlanned && !signals.isEmpty()) {
            signalsPlanned = true;
            owner.later(signals.delay(Loop.now()), () -> {
                signalsPlanned = false;
                signals.due(Loop.now()).forEach(owner::message);
                planSignals();
            });
        }
    }

    /** The session leaves a document: what it would have signalled there is of no use any more. */
    void forget(String document) {
        signals.forget(document);
    }

    /** The connection ends: the last signals go on now, since nobody will be told them later. */
    List<ClientMessage.Signal> lastSignals() {
        return signals.rest();
    }

    // ---- the rate -------------------------------------------------------------------------------------------------

    /** Whether the frame is to be looked at. */
    private boolean within(WebSocketFrame frame) {
        long now = Loop.now();
        if (frame.isText()) {
            pace(throttle.first(frame.binaryData().length(), now));
        } else if (frame.isContinuation()) {
            pace(throttle.further(frame.binaryData().length(), now));
            if (throttle.endless()) {
                on.connections().limits().reached(Limit.BYTES);
                owner.close(CloseCode.RATE_LIMITED, "rate limited: a message of fragments without an end");
                return false;
            }
        } else {
            return isTaken(Optional.empty(), throttle.uncredited(Loop.now()));
        }
        return true;
    }

    /** What comes faster than the rate in bytes is not refused: it waits with the client until its time has come. */
    private void pace(long millis) {
        if (millis > 0) {
            on.connections().limits().reached(Limit.BYTES);
            owner.pace(millis);
        }
    }

    /** Whether one more message is allowed, which then is outstanding. */
    private boolean isTaken(Optional<Json> ref) {
        return isTaken(ref, throttle.message(Loop.now()));
    }

    /** Whether it is taken; if not, it is refused, and a client that goes on is closed. */
    private boolean isTaken(Optional<Json> ref, Throttle.Verdict verdict) {
        if (verdict == Throttle.Verdict.TAKE) {
            return true;
        }
        on.connections().limits().reached(Limit.MESSAGES);
        slowDown(verdict == Throttle.Verdict.REFUSE ? ref : Optional.empty());
        if (verdict == Throttle.Verdict.CLOSE) {
            owner.close(CloseCode.RATE_LIMITED);
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
                "too much at once: " + allowed() + "; nothing was done",
                OptionalLong.of(retry));
    }

    private String allowed() {
        return on.allowed().rate() + " messages a second are taken without waiting for answers";
    }
}
