package dev.baton.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one writes who needs this today, on plain Vert.x: a timer a socket that pings and looks whether a pong came, and
 * a message written to each member of a room. No rights, no log, no order beyond one process, nothing kept. It speaks
 * as much of the protocol as the load does.
 */
final class ByHand {
    private static final long INTERVAL = 5_000;
    private static final long TIMEOUT = 10_000;

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, Set<ServerWebSocket>> rooms = new HashMap<>();
    private final Map<String, Long> seqs = new HashMap<>();

    private ByHand() {}

    /** Serves until it is killed. */
    public static void main(String[] args) {
        new ByHand().serve();
    }

    private void serve() {
        vertx.createHttpServer(new HttpServerOptions()
                        .setWebSocketSubProtocols(List.of("baton.v1"))
                        .setAcceptBacklog(4096))
                .webSocketHandler(this::accept)
                .listen(0, "127.0.0.1")
                .onSuccess(server -> System.out.println("ready http=" + server.actualPort()));
    }

    private void accept(ServerWebSocket socket) {
        long[] heard = {System.currentTimeMillis()};
        long timer = vertx.setPeriodic(INTERVAL, id -> {
            if (System.currentTimeMillis() - heard[0] > TIMEOUT) {
                socket.close((short) 4000, "timeout");
            } else {
                socket.writePing(Buffer.buffer("ping"));
            }
        });
        socket.pongHandler(pong -> heard[0] = System.currentTimeMillis());
        socket.closeHandler(v -> {
            vertx.cancelTimer(timer);
            rooms.values().forEach(room -> room.remove(socket));
        });
        socket.textMessageHandler(text -> {
            heard[0] = System.currentTimeMillis();
            answer(socket, new JsonObject(text));
        });
    }

    private void answer(ServerWebSocket socket, JsonObject message) {
        String document = message.getString("document");
        switch (message.getString("type")) {
            case "hello" -> socket.writeTextMessage("{\"type\":\"welcome\",\"resume\":\"none\"}");
            case "join" -> {
                rooms.computeIfAbsent(document, name -> new LinkedHashSet<>()).add(socket);
                socket.writeTextMessage("{\"type\":\"joined\",\"seq\":" + seqs.getOrDefault(document, 0L)
                        + ",\"rights\":{\"epoch\":1}}");
            }
            default -> {
                socket.writeTextMessage("{\"type\":\"applied\"}");
                String entries = new JsonObject()
                        .put("type", "entries")
                        .put("document", document)
                        .put(
                                "entries",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("seq", seqs.merge(document, 1L, Long::sum))
                                                .put("id", message.getString("id"))
                                                .put("data", message.getValue("data"))))
                        .encode();
                rooms.get(document).forEach(member -> member.writeTextMessage(entries));
            }
        }
    }
}
