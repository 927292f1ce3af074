package dev.baton.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.LocalNode;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who is let in, and what is told to whoever is not: to the client, to the log and to the metrics. */
class FrontDoorIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final String TOKEN = "a-token-for-the-front-door";

    private static LocalNode node;

    @BeforeAll
    static void start() {
        node = new LocalNode(Map.of(
                "limits.sockets-per-user", "2",
                "limits.sockets-per-address", "5",
                "limits.strangers-per-second", "1000",
                "limits.documents-per-minute", "3",
                "management.token", TOKEN,
                "http.trusted-proxies", "127.0.0.0/8"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String answer(String request) {
        try (Wire wire = new Wire(node.port())) {
            wire.send((request.replace("{port}", Integer.toString(node.port())) + "\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            return wire.head() + wire.rest();
        }
    }

    private static long counted(String metric) {
        try (Wire wire = new Wire(node.managementPort())) {
            wire.send(
                    Wire.utf8("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                            + TOKEN + "\r\n\r\n"));
            return wire.rest()
                    .lines()
                    .filter(line -> line.startsWith(metric + " "))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    // ---- the management port --------------------------------------------------------------------------------------

    private static String managed(String path, String more) {
        try (Wire wire = new Wire(node.managementPort())) {
            wire.send(
                    Wire.utf8("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n"));
            return wire.rest();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/api/documents", "/api/openapi.json", "/console/", "/console/console.js"})
    void theManagementPortAsksForItsToken(String path) {
        String basic = Base64.getEncoder().encodeToString(Wire.utf8("operator:" + TOKEN));
        assertThat(managed(path, ""))
                .startsWith("HTTP/1.1 401 ")
                .containsIgnoringCase("\r\nWWW-Authenticate: Basic realm=")
                .contains("the management token is missing");
        assertThat(managed(path, "Authorization: Bearer " + TOKEN + "x\r\n")).startsWith("HTTP/1.1 401 ");
        assertThat(managed(path, "Authorization: Bearer " + TOKEN + "\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(managed(path, "Authorization: Basic " + basic + "\r\n"))
                .as("as a browser sends it")
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/live", "/health/ready"})
    void healthIsForEverybody(String path) {
        assertThat(managed(path, "")).startsWith("HTTP/1.1 200 ");
    }

    // ---- documents ------------------------------------------------------------------------------------------------

    @Test
    void aUserMakesSoManyDocumentsInAMinuteAndIsToldWhenToMakeTheNext() {
        long before = counted("baton_limit_reached_total{limit=\"documents-per-minute\"}");
        try (Wire wire = Wire.open(node.port())) {
            welcomed(wire, hello("maker"));
            for (int i = 0; i < 4; i++) {
                wire.text("{\"type\":\"join\",\"mode\":\"view\",\"document\":\"new/" + i + "\"}");
                JsonObject answer = wire.nextText();
                if (i < 3) {
                    assertThat(answer.getString("type")).as(answer.encode()).isEqualTo("joined");
                } else {
                    assertThat(answer.getString("code")).as(answer.encode()).isEqualTo("rate-limited");
                    assertThat(answer.getLong("retry")).isBetween(1L, 20_000L);
                }
            }
        }
        assertThat(counted("baton_limit_reached_total{limit=\"documents-per-minute\"}") - before)
                .isEqualTo(1);
        await().atMost(SOON).until(() -> counted("baton_sockets") == 0);
    }

    // ---- handshakes -----------------------------------------------------------------------------------------------

    private static final String HANDSHAKE = "GET /socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            + "Connection: close, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "origin    | x               | x          | Origin: http://evil.example",
                "host      | 127.0.0.1:{port} | evil.example | ",
                "version   | Version: 13     | Version: 12 | ",
                "handshake | dGhlIHNhbXBsZSBub25jZQ== | short | ",
                "protocol  | x               | x          | Sec-WebSocket-Protocol: chat"
            })
    void aRefusedHandshakeIsCountedByItsCause(String cause, String from, String to, String more) {
        String metric = "baton_handshakes_refused_total{cause=\"" + cause + "\"}";
        long before = counted(metric);

        answer(HANDSHAKE.replace(from, to) + (more == null ? "" : "\r\n" + more));

        assertThat(counted(metric)).isEqualTo(before + 1);
    }

    @Test
    void ofManyRefusedHandshakesTheLogSaysOneALittleWhileAndWhatItWas() {
        Logger log = (Logger) LoggerFactory.getLogger("dev.baton.gateway.Refusals");
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        log.addAppender(logged);
        try {
            for (int i = 0; i < 50; i++) {
                answer(HANDSHAKE + "\r\nOrigin: http://many.example");
            }
        } finally {
            log.detachAppender(logged);
        }
        // at most one a loop, and none where another test has just caused one
        assertThat(logged.list).hasSizeLessThanOrEqualTo(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE);
        assertThat(logged.list).allSatisfy(event -> assertThat(event.getFormattedMessage())
                .contains("http://many.example")
                .contains("127.0.0.1:" + node.port()));
    }

    // ---- addresses ------------------------------------------------------------------------------------------------

    @Test
    void socketsAreLimitedByTheAddressThatATrustedProxySpeaksFor() {
        String request = HANDSHAKE.replace("close, ", "") + "\r\nX-Forwarded-For: 1.2.3.4, ";
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                wires.add(asked(request + "198.51.100.1", "101"));
            }
            wires.add(asked(request + "198.51.100.1", "429"));
            assertThat(wires.get(5).rest()).contains("this address has as many sockets as it may");
            wires.add(asked(request + "198.51.100.2", "101"));
            assertThat(counted("baton_limit_reached_total{limit=\"sockets-per-address\"}"))
                    .isPositive();
            wires.remove(0).close();
            await().atMost(SOON).until(() -> counted("baton_sockets") == 5);
            wires.add(asked(request + "198.51.100.1", "101"));
        } finally {
            wires.forEach(Wire::close);
        }
        await().atMost(SOON).until(() -> counted("baton_sockets") == 0);
    }

    private static Wire asked(String request, String status) {
        Wire wire = new Wire(node.port());
        wire.send(Wire.utf8(request.replace("{port}", Integer.toString(node.port())) + "\r\n\r\n"));
        assertThat(wire.head()).startsWith("HTTP/1.1 " + status + " ");
        return wire;
    }

    @Test
    void theLogNamesTheClientAndNotTheProxy() {
        Logger log = (Logger) LoggerFactory.getLogger("dev.baton.gateway.Refusals");
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        log.addAppender(logged);
        try {
            await().atMost(SOON.multipliedBy(3)).until(() -> {
                answer(HANDSHAKE.replace("Version: 13", "Version: 7") + "\r\nX-Forwarded-For: 198.51.100.77");
                return logged.list.stream()
                        .anyMatch(event -> event.getFormattedMessage().contains("refused to 198.51.100.77"));
            });
        } finally {
            log.detachAppender(logged);
        }
    }

    // ---- sockets of a user ----------------------------------------------------------------------------------------

    private static JsonObject hello(String user) {
        return new JsonObject()
                .put("type", "hello")
                .put("user", new JsonObject().put("id", user).put("name", user));
    }

    private static JsonObject welcomed(Wire wire, JsonObject hello) {
        wire.text(hello.encode());
        JsonObject answer = wire.nextText();
        assertThat(answer.getString("type")).as(answer.encode()).isEqualTo("welcome");
        return answer;
    }

    @Test
    void whoHasAllSocketsThatThereMayBeIsToldSoAndWhenToTryAgainAlsoInTheClose() {
        try (Wire one = Wire.open(node.port());
                Wire two = Wire.open(node.port());
                Wire three = Wire.open(node.port())) {
            welcomed(one, hello("many"));
            welcomed(two, hello("many"));
            three.text(hello("many").encode());
            JsonObject error = three.nextText();
            assertThat(error.getString("code")).isEqualTo("rate-limited");
            assertThat(error.getLong("retry")).isPositive();
            assertThat(three.closeReason(4002)).startsWith("this user has 2 sockets on this node");
        }
    }

    @Test
    void aResumeCountsAsTheConnectionThatItReplaces() {
        await().atMost(SOON).until(() -> counted("baton_sockets") == 0);
        try (Wire halfOpen = Wire.open(node.port());
                Wire other = Wire.open(node.port());
                Wire again = Wire.open(node.port());
                Wire more = Wire.open(node.port());
                Wire withoutUser = Wire.open(node.port())) {
            JsonObject welcome = welcomed(halfOpen, hello("half"));
            welcomed(other, hello("half"));
            String secret = welcome.getString("resume");

            assertThat(welcomed(again, hello("half").put("resume", secret)).getBoolean("resumed"))
                    .isTrue();
            halfOpen.closed(4500);

            more.text(hello("half").put("resume", secret + "x").encode());
            assertThat(more.nextText().getString("code"))
                    .as("no resume, and no room")
                    .isEqualTo("rate-limited");

            assertThat(welcomed(
                                    withoutUser,
                                    new JsonObject().put("type", "hello").put("resume", secret))
                            .getBoolean("resumed"))
                    .isTrue();
            again.closed(4500);
        }
        await().atMost(SOON).until(() -> counted("baton_sockets") == 0 && counted("baton_users") == 0);
    }

    @Test
    void whoIsNotLetInReadsWhyInTheCloseToo() {
        for (Map.Entry<String, String> one : Map.of(
                        "{\"type\":\"hello\"}", "user is missing",
                        "{\"type\":\"hello\",\"user\":{\"id\":\"\"}}", "user.id must have 1 to 255",
                        "{\"type\":\"ping\"}", "the first frame must be hello")
                .entrySet()) {
            try (Wire wire = Wire.open(node.port())) {
                wire.text(one.getKey());
                assertThat(wire.nextText().getString("message")).startsWith(one.getValue());
                assertThat(wire.closeReason(4401)).startsWith(one.getValue());
            }
        }
    }
}
