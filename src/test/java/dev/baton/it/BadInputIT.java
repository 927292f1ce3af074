package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.client.BatonClient;
import dev.baton.client.BatonException;
import dev.baton.client.ClientOptions;
import dev.baton.client.EventLog;
import dev.baton.client.HandshakeRejected;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent to a real node gets an answer that names what was wrong, and what may go on goes on. */
class BadInputIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String HELLO = "{\"type\":\"hello\",\"user\":{\"id\":\"eve\",\"name\":\"Eve\"}}";

    private static Nodes nodes;
    private static NodeProcess node;
    private static Vertx vertx;

    private final EventLog heard = new EventLog();
    private final String document = "doc-" + UUID.randomUUID();
    private BatonClient client;

    @BeforeAll
    static void startNode() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(BadInputIT.class, 1, Map.of("BATON_LIMITS_DOCUMENTS_PER_SESSION", "3"));
        node = nodes.get(0);
    }

    @AfterAll
    static void stopNode() {
        nodes.close();
        vertx.close();
    }

    @BeforeEach
    void connect() {
        client = get(BatonClient.connect(vertx, options().withEvents(heard)));
    }

    @AfterEach
    void stillServes() {
        BatonClient other = get(BatonClient.connect(vertx, options()));
        get(other.ping());
        get(other.close());
        get(client.close());
    }

    private static ClientOptions options() {
        return ClientOptions.to(node.uri()).withUser("eve", "Eve");
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.await(SOON.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("no answer within " + SOON, late);
        }
    }

    private static void refused(Future<?> request, String code) {
        assertThatThrownBy(() -> get(request))
                .isInstanceOfSatisfying(BatonException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(code));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | bad-message",
                "[] | bad-message",
                "\"hello\" | bad-message",
                "{\"document\":\"d\"} | bad-message",
                "{\"type\":7} | bad-message",
                "{\"type\":\"dance\"} | unknown-type",
                "{\"type\":\"join\",\"document\":\"d\"} | bad-message",
                "{\"type\":\"join\",\"document\":\"d\",\"mode\":\"own\"} | bad-message",
                "{\"type\":\"join\",\"document\":\"a b\",\"mode\":\"view\"} | bad-document",
                "{\"type\":\"join\",\"document\":\"\",\"mode\":\"view\"} | bad-document",
                "{\"type\":\"update\",\"document\":\"d\",\"epoch\":\"1\",\"id\":\"a\",\"data\":1} | bad-message",
                "{\"type\":\"hello\",\"user\":{\"id\":\"x\",\"name\":\"X\"}} | bad-message",
            })
    void answersAFrameThatCannotBeTakenAndGoesOn(String frame, String code) {
        get(client.sendRaw(frame));

        assertThat(heard.await(NodeEvent.Failed.class, event -> true, SOON).code())
                .isEqualTo(code);
        get(client.ping());
    }

    @Test
    void refusesAnOverLongDocumentName() {
        refused(client.join("x".repeat(201), Mode.VIEW), "bad-document");
        get(client.join("x".repeat(200), Mode.VIEW));
    }

    @Test
    void letsASessionTakePartInSoManyDocumentsAndNoMore() {
        for (int i = 0; i < 3; i++) {
            get(client.join(document + i, Mode.VIEW));
        }
        refused(client.join(document + 3, Mode.VIEW), "forbidden");
        get(client.leave(document + 0));
        get(client.join(document + 3, Mode.VIEW));
    }

    @Test
    void writesNothingForWhoMayNot() {
        refused(client.update(document, 1, "a", "x"), "not-joined");
        get(client.join(document, Mode.VIEW));
        assertThat(get(client.update(document, 1, "a", "x"))).isInstanceOf(Outcome.Fenced.class);
        refused(client.release(document, 0), "forbidden");
    }

    @Test
    void refusesDataThatIsTooLargeAndAnIdThatWasUsedForOther() {
        long epoch = get(client.join(document, Mode.EDIT)).rights().epoch();
        refused(client.say(document, "big", "x".repeat(70_000)), "too-large");
        Outcome first = get(client.update(document, epoch, "a", "x"));
        assertThat(get(client.update(document, epoch, "a", "x"))).as("a retry").isEqualTo(first);
        refused(client.update(document, epoch, "a", "y"), "bad-message");
        refused(client.snapshot(document, epoch, 99, "x"), "bad-message");
    }

    @Test
    void recoversNothingFromAPlaceThatIsNotInThisLog() {
        var joined = get(client.join(document, Mode.VIEW));
        assertThat(get(client.join(document, Mode.VIEW, 99, joined.log())).recovered())
                .as("ahead")
                .isFalse();
        assertThat(get(client.join(document, Mode.VIEW, 0, "another-store")).recovered())
                .as("of another store")
                .isFalse();
    }

    @Test
    void closesOnABinaryFrame() {
        assertThat(closeAfter(socket -> socket.writeBinaryMessage(Buffer.buffer("hi"))))
                .isEqualTo(1003);
    }

    @Test
    void closesOnAMessageOverTheLimitInOneFrame() {
        assertThat(closeAfter(socket -> socket.writeFrame(WebSocketFrame.textFrame("x".repeat(140_000), true))))
                .isEqualTo(1009);
    }

    @Test
    void closesOnAMessageOverTheLimitInManyFrames() {
        assertThat(closeAfter(socket -> {
                    socket.writeFrame(WebSocketFrame.textFrame("x".repeat(50_000), false));
                    socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("x".repeat(50_000)), false));
                    return socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("x".repeat(50_000)), true));
                }))
                .isEqualTo(1009);
    }

    private interface Sending {
        Future<Void> send(WebSocket socket);
    }

    private static int closeAfter(Sending sending) {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        get(vertx.createWebSocketClient(new WebSocketClientOptions().setMaxFrameSize(1 << 20))
                .connect(new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(node.port())
                        .setURI("/socket"))
                .compose(socket -> {
                    socket.closeHandler(v -> code.complete((int) socket.closeStatusCode()));
                    socket.textMessageHandler(welcome -> sending.send(socket));
                    return socket.writeTextMessage(HELLO);
                }));
        return code.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "null"})
    void letsNoForeignPageIn(String origin) {
        assertThatThrownBy(() -> get(BatonClient.connect(vertx, options().withOrigin(origin))))
                .isInstanceOfSatisfying(HandshakeRejected.class, rejected -> assertThat(rejected.status())
                        .isEqualTo(403));
    }

    @Test
    void speaksNoOtherSubProtocol() {
        assertThatThrownBy(() -> get(BatonClient.connect(vertx, options().withProtocols("chat.v7"))))
                .isInstanceOfSatisfying(HandshakeRejected.class, rejected -> assertThat(rejected.status())
                        .isEqualTo(400));
    }
}
