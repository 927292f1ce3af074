package dev.baton.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One connection to a node. When it ends, it has ended: {@link ReconnectingClient} comes back.
 *
 * <p>Every method may be called on any thread; frames go out in the order of the calls of one thread. Futures complete
 * and events are told on the client's context. A future whose answer has not come when the connection ends fails with
 * {@link ConnectionClosed}; one that is answered by {@code error} fails with {@link BatonException}. Listeners hear of
 * a frame, and of the end, before the futures that it settles do. A node that is not
 * heard for its own heartbeat timeout plus the slack is given up.
 */
public final class BatonClient {
    private final Context context;
    private final Connection connection;
    private final Pending pending = new Pending();
    private final SnapshotParts snapshots = new SnapshotParts();
    private final Outgoing outgoing;
    private final Promise<Welcome> greeted = Promise.promise();
    private Consumer<NodeEvent> events;
    private volatile Welcome welcome;
    private volatile NodeEvent.Closed closed;

    private BatonClient(Vertx vertx, Context context, ClientOptions options) {
        this.context = context;
        this.events = options.events();
        this.connection =
                new Connection(vertx, context, options, options.frames().andThen(this::received), this::ended);
        this.outgoing = new Outgoing(connection::write);
    }

    /**
     * Connects and says {@code hello}. Done once the node has welcomed this client (or the socket is open, for options
     * without a {@code hello}). Fails with {@link HandshakeRejected} when the node wants no socket, with
     * {@link ConnectionClosed} when it closes instead of welcoming (4401: not authenticated), with
     * {@link BatonException} when it answers {@code error}, or with what went wrong in the network. The client's
     * context is the caller's; for a caller without one it is a new one, on the next event loop in turn.
     */
    public static Future<BatonClient> connect(Vertx vertx, ClientOptions options) {
        Context context = Connection.contextOf(vertx);
        BatonClient client = new BatonClient(vertx, context, options);
        Promise<BatonClient> done = Promise.promise();
        context.runOnContext(go -> client.open(options).onComplete(opened -> {
            if (opened.succeeded()) {
                done.complete(client);
            } else {
                client.connection.abort();
                done.fail(opened.cause());
            }
        }));
        return done.future();
    }

    private Future<Void> open(ClientOptions options) {
        Future<Void> opened = connection.open();
        if (!options.hello()) {
            return opened;
        }
        return opened.compose(ready -> {
            connection.expectWithin(options.connectTimeout());
            JsonObject hello = options.helloFrame();
            pending.add(hello, FrameReader::welcome).onFailure(greeted::tryFail);
            outgoing.write(hello.encode());
            return greeted.future().mapEmpty();
        });
    }

    /**
     * What the node said to {@code hello}.
     *
     * @throws IllegalStateException before it has, which only a client without a {@code hello} can see
     */
    public Welcome welcome() {
        Welcome said = welcome;
        if (said == null) {
            throw new IllegalStateException("not welcomed yet");
        }
        return said;
    }

    /** The session's public id, see {@link #welcome()}. */
    public String session() {
        return welcome().session();
    }

    /** Whether the connection is still there, as far as this side knows. */
    public boolean isOpen() {
        return closed == null;
    }

    /** For how many nanoseconds nothing has been heard of the node. */
    long silence() {
        return connection.silence();
    }

    /** The sub-protocol the node chose; empty when it chose none. */
    public String protocol() {
        return connection.protocol();
    }

    /** Tells a listener everything from now on; one that comes after the end is told {@code Closed} at once. */
    public void events(Consumer<? super NodeEvent> listener) {
        onContext(() -> {
            if (closed != null) {
                listener.accept(closed);
            } else {
                events = events.andThen(listener);
            }
        });
    }

    /** Takes part in a document, knowing nothing of it. */
    public Future<Joined> join(String document, Mode mode) {
        return ask(of("join", document).put("mode", mode.word()), FrameReader::joined);
    }

    /**
     * Takes part in a document again.
     *
     * @param after the last seq seen of it
     * @param log the log's id that came with it
     */
    public Future<Joined> join(String document, Mode mode, long after, String log) {
        return ask(
                of("join", document)
                        .put("mode", mode.word())
                        .put("after", after)
                        .put("log", log),
                FrameReader::joined);
    }

    /** Takes part no longer; gives the pen back if it was here. */
    public Future<Void> leave(String document) {
        return ask(of("leave", document), left -> null);
    }

    /** Asks for the pen: stands in line, and has the holder asked. The answer is where this session stands now. */
    public Future<Rights> request(String document) {
        return ask(of("request", document), BatonClient::rights);
    }

    /** The holder's answer to a {@link NodeEvent.Requested}. */
    public Future<Rights> answer(String document, long epoch, String session, boolean accept) {
        return ask(
                of("answer", document)
                        .put("epoch", epoch)
                        .put("session", session)
                        .put("accept", accept),
                BatonClient::rights);
    }

    /** Gives the pen back. */
    public Future<Rights> release(String document, long epoch) {
        return ask(of("release", document).put("epoch", epoch), BatonClient::rights);
    }

    /** Gives the pen to a session in the document. */
    public Future<Rights> release(String document, long epoch, String to) {
        return ask(of("release", document).put("epoch", epoch).put("to", to), BatonClient::rights);
    }

    /**
     * Writes an edit under the pen's epoch; in parts, if it is larger than a message.
     *
     * @param id this client's own name for the operation, unique in the session; sending it again is harmless
     * @param data any JSON, as Vert.x has it
     */
    public Future<Outcome> update(String document, long epoch, String id, Object data) {
        return update(document, epoch, id, data, Optional.empty());
    }

    /**
     * The same, behind another one: the node stores it only if it has stored that one.
     *
     * @param follows the id of an update of this session that is not answered yet
     */
    public Future<Outcome> update(String document, long epoch, String id, Object data, Optional<String> follows) {
        JsonObject update = of("update", document).put("epoch", epoch).put("id", id);
        follows.ifPresent(before -> update.put("follows", before));
        return askLarge(update.put("data", data), FrameReader::outcome);
    }

    /** Gives the whole content as of {@code seq}; in parts, if it is larger than a message. */
    public Future<Outcome> snapshot(String document, long epoch, long seq, Object data) {
        return askLarge(
                of("snapshot", document).put("epoch", epoch).put("seq", seq).put("data", data), FrameReader::outcome);
    }

    /** Says something to all, which is kept in the log. Needs no pen. */
    public Future<Outcome.Applied> say(String document, String id, Object data) {
        return ask(of("say", document).put("id", id).put("data", data), frame -> {
            if (FrameReader.outcome(frame) instanceof Outcome.Applied applied) {
                return applied;
            }
            throw new FrameReader.Unreadable("a message was fenced");
        });
    }

    /** Tells all a cursor or the like. Done when written; the node does not answer. */
    public Future<Void> signal(String document, Object data) {
        return send(of("signal", document).put("data", data));
    }

    /**
     * The same; with {@code keep} those who join later are told it too, as {@link Member#kept()}, as long as this
     * session is in the document. At most 4 KiB; {@code null} keeps nothing any more.
     */
    public Future<Void> signal(String document, Object data, boolean keep) {
        JsonObject signal = of("signal", document).put("data", data);
        return send(keep ? signal.put("keep", true) : signal);
    }

    /**
     * Ends the session: it leaves its documents, its locks go to the next at once, and it cannot be resumed. Done once
     * the connection is closed; never fails.
     */
    public Future<Void> bye() {
        Future<Void> closed = closed();
        send(new JsonObject().put("type", "bye"));
        return closed;
    }

    /**
     * Shows the node the token of these options on the connection that is there. Fails when the node does not take it.
     */
    public Future<Welcome> hello(ClientOptions options) {
        return ask(options.withoutResume().helloFrame(), FrameReader::welcome);
    }

    /** Done when the node has answered. */
    public Future<Void> ping() {
        return ask(new JsonObject().put("type", "ping"), pong -> null);
    }

    /** Sends a frame as it is; its answer, if any, is told as an event. Done when written. */
    public Future<Void> send(JsonObject frame) {
        return sendRaw(frame.encode());
    }

    /** Sends a text frame that need not be JSON. Done when written. */
    public Future<Void> sendRaw(String text) {
        Promise<Void> done = Promise.promise();
        onContext(() -> outgoing.write(text).onComplete(done));
        return done.future();
    }

    /** Closes with 1000. Done once closed; never fails. */
    public Future<Void> close() {
        return close(1000, "");
    }

    /** Closes with a code and words of at most 123 bytes. Done once closed; never fails. */
    public Future<Void> close(int code, String reason) {
        Future<Void> done = closed();
        onContext(() -> connection.close(code, reason));
        return done;
    }

    private Future<Void> closed() {
        Promise<Void> done = Promise.promise();
        events(event -> {
            if (event instanceof NodeEvent.Closed) {
                done.tryComplete();
            }
        });
        return done.future();
    }

    /** Drops the connection without a close frame, as a killed process does. */
    public void abort() {
        onContext(connection::abort);
    }

    /**
     * Stops reading, so that pings stay unanswered: what a frozen or cut-off machine looks like. There is no way back.
     */
    public void freeze() {
        onContext(connection::freeze);
    }

    private static Rights rights(JsonObject frame) {
        return FrameReader.rights(frame, frame.getString("document", ""));
    }

    private static JsonObject of(String type, String document) {
        return new JsonObject().put("type", type).put("document", document);
    }

    private <T> Future<T> ask(JsonObject request, Function<JsonObject, T> read) {
        return ask(request, read, () -> outgoing.write(request.encode()));
    }

    private <T> Future<T> askLarge(JsonObject request, Function<JsonObject, T> read) {
        return ask(request, read, () -> outgoing.writeLarge(request, largestMessage()));
    }

    /** The most bytes of a message that the node takes, as far as it has said. */
    private long largestMessage() {
        Welcome said = welcome;
        return said == null ? Long.MAX_VALUE : said.limits().getLong("message", Long.MAX_VALUE);
    }

    private <T> Future<T> ask(JsonObject request, Function<JsonObject, T> read, Runnable write) {
        Promise<T> done = Promise.promise();
        onContext(() -> {
            NodeEvent.Closed over = closed;
            if (over != null) {
                done.fail(new ConnectionClosed(over.code(), over.reason()));
                return;
            }
            pending.add(request, read).onComplete(done);
            write.run();
        });
        return done.future();
    }

    private void onContext(Runnable action) {
        if (Vertx.currentContext() == context) {
            action.run();
        } else {
            context.runOnContext(go -> action.run());
        }
    }

    private void received(String text) {
        JsonObject frame;
        try {
            frame = new JsonObject(text);
        } catch (RuntimeException notJson) {
            connection.close(1007, "not JSON");
            return;
        }
        snapshots.take(frame).forEach(this::take);
    }

    private void take(JsonObject frame) {
        if ("welcome".equals(frame.getValue("type"))) {
            welcomed(frame);
        }
        if (!greeted.future().isComplete() && "error".equals(frame.getValue("type")) && !frame.containsKey("ref")) {
            greeted.tryFail(FrameReader.error(frame));
        }
        boolean rights = "rights".equals(frame.getValue("type"));
        if (rights) {
            tell(frame);
        }
        if (!pending.settle(frame) && !rights) {
            tell(frame);
        }
    }

    private void welcomed(JsonObject frame) {
        try {
            Welcome said = FrameReader.welcome(frame);
            welcome = said;
            connection.expectWithin(said.timeout());
            greeted.tryComplete(said);
        } catch (FrameReader.Unreadable | ClassCastException unreadable) {
            greeted.tryFail(new IllegalStateException("unreadable welcome: " + unreadable.getMessage()));
        }
    }

    private void tell(JsonObject frame) {
        NodeEvent event;
        try {
            event = FrameReader.event(frame).orElseGet(() -> new NodeEvent.Other(frame));
        } catch (FrameReader.Unreadable | ClassCastException unreadable) {
            event = new NodeEvent.Other(frame);
        }
        events.accept(event);
    }

    private void ended(int code, String reason) {
        NodeEvent.Closed event = new NodeEvent.Closed(code, reason);
        closed = event;
        events.accept(event);
        ConnectionClosed cause = new ConnectionClosed(code, reason);
        pending.failAll(cause);
        greeted.tryFail(cause);
    }
}
