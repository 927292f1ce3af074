package dev.baton.gateway;

import dev.baton.auth.Identity;
import dev.baton.auth.Role;
import dev.baton.heartbeat.Beat;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.CloseCode;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.room.Lane;
import dev.baton.room.Outbox;
import dev.baton.room.Rooms;
import dev.baton.room.SessionRef;
import dev.baton.session.SessionRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.ServerWebSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket and, after its {@code hello}, the session on it. Confined to its event loop, apart from the methods of
 * {@link Outbox} and those that say so.
 */
final class Connection implements Outbox, Intake.Owner, PartsIntake.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** When a client that was told {@code unavailable}, or was late with its hello, may try again, in milliseconds. */
    private static final long RETRY = 1_000;

    /** While nothing is read, the client counts as heard this often, in milliseconds. */
    private static final long LONGEST_SILENCE = 1_000;

    private final ServerWebSocket socket;
    private final String address;
    private final Loop loop;
    private final GatewayServices on;
    private final Beat<Connection> beat;
    private final Inflow inflow;
    private final EarlyFrames early;
    private final Outflow outflow;
    private final Intake intake;
    private final Attendance attendance;
    private final PartsIntake parts;
    private final Set<String> pens = new HashSet<>();
    private final Promise<Void> over = Promise.promise();

    private Optional<SessionRef> session = Optional.empty();
    private Optional<Greeter.Guest> guest = Optional.empty();
    private Optional<Expiries.Slot> expiry = Optional.empty();
    private boolean greeted;
    private boolean replaced;

    /** How many have asked for nothing to be read. */
    private int pauses;

    /** Until when the client is too fast, by the loop's clock; 0 when it is not. */
    private long pacedUntil;

    /** The session is being ended; what becomes of a connection that is lost meanwhile is seen to when that is done. */
    private boolean leaving;

    /** The session has ended, and its documents know. */
    private boolean gone;

    /** When the hello was answered, by the loop's clock. */
    private long welcomed;

    /** Written on the loop, read from anywhere: {@link #open}. */
    private volatile boolean ended;

    /** @param address the client's, behind trusted proxies too */
    Connection(ServerWebSocket socket, String address, Loop loop, GatewayServices on) {
        this.address = address;
        this.socket = socket;
        this.loop = loop;
        this.on = on;
        this.outflow = new Outflow(socket, loop, on.allowed().unread());
        this.beat = loop.add(this, on.stranger());
        this.intake = new Intake(this, on, Loop.now());
        this.attendance = new Attendance(on.allowed().documents());
        this.parts = new PartsIntake(this, on);
        socket.frameHandler(intake::frame);
        this.inflow = Inflow.of(socket);
        this.early = EarlyFrames.of(socket, inflow, intake);
        socket.closeHandler(v -> end("closed"));
        socket.exceptionHandler(failure -> LOG.debug("socket of {}: {}", name(), failure.toString()));
    }

    // ---- what comes in --------------------------------------------------------------------------------------------

    @Override
    public boolean over() {
        return ended;
    }

    @Override
    public boolean greeted() {
        return greeted;
    }

    /** A sign of life counts from the hello on: until then only a hello stops the clock. */
    @Override
    public void heard() {
        if (greeted && !ended) {
            loop.heard(beat);
        }
    }

    @Override
    public Future<?> message(ClientMessage message) {
        if (message instanceof ClientMessage.Hello hello) {
            hello(hello);
        } else if (session.isEmpty()) {
            String why = "the first frame must be hello";
            write(Frames.error(message.ref(), ErrorCode.BAD_MESSAGE, why));
            close(CloseCode.NOT_AUTHENTICATED, why);
        } else if (message instanceof ClientMessage.Ping ping) {
            write(Frames.pong(ping.ref()));
        } else if (message instanceof ClientMessage.Bye) {
            bye(session.get());
        } else if (message instanceof ClientMessage.Part part) {
            parts.take(part);
        } else if (message instanceof ClientMessage.OfDocument ofDocument) {
            return document(session.get(), ofDocument);
        }
        return Future.succeededFuture();
    }

    @Override
    public void afterFlush(Runnable action) {
        loop.afterFlush(action);
    }

    @Override
    public void onLoop(Runnable action) {
        loop.run(action);
    }

    @Override
    public boolean holds(String document) {
        return pens.contains(document);
    }

    @Override
    public void document(ClientMessage.OfDocument message) {
        document(session.orElseThrow(), message);
    }

    @Override
    public <T> Future<T> meanwhile(Callable<T> work) {
        pause(); // what the client sent behind it waits
        return loop.offLoop(work).onComplete(done -> loop.run(this::resume));
    }

    private Future<?> document(SessionRef ref, ClientMessage.OfDocument message) {
        String document = message.document();
        if (message instanceof ClientMessage.Join && !attendance.joins(document)) {
            on.connections().limits().reached(Limit.DOCUMENTS);
            write(Frames.error(
                    message.ref(),
                    ErrorCode.FORBIDDEN,
                    "a session takes part in at most " + on.allowed().documents() + " documents; leave one first"));
            return Future.succeededFuture();
        }
        if (message instanceof ClientMessage.Leave) {
            attendance.leaves(document);
            parts.forget(document);
            intake.forget(document);
        }
        Future<Rooms.Result> handled = on.rooms().handle(ref, this, message);
        if (message instanceof ClientMessage.Join) {
            handled.onSuccess(result -> loop.run(() -> attendance.joined(document, result)));
        } else if (message instanceof ClientMessage.Leave) {
            handled.onSuccess(result -> loop.run(() -> attendance.left(document, result)));
        }
        return handled;
    }

    // ---- hello ----------------------------------------------------------------------------------------------------

    private void hello(ClientMessage.Hello hello) {
        if (greeted) {
            again(hello);
            return;
        }
        greeted = true;
        loop.repace(beat, on.ordinary());
        pause(); // what follows waits until the session is there
        loop.newcomers().enter(() -> {
            if (!ended) {
                letIn(hello);
            }
            return !ended;
        });
    }

    private void letIn(ClientMessage.Hello hello) {
        on.greeter()
                .greet(hello)
                .onComplete(done -> loop.run(() -> {
                    if (done.succeeded()) {
                        welcome(hello, done.result());
                    } else {
                        refuse(hello, done.cause());
                    }
                    // The next one when the rooms are through with what they were asked before, so that they come
                    // no faster than their documents can be opened.
                    on.rooms().turn().onComplete(v -> loop.run(loop.newcomers()::leave));
                }));
    }

    /** Another hello brings another token for the same user; what follows it is judged by that one. */
    private void again(ClientMessage.Hello hello) {
        SessionRef ref = session.orElseThrow();
        pause();
        on.greeter()
                .again(hello, ref)
                .onComplete(done -> loop.run(() -> {
                    if (ended) {
                        return;
                    }
                    if (done.succeeded()) {
                        until(done.result());
                        greet(hello, ref, true);
                        authorize(ref.with(done.result().roles()));
                    } else {
                        refuse(hello, done.cause());
                    }
                    if (!ended) {
                        resume();
                    }
                }));
    }

    private void authorize(SessionRef ref) {
        session = Optional.of(ref);
        on.rooms().authorized(ref, this, attendance.documents());
        attendance.keepOnly(document -> ref.roles().allow(document, Role.VIEW));
    }

    private void refuse(ClientMessage.Hello hello, Throwable cause) {
        Refusal refusal = Refusal.of(cause, RETRY);
        if (refusal != cause) {
            LOG.warn("a hello could not be answered: {}", cause.toString());
        }
        write(Frames.error(hello.ref(), refusal.code(), refusal.getMessage(), refusal.retry()));
        refusal.close().ifPresent(code -> close(code, refusal.getMessage()));
    }

    private void welcome(ClientMessage.Hello hello, Greeter.Guest let) {
        SessionRecord record = let.connected().record();
        SessionRef ref =
                new SessionRef(record.id(), record.user(), record.generation(), record.secretHash(), record.roles());
        if (ended) {
            on.greeter().left(let);
            on.sessions().lose(ref.session(), ref.generation(), "closed");
            return;
        }
        session = Optional.of(ref);
        guest = Optional.of(let);
        welcomed = Loop.now();
        loop.strangers().proven(address, welcomed);
        on.connections().put(ref.session(), this);
        until(let.identity());
        greet(hello, ref, let.connected().resumed());
        if (!record.documents().isEmpty()) {
            attendance.resumes(record.documents().keySet());
            attendance.keepOnly(document -> ref.roles().allow(document, Role.VIEW));
            on.rooms().resumed(ref, this, record.documents());
        }
        resume();
    }

    /** What is decoded already waits in the socket, and what is not before it. */
    private void pause() {
        if (pauses++ == 0 && !ended) {
            inflow.hold();
            socket.pause();
        }
    }

    /** The end of one {@link #pause}; when the last one has ended, or the connection has, it is read again. */
    private void resume() {
        pauses--;
        if (pauses == 0 && !ended) {
            readOn();
        }
    }

    private void readOn() {
        inflow.goOn();
        socket.resume(); // whatever this brings may pause again
    }

    @Override
    public void pace(long millis) {
        boolean paced = pacedUntil > 0;
        pacedUntil = Math.max(pacedUntil, Loop.now() + millis);
        if (!paced) {
            pause();
            waitForPace();
        }
    }

    /** A client that is not read gives no sign of life, and is none the less there: this node has made it wait. */
    private void waitForPace() {
        later(Math.min(LONGEST_SILENCE, pacedUntil - Loop.now()), () -> {
            heard();
            if (Loop.now() < pacedUntil) {
                waitForPace();
            } else {
                pacedUntil = 0;
                resume();
            }
        });
    }

    @Override
    public void later(long millis, Runnable action) {
        loop.later(millis, () -> {
            if (!ended) {
                action.run();
            }
        });
    }

    private void greet(ClientMessage.Hello hello, SessionRef ref, boolean resumed) {
        write(Frames.welcome(
                hello.ref(),
                ref.session(),
                guest.orElseThrow().connected().secret().text(),
                resumed,
                ref.user(),
                on.node(),
                on.ordinary().interval(),
                on.ordinary().timeout(),
                on.grace(),
                on.limits()));
    }

    /** The connection ends when what it was let in by does. */
    private void until(Identity identity) {
        expiry.ifPresent(loop::putOff);
        expiry = identity.until().isPresent()
                ? Optional.of(loop.expire(this, identity.until().getAsLong() - System.currentTimeMillis()))
                : Optional.empty();
    }

    /** The token's time is over. */
    void expired() {
        close(CloseCode.TOKEN_EXPIRED);
    }

    // ---- heartbeats -----------------------------------------------------------------------------------------------

    /** It is this connection's turn to be pinged. */
    void ping() {
        if (!ended) {
            intake.pinged();
            outflow.ping();
        }
    }

    /** Nothing was heard for the timeout; the wheel has let go already. */
    void silent() {
        if (!greeted) {
            on.connections().limits().reached(Limit.HELLO_TIME);
            String why = "hello must be said within " + on.allowed().hello().toMillis() + " ms";
            // A machine may have slept meanwhile: this is no refusal that holds.
            write(Frames.error(Optional.empty(), ErrorCode.BAD_MESSAGE, why, OptionalLong.of(RETRY)));
            close(CloseCode.NOT_AUTHENTICATED, why);
            return;
        }
        outflow.flush();
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
    public void sendAsked(String frame, Runnable taken) {
        loop.run(() -> {
            if (ended) {
                taken.run();
                return;
            }
            ByteBuf encoded = outflow.encode(frame);
            if (tooSlow(encoded)) {
                taken.run();
            } else {
                outflow.writeAsked(encoded, taken);
            }
        });
    }

    @Override
    public void sendAway() {
        loop.run(() -> close(CloseCode.GOING_AWAY));
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

    /** Writes a frame; on the loop. */
    @Override
    public void write(String frame) {
        if (!ended) {
            write(outflow.encode(frame));
        }
    }

    /**
     * Writes an encoded frame, which this releases; on the loop. It goes out at the end of the turn. A client that does
     * not read is let go before it costs more than its share.
     */
    void write(ByteBuf frame) {
        if (ended) {
            frame.release();
        } else if (!tooSlow(frame)) {
            outflow.write(frame);
        }
    }

    /** Whether so much is unread that the connection has been closed, and the frame released. */
    private boolean tooSlow(ByteBuf frame) {
        if (!outflow.full()) {
            return false;
        }
        frame.release();
        close(CloseCode.TOO_SLOW);
        return true;
    }

    /** What allocates frames for this connection. */
    ByteBufAllocator allocator() {
        return outflow.allocator();
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Which of its session's connections this is; 0 before the hello was answered. */
    long generation() {
        return session.map(SessionRef::generation).orElse(0L);
    }

    /** The client ends its session; nothing that it sent behind that counts. */
    private void bye(SessionRef ref) {
        pause();
        leaving = true;
        on.sessions()
                .leave(ref.session(), ref.generation())
                .compose(left -> left.isPresent()
                        ? on.rooms().left(ref, this, attendance.documents()).map(true)
                        : Future.succeededFuture(false))
                .otherwise(false)
                .onComplete(done -> loop.run(() -> {
                    leaving = false;
                    if (done.result()) {
                        gone = true;
                    }
                    if (ended) {
                        report(ref, "closed");
                    } else {
                        close(CloseCode.GOODBYE);
                    }
                }));
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

    @Override
    public void close(CloseCode code) {
        close(code, code.reason());
    }

    @Override
    public void close(CloseCode code, String why) {
        if (!ended) {
            if (code == CloseCode.TOO_LARGE) {
                on.connections().limits().reached(greeted ? Limit.MESSAGE : Limit.HELLO_SIZE);
            } else if (code == CloseCode.TOO_SLOW) {
                on.connections().limits().reached(Limit.UNREAD);
            }
            outflow.flush(); // what was said before goes out before
            on.connections().meters().closed(code);
            if (code.fails()) {
                early.fail();
            }
            socket.close(code.code(), CloseCode.fitting(why));
            end("closed");
            readOn(); // so that the client's answer to the close is read
        }
    }

    /** The connection is no more, for that cause; once. */
    private void end(String cause) {
        if (ended) {
            return;
        }
        List<ClientMessage.Signal> last = intake.lastSignals();
        session.ifPresent(ref -> last.forEach(signal -> on.rooms().handle(ref, this, signal)));
        ended = true;
        parts.clear();
        loop.remove(beat);
        expiry.ifPresent(loop::putOff);
        guest.ifPresent(let -> {
            on.greeter().left(let);
            loop.strangers().gone(address, welcomed, Loop.now());
        });
        on.connections().closed();
        if (session.isEmpty()) {
            over.complete();
            return;
        }
        SessionRef ref = session.get();
        on.connections().remove(ref.session(), this);
        if (!leaving) {
            report(ref, cause);
        }
    }

    /**
     * Tells the rooms and the cluster what the end of this connection is to its session; {@link #over} completes when
     * they know.
     */
    private void report(SessionRef ref, String cause) {
        if (gone) {
            over.complete();
            return;
        }
        if (replaced) {
            on.rooms().replaced(ref, this, attendance.documents());
            over.complete();
            return;
        }
        on.rooms().offline(ref, this, attendance.documents(), cause).onComplete(v -> loop.run(() -> lose(ref, cause)));
    }

    private void lose(SessionRef ref, String cause) {
        on.sessions()
                .lose(ref.session(), ref.generation(), cause)
                .onFailure(failure ->
                        LOG.warn("session {} could not be reported offline: {}", ref.session(), failure.toString()))
                .<Void>mapEmpty()
                .otherwiseEmpty()
                .onComplete(over);
    }

    private String name() {
        return session.map(SessionRef::session).orElse("a stranger");
    }
}
