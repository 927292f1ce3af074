package dev.baton.gateway;

import dev.baton.heartbeat.Beat;
import dev.baton.protocol.BadMessage;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.CloseCode;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.room.Lane;
import dev.baton.room.Outbox;
import dev.baton.room.Rooms;
import dev.baton.room.SessionRef;
import dev.baton.session.SessionRecord;
import dev.baton.session.Sessions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.http.WebSocketInternal;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket and, after its {@code hello}, the session on it. Confined to its event loop, apart from the methods of
 * {@link Outbox} and those that say so.
 */
final class Connection implements Outbox, FrameAssembler.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final Buffer NO_PAYLOAD = Buffer.buffer(0);

    /** When a client that was told {@code unavailable} may try again, in milliseconds. */
    private static final long RETRY = 1_000;

    private final ServerWebSocket socket;
    private final Loop loop;
    private final GatewayServices on;
    private final Beat<Connection> beat;
    private final FrameAssembler assembler;
    private final Set<String> documents = new HashSet<>();

    /** Those of them that the client has asked to leave. */
    private final Set<String> leaving = new HashSet<>();

    private final Set<String> pens = new HashSet<>();
    private final Promise<Void> over = Promise.promise();

    private Optional<SessionRef> session = Optional.empty();
    private boolean greeted;
    private boolean replaced;

    /** When a ping was sent that is not answered yet, as {@link System#nanoTime()} counts; else 0. */
    private long pinged;

    /** Written on the loop, read from anywhere: {@link #open}. */
    private volatile boolean ended;

    Connection(ServerWebSocket socket, Loop loop, GatewayServices on) {
        this.socket = socket;
        this.loop = loop;
        this.on = on;
        this.beat = loop.add(this, on.stranger());
        this.assembler = new FrameAssembler(on.allowed().message());
        socket.frameHandler(this::frame);
        socket.pongHandler(payload -> ponged()); // comes also while the socket is paused
        BrokenFrames.of(socket, this::close);
        socket.closeHandler(v -> end("closed"));
        socket.exceptionHandler(failure -> LOG.debug("socket of {}: {}", name(), failure.toString()));
    }

    // ---- what comes in --------------------------------------------------------------------------------------------

    private void frame(WebSocketFrame frame) {
        if (ended) {
            return;
        }
        heard();
        if (frame.isText()) {
            assembler.text(frame.binaryData(), frame.isFinal(), this);
        } else if (frame.isContinuation()) {
            assembler.continuation(frame.binaryData(), frame.isFinal(), this);
        } else if (frame.isBinary()) {
            close(CloseCode.NOT_TEXT);
        }
    }

    private void ponged() {
        if (pinged != 0) {
            on.connections().meters().ponged(System.nanoTime() - pinged);
            pinged = 0;
        }
        heard();
    }

    /** A sign of life counts from the hello on: until then only a hello stops the clock. */
    private void heard() {
        if (greeted && !ended) {
            loop.heard(beat);
        }
    }

    @Override
    public void broken(CloseCode code) {
        close(code);
    }

    @Override
    public void text(String text) {
        on.connections().meters().received();
        if (!greeted
                && text.getBytes(StandardCharsets.UTF_8).length > on.allowed().helloBytes()) {
            close(CloseCode.TOO_LARGE);
            return;
        }
        ClientMessage message;
        try {
            message = on.reader().read(text);
        } catch (BadMessage bad) {
            write(Frames.error(bad.ref(), bad.code(), bad.getMessage()));
            if (!greeted) {
                close(CloseCode.NOT_AUTHENTICATED);
            }
            return;
        }
        if (message instanceof ClientMessage.Hello hello) {
            hello(hello);
        } else if (session.isEmpty()) {
            write(Frames.error(message.ref(), ErrorCode.BAD_MESSAGE, "the first frame must be hello"));
            close(CloseCode.NOT_AUTHENTICATED);
        } else if (message instanceof ClientMessage.Ping ping) {
            write(Frames.pong(ping.ref()));
        } else if (message instanceof ClientMessage.OfDocument ofDocument) {
            document(session.get(), ofDocument);
        }
    }

    private void document(SessionRef ref, ClientMessage.OfDocument message) {
        String document = message.document();
        boolean join = message instanceof ClientMessage.Join;
        if (join
                && !documents.contains(document)
                && documents.size() - leaving.size() >= on.allowed().documents()) {
            write(Frames.error(
                    message.ref(),
                    ErrorCode.FORBIDDEN,
                    "a session takes part in at most " + on.allowed().documents() + " documents; leave one first"));
            return;
        }
        if (join) {
            documents.add(document);
            leaving.remove(document);
        } else if (message instanceof ClientMessage.Leave && documents.contains(document)) {
            leaving.add(document); // the client may join another as soon as it is told, which is before this side is
        }
        Future<Rooms.Result> handled = on.rooms().handle(ref, this, message);
        if (join || message instanceof ClientMessage.Leave) {
            handled.onSuccess(result -> loop.run(() -> stands(document, result)));
        }
    }

    private void stands(String document, Rooms.Result result) {
        leaving.remove(document);
        if (result == Rooms.Result.OUT) {
            documents.remove(document);
        } else {
            documents.add(document);
        }
    }

    // ---- hello ----------------------------------------------------------------------------------------------------

    private void hello(ClientMessage.Hello hello) {
        if (greeted) {
            write(Frames.error(hello.ref(), ErrorCode.BAD_MESSAGE, "hello was said already"));
            return;
        }
        greeted = true;
        loop.repace(beat, on.ordinary());
        socket.pause(); // what follows waits until the session is there
        on.welcoming()
                .welcome(hello)
                .onComplete(done -> loop.run(() -> {
                    if (done.failed()) {
                        LOG.warn(
                                "a hello could not be answered: {}",
                                done.cause().toString());
                        write(Frames.error(
                                hello.ref(),
                                ErrorCode.UNAVAILABLE,
                                "the cluster does not answer; try again",
                                OptionalLong.of(RETRY)));
                        close(CloseCode.INTERNAL);
                    } else if (done.result().isEmpty()) {
                        write(Frames.error(
                                hello.ref(),
                                ErrorCode.BAD_MESSAGE,
                                "user is missing: {id, name}, or a resume that is valid"));
                        close(CloseCode.NOT_AUTHENTICATED);
                    } else {
                        welcome(hello, done.result().get());
                    }
                }));
    }

    private void welcome(ClientMessage.Hello hello, Sessions.Connected connected) {
        SessionRecord record = connected.record();
        SessionRef ref = new SessionRef(record.id(), record.user(), record.generation(), record.secretHash());
        if (ended) {
            on.sessions().lose(ref.session(), ref.generation(), "closed");
            return;
        }
        session = Optional.of(ref);
        on.connections().put(ref.session(), this);
        write(Frames.welcome(
                hello.ref(),
                ref.session(),
                connected.secret().text(),
                connected.resumed(),
                ref.user(),
                on.node(),
                on.ordinary().interval(),
                on.ordinary().timeout(),
                on.limits()));
        if (!record.documents().isEmpty()) {
            documents.addAll(record.documents().keySet());
            on.rooms().resumed(ref, this, record.documents());
        }
        socket.resume();
    }

    // ---- heartbeats -----------------------------------------------------------------------------------------------

    /** It is this connection's turn to be pinged. */
    void ping() {
        if (!ended) {
            pinged = System.nanoTime();
            on.connections().meters().pinged();
            socket.writePing(NO_PAYLOAD);
        }
    }

    /** Nothing was heard for the timeout; the wheel has let go already. */
    void silent() {
        if (!greeted) {
            write(Frames.error(
                    Optional.empty(),
                    ErrorCode.BAD_MESSAGE,
                    "hello must be said within " + on.allowed().hello().toMillis() + " ms"));
            close(CloseCode.NOT_AUTHENTICATED);
            return;
        }
        on.connections().meters().closed(CloseCode.HEARTBEAT_TIMEOUT);
        socket.close(CloseCode.HEARTBEAT_TIMEOUT.code(), CloseCode.HEARTBEAT_TIMEOUT.reason());
        end("timeout");
    }

    // ---- what goes out --------------------------------------------------------------------------------------------

    @Override
    public Lane lane() {
        return loop;
    }

    @Override
    public void send(String frame) {
        loop.run(() -> write(frame));
    }

    @Override
    public boolean open() {
        return !ended;
    }

    @Override
    public void editing(String document, boolean holds) {
        loop.run(() -> {
            boolean was = !pens.isEmpty();
            if (holds) {
                pens.add(document);
            } else {
                pens.remove(document);
            }
            if (!ended && was == pens.isEmpty()) {
                loop.repace(beat, pens.isEmpty() ? on.ordinary() : on.editor());
            }
        });
    }

    /** Writes a frame; on the loop. A client that does not read is let go before it costs more than its share. */
    void write(String frame) {
        if (ended) {
            return;
        }
        if (unread() > on.allowed().unread()) {
            close(CloseCode.TOO_SLOW);
            return;
        }
        socket.writeTextMessage(frame);
    }

    private long unread() {
        var buffer = ((WebSocketInternal) socket)
                .channelHandlerContext()
                .channel()
                .unsafe()
                .outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Which of its session's connections this is; 0 before the hello was answered. */
    long generation() {
        return session.map(SessionRef::generation).orElse(0L);
    }

    /** The session goes on on another connection. Any thread. */
    void replacedBy(long generation) {
        loop.run(() -> {
            if (session.isPresent() && generation() < generation) {
                replaced = true;
                close(CloseCode.RESUMED_ELSEWHERE);
            }
        });
    }

    /** Closes with that code; completes when the session has been reported offline. Any thread. */
    Future<Void> leave(CloseCode code) {
        loop.run(() -> close(code));
        return over.future();
    }

    /** Completes on the loop when the connection is over and its session has been reported offline. */
    Future<Void> ended() {
        return over.future();
    }

    private void close(CloseCode code) {
        if (!ended) {
            on.connections().meters().closed(code);
            socket.close(code.code(), code.reason());
            end("closed");
        }
    }

    /** The connection is no more, for that cause; once. */
    private void end(String cause) {
        if (ended) {
            return;
        }
        ended = true;
        loop.remove(beat);
        on.connections().closed();
        if (session.isEmpty()) {
            over.complete();
            return;
        }
        SessionRef ref = session.get();
        on.connections().remove(ref.session(), this);
        if (replaced) {
            on.rooms().replaced(ref, this, documents);
            over.complete();
            return;
        }
        on.sessions()
                .lose(ref.session(), ref.generation(), cause)
                .onFailure(failure ->
                        LOG.warn("session {} could not be reported offline: {}", ref.session(), failure.toString()))
                .<Void>mapEmpty()
                .otherwiseEmpty()
                .onComplete(over);
        on.rooms().offline(ref, this, documents);
    }

    private String name() {
        return session.map(SessionRef::session).orElse("a stranger");
    }
}
