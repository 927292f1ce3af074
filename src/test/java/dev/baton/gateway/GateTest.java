package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.config.Origins;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may open a socket, asked by real requests; whoever may not is told why. */
class GateTest {
    private static final Gate GATE = new Gate(new Origins(false, true, Set.of("https://app.example")));

    private static Vertx vertx;
    private static HttpClient client;
    private static int port;
    private static volatile Optional<Gate.Refusal> answer;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        HttpServer server = vertx.createHttpServer().requestHandler(request -> {
            answer = GATE.refuse(request);
            request.response().end();
        });
        port = get(server.listen(0, "127.0.0.1")).actualPort();
        client = vertx.createHttpClient();
    }

    @AfterAll
    static void stop() throws Exception {
        get(vertx.close());
    }

    @Test
    void aProperHandshakeIsLetIn() throws Exception {
        assertThat(refused(HttpMethod.GET, headers -> {})).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "OPTIONS"})
    void onlyAGetIsAHandshake(String method) throws Exception {
        assertThat(refused(HttpMethod.valueOf(method), headers -> {}))
                .hasValueSatisfying(refusal -> assertThat(refusal.status()).isEqualTo(426));
    }

    @Test
    void aPlainRequestIsToldWhatIsSpokenHere() throws Exception {
        assertThat(refused(HttpMethod.GET, headers -> headers.remove("Upgrade")))
                .contains(new Gate.Refusal(
                        426, Refusals.Cause.VERSION, "this address speaks WebSocket: send an upgrade request"));
    }

    @Test
    void aPageOfAnotherOriginIsToldThatFirst() throws Exception {
        assertThat(refused(HttpMethod.POST, headers -> {
                    headers.remove("Upgrade");
                    headers.set("Origin", "http://elsewhere.example");
                }))
                .hasValueSatisfying(refusal -> assertThat(refusal.status()).isEqualTo(403));
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "WebSocket", "WEBSOCKET"})
    void theUpgradeMayBeWrittenAnyWay(String upgrade) throws Exception {
        assertThat(refused(HttpMethod.GET, headers -> headers.set("Upgrade", upgrade)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8", "14", "013"})
    void onlyVersionThirteenIsSpoken(String version) throws Exception {
        assertThat(refused(HttpMethod.GET, headers -> headers.set("Sec-WebSocket-Version", version)))
                .contains(new Gate.Refusal(426, Refusals.Cause.VERSION, "Sec-WebSocket-Version must be 13"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "baton.v1                | true",
                "baton.v2, baton.v1      | true",
                "baton.v2,baton.v1,other | true",
                "baton.v2                | false",
                "BATON.V1                | false",
                "mqtt, soap              | false"
            })
    void ofTheSubProtocolsOneMustBeOurs(String offered, boolean letIn) throws Exception {
        Optional<Gate.Refusal> refusal =
                refused(HttpMethod.GET, headers -> headers.set("Sec-WebSocket-Protocol", offered));
        assertThat(refusal.isEmpty()).isEqualTo(letIn);
        refusal.ifPresent(why -> assertThat(why)
                .isEqualTo(new Gate.Refusal(
                        400, Refusals.Cause.PROTOCOL, "of the sub-protocols only baton.v1 is spoken here")));
    }

    @Test
    void theyMayComeInSeveralHeaders() throws Exception {
        assertThat(refused(HttpMethod.GET, headers -> headers.add("Sec-WebSocket-Protocol", "baton.v2")
                        .add("Sec-WebSocket-Protocol", "baton.v1")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example,       true",
        "http://127.0.0.1:{port},   true",
        "http://127.0.0.1:1,        false",
        "https://app.example.evil,  false",
        "https://evil.example,      false",
        "null,                      false"
    })
    void aPageMustComeFromAnAllowedOrigin(String origin, boolean letIn) throws Exception {
        String sent = origin.replace("{port}", Integer.toString(port));
        Optional<Gate.Refusal> refusal = refused(HttpMethod.GET, headers -> headers.set("Origin", sent));
        assertThat(refusal.isEmpty()).isEqualTo(letIn);
        refusal.ifPresent(why -> assertThat(why.status()).as(why.message()).isEqualTo(403));
    }

    @Test
    void aRefusedPageIsToldItsOriginAndTheHostThatItWasComparedWith() throws Exception {
        Optional<Gate.Refusal> refusal =
                refused(HttpMethod.GET, headers -> headers.set("Origin", "https://docs.example")
                        .set("Host", "baton:8080"));
        assertThat(refusal).hasValueSatisfying(why -> assertThat(why.message())
                .contains("https://docs.example")
                .contains("baton:8080")
                .contains("http.origins"));
    }

    /** A good handshake but for what {@code change} does to it. */
    private static Optional<Gate.Refusal> refused(HttpMethod method, Consumer<MultiMap> change) throws Exception {
        get(client.request(method, port, "127.0.0.1", "/socket").compose(request -> {
            change.accept(request.headers()
                    .set("Upgrade", "websocket")
                    .set("Connection", "Upgrade")
                    .set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
                    .set("Sec-WebSocket-Version", "13"));
            return request.send().compose(response -> response.end());
        }));
        return answer;
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
