package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.HandshakeRejected;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client library sends: each gets its status, its answer or its close code, and the node goes on. */
class HostileSocketIT {
    private static final int SOCKETS = 20;
    private static final int LARGEST = 128 * 1024;

    private static Nodes nodes;
    private static NodeProcess node;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();

    @BeforeAll
    static void startNode() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(HostileSocketIT.class, 1, Map.of("BATON_LIMITS_SOCKETS", Integer.toString(SOCKETS)));
        node = nodes.get(0);
    }

    @AfterAll
    static void stopNode() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @AfterEach
    void itGoesOn() {
        Person person = Person.on(vertx, node, "after");
        assertThat(person.take(document)).isPositive();
        Waiting.on(person.client().leave(document));
        Waiting.on(person.client().close());
        await().atMost(SOON).until(() -> node.gauges().get("baton_sockets") == 0);
        await().atMost(SOON).until(() -> node.gauges().get("baton_beats") == 0);
        assertThat(node.logged()).doesNotContain("\tat ");
    }

    // ---- the handshake --------------------------------------------------------------------------------------------

    private static void refused(Consumer<Map<String, String>> change, int status, String words) {
        Map<String, String> headers = RawSocket.handshake(node);
        change.accept(headers);
        try (RawSocket socket = RawSocket.request(node, headers)) {
            assertThat(socket.status()).isEqualTo(status);
            assertThat(socket.body()).contains(words);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "7", "0", "14", "13, 8", "thirteen"})
    void anotherVersionOfWebSocketIsRefusedAndToldTheOneThatIsSpoken(String version) {
        Map<String, String> headers = RawSocket.handshake(node);
        headers.put("Sec-WebSocket-Version", version);
        try (RawSocket socket = RawSocket.request(node, headers)) {
            assertThat(socket.status()).isEqualTo(426);
            assertThat(socket.header("sec-websocket-version")).isEqualTo("13");
        }
    }

    @Test
    void aRequestForNoSocketIsToldToUpgrade() {
        refused(headers -> headers.put("Upgrade", null), 426, "WebSocket");
        refused(headers -> headers.put("Sec-WebSocket-Version", null), 426, "13");
    }

    @Test
    void foreignSubProtocolsAreRefused() {
        refused(headers -> headers.put("Sec-WebSocket-Protocol", "baton.v2"), 400, "baton.v1");
        refused(headers -> headers.put("Sec-WebSocket-Protocol", "mqtt, graphql-ws"), 400, "baton.v1");
    }

    @Test
    void theOwnSubProtocolIsChosenAmongOthersAndNoneIsServedToo() {
        Map<String, String> headers = RawSocket.handshake(node);
        headers.put("Sec-WebSocket-Protocol", "mqtt, baton.v1");
        try (RawSocket socket = RawSocket.request(node, headers)) {
            assertThat(socket.status()).isEqualTo(101);
            assertThat(socket.header("sec-websocket-protocol")).isEqualTo("baton.v1");
        }
        headers.put("Sec-WebSocket-Protocol", null);
        try (RawSocket socket = RawSocket.request(node, headers)) {
            assertThat(socket.status()).isEqualTo(101);
            assertThat(socket.header("sec-websocket-protocol")).isEmpty();
        }
    }

    @Test
    void compressionIsNotAgreedTo() {
        Map<String, String> headers = RawSocket.handshake(node);
        headers.put("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits");
        try (RawSocket socket = RawSocket.request(node, headers)) {
            assertThat(socket.status()).isEqualTo(101);
            assertThat(socket.header("sec-websocket-extensions")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1.evil.example"})
    void aForeignOriginIsRefused(String origin) {
        refused(headers -> headers.put("Origin", origin), 403, "Origin");
    }

    /** As a page does whose own name was pointed at the node's address. */
    @Test
    void aNameThatIsNotTheNodesIsAnsweredWith421OnBothPorts() throws Exception {
        for (int port : List.of(node.port(), node.managementPort())) {
            for (String path : List.of("/", "/socket", "/metrics", "/health/ready", "/api/documents/x")) {
                Map<String, String> headers = RawSocket.handshake(node);
                headers.put("Host", "evil.example:" + port);
                headers.put("Origin", "http://evil.example:" + port);
                try (RawSocket socket = new RawSocket(port, path, headers)) {
                    assertThat(socket.status()).as(port + path).isEqualTo(421);
                }
            }
        }
    }

    @Test
    void theNodesOwnPageIsLetIn() {
        Map<String, String> headers = RawSocket.handshake(node);
        headers.put("Origin", "http://127.0.0.1:" + node.port());
        try (RawSocket socket = RawSocket.request(node, headers)) {
            assertThat(socket.status()).isEqualTo(101);
        }
    }

    @Test
    void headersThatAreTooLongAreRefused() {
        Map<String, String> headers = RawSocket.handshake(node);
        headers.put("X-Filler", "x".repeat(9 * 1024));
        try (RawSocket socket = RawSocket.request(node, headers)) {
            assertThat(socket.status()).isEqualTo(431);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /%zz",
                "GET /client/%",
                "GET /?x=%f",
                "GET /../../etc/passwd",
                "GET /%2e%2e/%2e%2e/etc/passwd",
                "GET //etc/passwd",
                "GET /%00",
                "GET /client/\\..\\x",
                "OPTIONS *",
                "CONNECT evil.example:443",
                "TRACE /",
                "POST /",
                "BREW /pot"
            })
    void aRequestForNoPageIsTheSendersFaultAndFillsNoLog(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.setSoTimeout(10_000);
            String whole = request + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(whole.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("root:");
        }
        assertThat(node.logged()).doesNotContain(" ERROR ");
    }

    @Test
    void aFullNodeSaysWhenToComeBackAndServesWhenThereIsRoom() {
        List<RawSocket> all = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            all.add(RawSocket.greeted(node));
        }
        try (RawSocket socket = RawSocket.request(node, RawSocket.handshake(node))) {
            assertThat(socket.status()).isEqualTo(503);
            assertThat(socket.header("retry-after")).matches("[1-9][0-9]*");
        }
        Map<String, String> question = RawSocket.handshake(node);
        question.put("Upgrade", null);
        try (RawSocket asked = RawSocket.request(node, question)) {
            assertThat(asked.status()).as("what a page asks that was refused").isEqualTo(503);
        }
        assertThatThrownBy(() -> Waiting.on(
                        BatonClient.connect(vertx, ClientOptions.to(node.uri()).withUser("late", "late"))))
                .isInstanceOfSatisfying(HandshakeRejected.class, rejected -> {
                    assertThat(rejected.status()).isEqualTo(503);
                    assertThat(rejected.retryMillis()).isPresent();
                });
        RawSocket first = all.remove(0);
        first.text("{\"type\":\"ping\"}");
        assertThat(first.json().getString("type")).isEqualTo("pong");
        first.close();
        await().atMost(SOON).until(() -> node.gauges().get("baton_sockets") < SOCKETS);
        all.add(RawSocket.greeted(node));
        all.forEach(RawSocket::close);
    }

    // ---- hello ----------------------------------------------------------------------------------------------------

    @Test
    void whoSaysNoHelloIsClosedAfterFiveSecondsWhateverElseItSends() {
        long start = System.nanoTime();
        try (RawSocket silent = RawSocket.open(node);
                RawSocket pinging = RawSocket.open(node)) {
            pinging.frame(RawSocket.PING, true, new byte[0]);
            pinging.frame(RawSocket.PONG, true, new byte[0]);
            pinging.frame(RawSocket.TEXT, false, "{".getBytes(StandardCharsets.UTF_8));
            assertThat(silent.json().getString("message")).contains("hello");
            assertThat(silent.closeCode()).isEqualTo(4401);
            assertThat(pinging.closeCode()).isEqualTo(4401);
            assertThat((System.nanoTime() - start) / 1_000_000).isBetween(4_980L, 8_000L);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"join\",\"document\":\"d\",\"mode\":\"view\"}",
                "{\"type\":\"ping\"}",
                "{\"type\":\"dance\"}",
                "not JSON",
                "{}",
                "{\"type\":\"hello\"}",
                "{\"type\":\"hello\",\"user\":\"eve\"}",
                "{\"type\":\"hello\",\"user\":{\"id\":\"e\\nve\",\"name\":\"Eve\"}}",
                "{\"type\":\"hello\",\"resume\":\"made-up\"}",
                "{\"type\":\"hello\",\"resume\":7,\"user\":{\"id\":\"eve\",\"name\":\"Eve\"}}",
            })
    void aFirstFrameThatIsNoGoodHelloIsToldWhyAndClosed(String frame) {
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text(frame);
            JsonObject error = socket.json();
            assertThat(error.getString("type")).isEqualTo("error");
            assertThat(error.getString("message")).isNotBlank();
            assertThat(socket.closeCode()).isEqualTo(4401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ev\\u00ade", "\\u200fEve", "E\\u202eve", "Eve\\u0000", "\\ufeffEve", "Eve\\u200b"})
    void aNameIsCleanedAndNobodyIsShutOutForIt(String name) {
        assertThat(shown(name)).isEqualTo("Eve");
    }

    @Test
    void aNameThatIsTooLongIsCutAndOneThatShowsNothingIsTheId() {
        assertThat(shown("n".repeat(65))).isEqualTo("n".repeat(64));
        assertThat(shown("\\u00a0")).isEqualTo("eve");
        assertThat(shown("")).isEqualTo("eve");
    }

    private static String shown(String name) {
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text("{\"type\":\"hello\",\"user\":{\"id\":\"eve\",\"name\":\"" + name + "\"}}");
            return socket.json("welcome").getJsonObject("user").getString("name");
        }
    }

    @Test
    void aHelloThatIsTooLongIsClosed() {
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text("{\"type\":\"hello\",\"user\":{\"id\":\"eve\",\"name\":\"Eve\"},\"x\":\"" + "x".repeat(8192)
                    + "\"}");
            assertThat(socket.closeCode()).isEqualTo(1009);
        }
    }

    @Test
    void whatFollowsAHelloAtOnceWaitsForTheWelcome() {
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text("{\"type\":\"hello\",\"user\":{\"id\":\"eve\",\"name\":\"Eve\"}}");
            socket.text("{\"type\":\"hello\",\"ref\":1,\"user\":{\"id\":\"eve\",\"name\":\"Eve\"}}");
            socket.text("{\"type\":\"ping\",\"ref\":\"two\"}");
            assertThat(socket.json().getString("type")).isEqualTo("welcome");
            JsonObject error = socket.json();
            assertThat(error.getString("code")).isEqualTo("bad-message");
            assertThat(error.getInteger("ref")).isEqualTo(1);
            JsonObject pong = socket.json();
            assertThat(pong.getString("type")).isEqualTo("pong");
            assertThat(pong.getString("ref")).isEqualTo("two");
        }
    }

    // ---- frames ---------------------------------------------------------------------------------------------------

    private static int closedAfter(Consumer<RawSocket> sending) {
        try (RawSocket socket = RawSocket.greeted(node)) {
            sending.accept(socket);
            return socket.closeCode();
        }
    }

    @Test
    void aMessageOverTheLimitIsClosedWith1009() {
        assertThat(closedAfter(socket -> socket.frame(RawSocket.TEXT, true, new byte[LARGEST + 1])))
                .isEqualTo(1009);
        assertThat(closedAfter(socket -> socket.frame(RawSocket.TEXT, true, new byte[8 << 20])))
                .as("with megabytes still under way")
                .isEqualTo(1009);
    }

    @Test
    void aFrameThatOnlySaysThatItIsTooLargeIsClosedWith1009() {
        // the head of a text frame of 2^40 bytes, and none of them
        assertThat(closedAfter(socket ->
                        socket.bytes(new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4})))
                .isEqualTo(1009);
    }

    @Test
    void fragmentsThatTogetherAreOverTheLimitAreClosedWith1009() {
        assertThat(closedAfter(socket -> {
                    socket.frame(RawSocket.TEXT, false, new byte[0]);
                    for (int sent = 0; sent <= LARGEST; sent += 1000) {
                        socket.frame(
                                RawSocket.CONTINUATION, false, "x".repeat(1000).getBytes(StandardCharsets.UTF_8));
                    }
                }))
                .isEqualTo(1009);
    }

    @Test
    void aMessageAtTheLimitInManyFragmentsIsTaken() {
        try (RawSocket socket = RawSocket.greeted(node)) {
            String head = "{\"type\":\"ping\",\"x\":\"";
            String tail = "\"}";
            byte[] whole = (head + "x".repeat(LARGEST - head.length() - tail.length()) + tail)
                    .getBytes(StandardCharsets.UTF_8);
            for (int from = 0; from < whole.length; from += 1024) {
                boolean last = from + 1024 >= whole.length;
                socket.frame(
                        from == 0 ? RawSocket.TEXT : RawSocket.CONTINUATION,
                        last,
                        Arrays.copyOfRange(whole, from, Math.min(whole.length, from + 1024)));
                if (from == 64 * 1024) {
                    socket.frame(RawSocket.PING, true, new byte[] {1});
                }
            }
            assertThat(socket.json().getString("type")).isEqualTo("pong");
        }
    }

    @Test
    void binaryFramesAreClosedWith1003() {
        assertThat(closedAfter(socket -> socket.frame(RawSocket.BINARY, true, new byte[] {1, 2, 3})))
                .isEqualTo(1003);
        assertThat(closedAfter(socket -> socket.frame(RawSocket.BINARY, false, new byte[0])))
                .isEqualTo(1003);
        try (RawSocket socket = RawSocket.open(node)) {
            socket.frame(RawSocket.BINARY, true, new byte[] {1});
            assertThat(socket.closeCode()).isEqualTo(1003);
        }
    }

    @Test
    void textThatIsNotUtf8IsClosedWith1007() {
        assertThat(closedAfter(socket -> socket.frame(RawSocket.TEXT, true, new byte[] {'{', (byte) 0xc3, '(', '}'})))
                .isEqualTo(1007);
        // half of a character in one frame, and not its other half in the next
        assertThat(closedAfter(socket -> {
                    socket.frame(RawSocket.TEXT, false, new byte[] {(byte) 0xe2, (byte) 0x82});
                    socket.frame(RawSocket.CONTINUATION, true, new byte[] {'x'});
                }))
                .isEqualTo(1007);
    }

    @Test
    void aCharacterThatIsSplitOverTwoFramesIsWhole() {
        try (RawSocket socket = RawSocket.greeted(node)) {
            byte[] whole = "{\"type\":\"ping\",\"ref\":\"€\"}".getBytes(StandardCharsets.UTF_8);
            int half = new String(whole, StandardCharsets.ISO_8859_1).indexOf('\u00e2') + 1;
            socket.frame(RawSocket.TEXT, false, Arrays.copyOf(whole, half));
            socket.frame(RawSocket.CONTINUATION, true, Arrays.copyOfRange(whole, half, whole.length));
            assertThat(socket.json().getString("ref")).isEqualTo("€");
        }
    }

    @Test
    void framesAgainstTheRulesAreClosedWith1002() {
        assertThat(closedAfter(
                        socket -> socket.frame(RawSocket.CONTINUATION, true, "{}".getBytes(StandardCharsets.UTF_8))))
                .as("a continuation of nothing")
                .isEqualTo(1002);
        assertThat(closedAfter(socket -> socket.frame(RawSocket.PING, true, new byte[126])))
                .as("a ping that is too long")
                .isEqualTo(1002);
        assertThat(closedAfter(socket -> socket.frame(3, true, new byte[0])))
                .as("a reserved opcode")
                .isEqualTo(1002);
        assertThat(closedAfter(socket -> socket.bytes(new byte[] {(byte) 0x81, 2, '{', '}'})))
                .as("a frame without a mask")
                .isEqualTo(1002);
        assertThat(closedAfter(socket -> socket.bytes(new byte[] {(byte) 0xc1, (byte) 0x80, 0, 0, 0, 0})))
                .as("a reserved bit")
                .isEqualTo(1002);
    }

    @Test
    void aPingIsAnsweredWithItsPayload() {
        try (RawSocket socket = RawSocket.greeted(node)) {
            socket.frame(RawSocket.PING, true, "abc".getBytes(StandardCharsets.UTF_8));
            socket.text("{\"type\":\"ping\"}");
            assertThat(socket.json().getString("type")).isEqualTo("pong");
        }
    }

    @Test
    void aConnectionThatBreaksInTheMiddleOfAMessageLeavesNothing() {
        for (int i = 0; i < 10; i++) {
            RawSocket socket = i % 2 == 0 ? RawSocket.greeted(node) : RawSocket.open(node);
            socket.bytes(new byte[] {(byte) 0x81, (byte) 0xfe, 1});
            socket.close();
        }
    }

    @Test
    void aBadFrameIsAnsweredInItsPlaceBetweenGoodOnes() {
        try (RawSocket socket = RawSocket.greeted(node)) {
            socket.text("{\"type\":\"ping\",\"ref\":1}");
            socket.text("{\"type\":\"ping\",\"ref\":2");
            socket.text("{\"type\":\"ping\",\"ref\":{}}");
            socket.text("{\"type\":\"nothing\",\"ref\":\"three\"}");
            socket.text("[".repeat(5_000));
            socket.text("{\"type\":\"ping\",\"ref\":4}");
            assertThat(socket.json().getInteger("ref")).isEqualTo(1);
            assertThat(socket.json().getString("code")).isEqualTo("bad-message");
            assertThat(socket.json().getString("message")).contains("ref");
            JsonObject unknown = socket.json();
            assertThat(unknown.getString("code")).isEqualTo("unknown-type");
            assertThat(unknown.getString("ref")).isEqualTo("three");
            assertThat(socket.json().getString("code")).isEqualTo("bad-message");
            assertThat(socket.json().getInteger("ref")).isEqualTo(4);
        }
    }

    @Test
    void aSessionCannotBeTakenWithAnothersSecretOrName() {
        String session;
        String secret;
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text("{\"type\":\"hello\",\"user\":{\"id\":\"ann\",\"name\":\"Ann\"}}");
            JsonObject welcome = socket.json();
            session = welcome.getString("session");
            secret = welcome.getString("resume");
            for (String wrong : List.of(
                    session,
                    secret.substring(0, secret.length() - 1) + (secret.endsWith("A") ? "B" : "A"),
                    secret + "A",
                    "",
                    "x".repeat(3_000))) {
                try (RawSocket thief = RawSocket.open(node)) {
                    thief.text(new JsonObject()
                            .put("type", "hello")
                            .put("resume", wrong)
                            .put("user", new JsonObject().put("id", "ann").put("name", "Ann"))
                            .encode());
                    JsonObject answer = thief.json();
                    assertThat(answer.getString("type")).isEqualTo("welcome");
                    assertThat(answer.getBoolean("resumed")).isFalse();
                    assertThat(answer.getString("session")).isNotEqualTo(session);
                }
            }
            try (RawSocket other = RawSocket.open(node)) {
                other.text(new JsonObject()
                        .put("type", "hello")
                        .put("resume", secret)
                        .put("user", new JsonObject().put("id", "eve").put("name", "Eve"))
                        .encode());
                assertThat(other.json().getBoolean("resumed")).isFalse();
            }
            socket.text("{\"type\":\"ping\"}");
            assertThat(socket.json().getString("type")).isEqualTo("pong");
        }
        assertThat(node.logged()).doesNotContain(secret);
    }
}
