package dev.baton.client;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A real WebSocket server that answers each type of frame as a test says. */
final class ScriptedNode implements AutoCloseable {
    static final String RESUME = "secret-1";

    private final HttpServer server;
    private final Map<String, BiConsumer<ServerWebSocket, JsonObject>> answers = new ConcurrentHashMap<>();
    private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
    private final List<ServerWebSocket> sockets = new CopyOnWriteArrayList<>();
    private volatile int refuseWith;

    ScriptedNode(Vertx vertx) {
        answer("hello", (socket, frame) -> reply(socket, frame, welcome()));
        server = vertx.createHttpServer(new HttpServerOptions().addWebSocketSubProtocol(ClientOptions.PROTOCOL));
        server.webSocketHandshakeHandler(handshake -> {
            if (refuseWith != 0) {
                handshake.reject(refuseWith);
            } else {
                handshake.accept();
            }
        });
        server.webSocketHandler(socket -> {
            sockets.add(socket);
            socket.textMessageHandler(text -> {
                JsonObject frame = text.startsWith("{") ? new JsonObject(text) : new JsonObject().put("type", text);
                // Looked up first: a test that has seen the frame may then change how the next one is answered.
                BiConsumer<ServerWebSocket, JsonObject> how =
                        answers.getOrDefault(frame.getString("type"), (from, unanswered) -> {});
                received.add(frame);
                how.accept(socket, frame);
            });
        });
        Waiting.on(server.listen(0, "127.0.0.1"));
    }

    String uri() {
        return "ws://127.0.0.1:" + server.actualPort() + "/socket";
    }

    ClientOptions options() {
        return ClientOptions.to(uri()).withUser("ada", "Ada");
    }

    void answer(String type, BiConsumer<ServerWebSocket, JsonObject> how) {
        answers.put(type, how);
    }

    void refuse(int status) {
        refuseWith = status;
    }

    /** The next frame of a type that came in, past or to come. */
    JsonObject next(String type) throws InterruptedException {
        while (true) {
            JsonObject frame = received.poll(5, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no " + type + " within 5 s");
            }
            if (type.equals(frame.getString("type"))) {
                return frame;
            }
        }
    }

    ServerWebSocket lastSocket() {
        return sockets.get(sockets.size() - 1);
    }

    int connections() {
        return sockets.size();
    }

    static void reply(ServerWebSocket socket, JsonObject request, JsonObject answer) {
        if (request.containsKey("ref")) {
            answer.put("ref", request.getValue("ref"));
        }
        socket.writeTextMessage(answer.encode());
    }

    static JsonObject welcome() {
        return new JsonObject()
                .put("type", "welcome")
                .put("session", "s1")
                .put("resume", RESUME)
                .put("resumed", false)
                .put("user", user("ada"))
                .put("node", "n1")
                .put("heartbeat", new JsonObject().put("interval", 5000).put("timeout", 10000))
                .put("limits", new JsonObject().put("message", 131072));
    }

    static JsonObject user(String id) {
        return new JsonObject().put("id", id).put("name", "Name of " + id);
    }

    static JsonObject member(String session, String user, String mode, String state) {
        return new JsonObject()
                .put("session", session)
                .put("user", user(user))
                .put("mode", mode)
                .put("since", 1700000000000L)
                .put("state", state);
    }

    static JsonObject rights(long epoch, JsonObject holder, String state, String you, String... queue) {
        return new JsonObject()
                .put("type", "rights")
                .put("document", "doc")
                .put("epoch", epoch)
                .put("holder", holder)
                .put("state", state)
                .put("queue", new JsonArray(List.of(queue)))
                .put("you", you)
                .put("cause", "granted");
    }

    static JsonObject entry(long seq, String kind, String session, String id, Object data) {
        return new JsonObject()
                .put("seq", seq)
                .put("kind", kind)
                .put("epoch", 7)
                .put("session", session)
                .put("user", user("ada"))
                .put("id", id)
                .put("at", 1700000000001L)
                .put("data", data);
    }

    static JsonObject joined(long seq, boolean recovered, JsonObject rights, JsonObject... entries) {
        return new JsonObject()
                .put("type", "joined")
                .put("document", "doc")
                .put("log", "log-1")
                .put("seq", seq)
                .put("recovered", recovered)
                .putNull("snapshot")
                .put("entries", new JsonArray(List.of(entries)))
                .put("members", new JsonArray().add(member("s1", "ada", "edit", "online")))
                .put("count", 1)
                .put("rights", rights);
    }

    @Override
    public void close() {
        Waiting.on(server.close());
    }
}
