package dev.baton.load;

import dev.baton.heartbeat.Beat;
import dev.baton.heartbeat.HeartbeatWheel;
import dev.baton.heartbeat.Pace;
import dev.baton.heartbeat.Visitor;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** As much of a node as a swarm needs: it welcomes, and has a wheel say whom to ping and who is silent. */
class WheelServer extends VerticleBase implements Visitor<ServerWebSocket> {

    static final Pace PACE = new Pace(500, 2_000);

    /** Late by more than this many milliseconds, a tick is taken for the end of a pause, which counts for nobody. */
    private static final long PAUSE = 250;

    final List<ServerWebSocket> sockets = new ArrayList<>();
    private final HeartbeatWheel<ServerWebSocket> wheel = new HeartbeatWheel<>(HeartbeatWheel.TICK, now());
    private Optional<HttpServer> server = Optional.empty();

    /** Written on the loop, and by the test when nothing goes on there. */
    private volatile long latest;

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /** Whether it stood still since this was asked last, so that its pings were put off together. */
    boolean stoodStill() {
        boolean still = latest > PAUSE;
        latest = 0;
        return still;
    }

    int port() {
        return server.orElseThrow().actualPort();
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(HeartbeatWheel.TICK.toMillis(), id -> {
            long late = wheel.tick(now(), this);
            if (late < 0) {
                throw new AssertionError("a tick before its time");
            }
            latest = Math.max(latest, late);
        });
        HttpServer http = vertx.createHttpServer(new HttpServerOptions().addWebSocketSubProtocol("baton.v1"));
        server = Optional.of(http);
        return http.webSocketHandler(this::accept).listen(0, "127.0.0.1");
    }

    private void accept(ServerWebSocket socket) {
        Beat<ServerWebSocket> beat = wheel.add(socket, PACE, now());
        sockets.add(socket);
        socket.pongHandler(pong -> wheel.heard(beat, now()));
        socket.closeHandler(v -> wheel.remove(beat));
        socket.textMessageHandler(text -> {
            wheel.heard(beat, now());
            answer(socket, new JsonObject(text));
        });
    }

    private void answer(ServerWebSocket socket, JsonObject message) {
        JsonObject answer =
                switch (message.getString("type")) {
                    case "hello" ->
                        new JsonObject()
                                .put("type", "welcome")
                                .put(
                                        "heartbeat",
                                        new JsonObject()
                                                .put("interval", PACE.interval())
                                                .put("timeout", PACE.timeout()));
                    case "join" ->
                        new JsonObject()
                                .put("type", "joined")
                                .put("document", message.getString("document"))
                                .put("rights", new JsonObject().put("you", "viewer"));
                    default -> throw new AssertionError("not expected: " + message);
                };
        socket.writeTextMessage(answer.encode());
    }

    @Override
    public void ping(ServerWebSocket socket) {
        socket.writePing(Buffer.buffer());
    }

    @Override
    public void silent(ServerWebSocket socket) {
        socket.close((short) 4000, "heartbeat timeout");
    }
}
