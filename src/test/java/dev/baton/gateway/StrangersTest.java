package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.config.Settings;
import dev.baton.heartbeat.HeartbeatWheel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever has not said hello: what a real socket hears before it is closed, and that nothing of it stays. */
class StrangersTest {
    private static final Settings SETTINGS = Settings.of(Map.of(
            "limits.hello-timeout",
            "500ms",
            "limits.hello-size",
            "256B",
            "limits.message",
            "1KiB",
            "limits.update-data",
            "1KiB"));

    private static Vertx vertx;
    private static WebSocketClient client;
    private static Connections connections;
    private static int port;

    /** A stranger never gets as far as sessions and rooms, so there are none. */
    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        client = vertx.createWebSocketClient();
        connections = new Connections(new GatewayMeters(nanos -> {}, nanos -> {}), 1 << 20, 100);
        Context context = vertx.getOrCreateContext();
        Loop loop = new Loop(context, HeartbeatWheel.TICK, 100, connections.debts(), connections.meters());
        connections.add(loop);
        GatewayServices services = new GatewayServices("n", SETTINGS, null, null, null, connections);
        CompletableFuture<Integer> listening = new CompletableFuture<>();
        context.runOnContext(v -> {
            vertx.setPeriodic(HeartbeatWheel.TICK.toMillis(), id -> loop.tick());
            vertx.createHttpServer()
                    .requestHandler(request -> {
                        connections.tryOpen(1_000);
                        request.toWebSocket().onSuccess(socket -> new Connection(socket, "127.0.0.1", loop, services));
                    })
                    .listen(0, "127.0.0.1")
                    .onSuccess(server -> listening.complete(server.actualPort()));
        });
        port = listening.get(10, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        get(vertx.close());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense                            | bad-message  | not JSON",
                "{'type':'hello','user':5}           | bad-message  | user must be an object",
                "{'type':'greetings'}                | unknown-type | type 'greetings' is not known",
                "{'type':'ping'}                     | bad-message  | the first frame must be hello",
                "{'type':'leave','document':'d'}     | bad-message  | the first frame must be hello"
            })
    void aFirstFrameThatIsNoHelloIsToldWhyBeforeItIsClosed(String frame, String code, String words) throws Exception {
        Heard heard = connect(socket -> socket.writeTextMessage(frame.replace('\'', '"')));
        assertThat(heard.closed()).isEqualTo(4401);
        assertThat(heard.frames).hasSize(1);
        JsonObject error = new JsonObject(heard.frames.get(0));
        assertThat(error.getString("type")).isEqualTo("error");
        assertThat(error.getString("code")).isEqualTo(code);
        assertThat(error.getString("message")).startsWith(words);
    }

    @Test
    void whoeverSaysNothingIsToldSoAndClosedInTime() throws Exception {
        long before = System.nanoTime();
        Heard heard = connect(socket -> {});
        assertThat(heard.closed()).isEqualTo(4401);
        assertThat(System.nanoTime() - before).isBetween(450_000_000L, 5_000_000_000L);
        JsonObject error = new JsonObject(heard.frames.get(0));
        assertThat(error.getString("message")).isEqualTo("hello must be said within 500 ms");
        assertThat(error.getLong("retry")).as("a machine that slept comes back").isEqualTo(1000);
    }

    @Test
    void answeringPingsIsNotSayingHello() throws Exception {
        Heard heard = connect(socket -> {
            for (int i = 0; i < 100; i++) {
                socket.writePing(Buffer.buffer("x"));
                socket.writePong(Buffer.buffer("x"));
            }
        });
        assertThat(heard.closed()).isEqualTo(4401);
    }

    @Test
    void aHelloMayNotBeLargerThanOne() throws Exception {
        Heard heard = connect(
                socket -> socket.writeTextMessage("{\"type\":\"hello\",\"token\":\"" + "x".repeat(256) + "\"}"));
        assertThat(heard.closed()).isEqualTo(1009);
    }

    @Test
    void aHelloIsMeasuredInBytes() throws Exception {
        Heard heard = connect(
                socket -> socket.writeTextMessage("{\"type\":\"hello\",\"token\":\"" + "€".repeat(100) + "\"}"));
        assertThat(heard.closed()).isEqualTo(1009);
    }

    @Test
    void bytesAreNotSpokenHere() throws Exception {
        assertThat(connect(socket -> socket.writeBinaryMessage(Buffer.buffer("{}")))
                        .closed())
                .isEqualTo(1003);
    }

    @Test
    void textMustBeUtf8() throws Exception {
        Heard heard = connect(socket -> fragments(socket, Buffer.buffer(), Buffer.buffer(new byte[] {(byte) 0xff})));
        assertThat(heard.closed()).isEqualTo(1007);
    }

    @Test
    void aMessageMayComeInFragmentsTheFirstOfThemEmpty() throws Exception {
        Heard heard = connect(socket -> fragments(
                socket, Buffer.buffer(), Buffer.buffer("{\"type\":"), Buffer.buffer(), Buffer.buffer("\"ping\"}")));
        assertThat(heard.closed()).isEqualTo(4401);
        assertThat(heard.frames.get(0)).contains("the first frame must be hello");
    }

    private static void fragments(ClientWebSocket socket, Buffer... pieces) {
        socket.writeFrame(WebSocketFrame.textFrame(pieces[0].toString(), false));
        for (int i = 1; i < pieces.length; i++) {
            socket.writeFrame(WebSocketFrame.continuationFrame(pieces[i], i == pieces.length - 1));
        }
    }

    @Test
    void nothingStaysOfAStrangerWhoLeft() throws Exception {
        connect(socket -> socket.close()).closed();
        Awaitility.await().untilAsserted(() -> {
            assertThat(connections.sockets()).isZero();
            assertThat(connections.sessions()).isZero();
            assertThat(connections.beats()).isZero();
        });
    }

    private record Heard(List<String> frames, CompletableFuture<Integer> end) {
        int closed() throws Exception {
            return end.get(10, TimeUnit.SECONDS);
        }
    }

    private static Heard connect(Consumer<ClientWebSocket> then) throws Exception {
        Heard heard = new Heard(new CopyOnWriteArrayList<>(), new CompletableFuture<>());
        ClientWebSocket socket = client.webSocket();
        socket.textMessageHandler(heard.frames::add);
        socket.closeHandler(
                v -> heard.end.complete(socket.closeStatusCode() == null ? -1 : (int) socket.closeStatusCode()));
        get(socket.connect(port, "127.0.0.1", "/socket"));
        then.accept(socket);
        return heard;
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
