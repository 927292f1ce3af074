package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whoever sends too much, too fast or too slowly is told so, then closed, and counted; everybody else is served. */
class LimitsIT {
    private static final int RATE = 50;
    private static final int USER_SOCKETS = 3;

    /** Far more than the burst that is taken and the one that is refused. */
    private static final int FLOOD = 1_000;

    private static Nodes nodes;
    private static NodeProcess node;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();

    @BeforeAll
    static void startNode() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(
                LimitsIT.class,
                1,
                Map.of(
                        "BATON_LIMITS_MESSAGES_PER_SECOND",
                        Integer.toString(RATE),
                        "BATON_LIMITS_BYTES_PER_SECOND",
                        "64KiB",
                        "BATON_LIMITS_MESSAGE",
                        "32KiB",
                        "BATON_LIMITS_UPDATE_DATA",
                        "16KiB",
                        "BATON_LIMITS_SOCKETS_PER_USER",
                        Integer.toString(USER_SOCKETS),
                        "BATON_LIMITS_HANDSHAKE_TIMEOUT",
                        "1s",
                        "BATON_LIMITS_DOCUMENTS_PER_SESSION",
                        "2"));
        node = nodes.get(0);
    }

    @AfterAll
    static void stopNode() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @AfterEach
    void itGoesOnAndNothingIsLeft() {
        Person person = Person.on(vertx, node, "after");
        assertThat(person.take(document)).isPositive();
        Waiting.on(person.client().leave(document));
        Waiting.on(person.client().close());
        await().atMost(SOON).untilAsserted(() -> assertThat(node.gauges())
                .containsEntry("baton_sockets", 0L)
                .containsEntry("baton_users", 0L)
                .containsEntry("baton_beats", 0L));
        assertThat(node.logged()).doesNotContain("\tat ");
    }

    private static long reached(String limit) {
        return node.gauges().get("baton_limit_reached_total{limit=\"" + limit + "\"}");
    }

    // ---- the rate -------------------------------------------------------------------------------------------------

    @Test
    void aBurstIsTakenAndWhatIsBeyondItIsAnsweredByItsRefAndNotDone() {
        long before = reached("messages-per-second");
        Person reader = Person.on(vertx, node, "reader");
        reader.view(document);
        try (RawSocket socket = RawSocket.greeted(node)) {
            socket.text("{\"type\":\"join\",\"document\":\"" + document + "\",\"mode\":\"view\"}");
            socket.json("joined");
            int sent = 3 * RATE;
            long start = System.nanoTime();
            for (int i = 0; i < sent; i++) {
                socket.text("{\"type\":\"say\",\"ref\":" + i + ",\"document\":\"" + document + "\",\"id\":\"m-" + i
                        + "\",\"data\":" + i + "}");
            }
            Set<Integer> done = new HashSet<>();
            Set<Integer> refused = new HashSet<>();
            while (done.size() + refused.size() < sent) {
                JsonObject answer = socket.json();
                if (answer.getString("type").equals("applied")) {
                    done.add(answer.getInteger("ref"));
                } else if (answer.getString("type").equals("error")) {
                    assertThat(answer.getString("code")).isEqualTo("rate-limited");
                    assertThat(answer.getInteger("ref"))
                            .as("pongs cost nothing")
                            .isNotNull();
                    assertThat(answer.getLong("retry")).isBetween(1L, 1_000L);
                    assertThat(answer.getString("message")).contains("50 messages a second are taken without waiting");
                    refused.add(answer.getInteger("ref"));
                }
            }
            int meanwhile = (int) (RATE * (System.nanoTime() - start) / 1_000_000_000);
            assertThat(done)
                    .as("the burst, and what the rate gave meanwhile")
                    .hasSizeBetween(
                            2 * RATE - 2, 2 * RATE + meanwhile + 20); // and a few that found nothing outstanding
            assertThat(done).doesNotContainAnyElementsOf(refused);
            Person late = Person.on(vertx, node, "late");
            Joined seen = late.view(document);
            await().atMost(SOON)
                    .until(() -> seen.entries().size()
                                    + late.heard().entries(document).size()
                            >= seen.seq());
            assertThat(Stream.concat(seen.entries().stream(), late.heard().entries(document).stream())
                            .filter(entry -> entry.kind().equals(Entry.MESSAGE))
                            .map(Entry::id))
                    .as("stored is what was said to be, once, and nothing that was refused")
                    .containsExactlyInAnyOrderElementsOf(
                            done.stream().map(ref -> "m-" + ref).toList());
            Waiting.on(late.client().close());
            assertThat(reached("messages-per-second") - before).isEqualTo(refused.size());
        }
        Waiting.on(reader.client().close());
    }

    @Test
    void whoWaitsAsLongAsItWasToldIsServedAgain() {
        try (RawSocket socket = RawSocket.greeted(node)) {
            int sent = 2 * RATE + RATE;
            socket.texts(Collections.nCopies(sent, "{\"type\":\"ping\"}"));
            List<JsonObject> answers = new ArrayList<>();
            while (answers.size() < sent) {
                answers.add(socket.json());
            }
            long retry = answers.stream()
                    .filter(answer -> answer.getString("type").equals("error"))
                    .mapToLong(refusal -> refusal.getLong("retry"))
                    .max()
                    .orElseThrow();
            await().pollDelay(Duration.ofMillis(retry)).until(() -> true);
            socket.text("{\"type\":\"ping\",\"ref\":\"after\"}");
            JsonObject answer = socket.json();
            while (!"after".equals(answer.getValue("ref"))) {
                answer = socket.json();
            }
            assertThat(answer.getString("type")).isEqualTo("pong");
        }
    }

    @Test
    void whoGoesOnIsClosedWith4002() {
        try (RawSocket socket = RawSocket.greeted(node)) {
            socket.texts(Collections.nCopies(FLOOD, "{\"type\":\"ping\"}"));
            assertThat(socket.closeCode()).isEqualTo(4002);
        }
    }

    @Test
    void whoWaitsForEachAnswerIsServedHoweverFastItIs() {
        long before = reached("messages-per-second");
        try (RawSocket socket = RawSocket.greeted(node)) {
            socket.text("{\"type\":\"join\",\"document\":\"" + document + "\",\"mode\":\"view\"}");
            socket.json("joined");
            long start = System.nanoTime();
            int sent = 0;
            while (System.nanoTime() - start < 1_000_000_000L || sent < 4 * RATE) {
                socket.text("{\"type\":\"ping\",\"ref\":" + sent + "}");
                assertThat(socket.json("pong").getInteger("ref")).isEqualTo(sent);
                if (sent % 8 == 0) {
                    socket.text("{\"type\":\"say\",\"document\":\"" + document + "\",\"id\":\"m-" + sent
                            + "\",\"data\":1}");
                    assertThat(socket.json("applied").getString("id")).isEqualTo("m-" + sent);
                }
                sent++;
            }
            assertThat(sent).as("more than the rate and its burst").isGreaterThan(3 * RATE);
        }
        assertThat(reached("messages-per-second")).isEqualTo(before);
    }

    @Test
    void aFloodOfPingsOrPongsIsClosedWith4002AlsoBeforeHello() {
        for (int opcode : new int[] {RawSocket.PING, RawSocket.PONG}) {
            try (RawSocket stranger = RawSocket.open(node);
                    RawSocket member = RawSocket.greeted(node)) {
                for (int i = 0; i < FLOOD; i++) {
                    stranger.frame(opcode, true, new byte[0]);
                    member.frame(opcode, true, new byte[] {1});
                }
                assertThat(stranger.closeCode()).isEqualTo(4002);
                assertThat(member.closeCode()).isEqualTo(4002);
            }
        }
    }

    @Test
    void tooManyBytesInFewMessagesAreReadLaterAndNotRefused() {
        long before = reached("bytes-per-second");
        try (RawSocket socket = RawSocket.greeted(node)) {
            long start = System.nanoTime();
            int sent = 10;
            for (int i = 0; i < sent; i++) {
                socket.text("{\"type\":\"ping\",\"ref\":" + i + ",\"x\":\"" + "x".repeat(30_000) + "\"}");
            }
            for (int i = 0; i < sent; i++) {
                JsonObject answer = socket.json();
                assertThat(answer.getString("type")).isEqualTo("pong");
                assertThat(answer.getInteger("ref")).isEqualTo(i);
            }
            assertThat((System.nanoTime() - start) / 1_000_000)
                    .as("the burst is four of them, and the rate gives two a second for the others but the last")
                    .isBetween(1_800L, 10_000L);
            assertThat(reached("bytes-per-second")).isGreaterThan(before);
        }
    }

    @Test
    void anEndlessMessageIsClosedHoweverSmallItsFragmentsAre() {
        for (byte[] fragment : new byte[][] {{}, {'x'}}) {
            try (RawSocket socket = RawSocket.greeted(node)) {
                socket.frame(RawSocket.TEXT, false, "{\"x\":\"".getBytes(StandardCharsets.UTF_8));
                for (int i = 0; i < FLOOD; i++) {
                    socket.frame(RawSocket.CONTINUATION, false, fragment);
                }
                assertThat(socket.closeCode()).isEqualTo(4002);
            }
        }
    }

    @Test
    void aMessageInOneByteFragmentsIsTakenWhileItIsSmall() {
        try (RawSocket socket = RawSocket.greeted(node)) {
            byte[] whole = "{\"type\":\"ping\",\"ref\":7}".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < whole.length; i++) {
                socket.frame(
                        i == 0 ? RawSocket.TEXT : RawSocket.CONTINUATION, i == whole.length - 1, new byte[] {whole[i]});
            }
            assertThat(socket.json().getInteger("ref")).isEqualTo(7);
        }
    }

    // ---- sockets of a user ----------------------------------------------------------------------------------------

    @Test
    void aUserHasSoManySocketsAndOneMoreIsToldToComeBack() {
        long before = reached("sockets-per-user");
        List<RawSocket> all = new ArrayList<>();
        String secret = "";
        for (int i = 0; i < USER_SOCKETS; i++) {
            RawSocket socket = RawSocket.open(node);
            socket.text("{\"type\":\"hello\",\"user\":{\"id\":\"many\",\"name\":\"Many\"}}");
            secret = socket.json("welcome").getString("resume");
            all.add(socket);
        }
        for (String hello : List.of(
                "{\"type\":\"hello\",\"ref\":1,\"user\":{\"id\":\"many\",\"name\":\"Other\"}}",
                "{\"type\":\"hello\",\"ref\":1,\"resume\":\"" + secret
                        + "x\",\"user\":{\"id\":\"many\",\"name\":\"Many\"}}")) {
            try (RawSocket more = RawSocket.open(node)) {
                more.text(hello);
                JsonObject error = more.json();
                assertThat(error.getString("code")).isEqualTo("rate-limited");
                assertThat(error.getInteger("ref")).isEqualTo(1);
                assertThat(error.getLong("retry")).isPositive();
                assertThat(error.getString("message")).contains("3 sockets");
                assertThat(more.closeCode()).isEqualTo(4002);
            }
        }
        assertThat(reached("sockets-per-user") - before).isEqualTo(2);
        RawSocket.greeted(node).close();
        all.remove(0).close();
        await().atMost(SOON).until(() -> node.gauges().get("baton_sockets") < USER_SOCKETS);
        try (RawSocket more = RawSocket.open(node)) {
            more.text("{\"type\":\"hello\",\"user\":{\"id\":\"many\",\"name\":\"Many\"}}");
            assertThat(more.json().getString("type")).isEqualTo("welcome");
        }
        all.forEach(RawSocket::close);
    }

    // ---- who does not even ask ------------------------------------------------------------------------------------

    @Test
    void whoConnectsAndAsksNothingOrByteByByteIsClosedInTime() throws IOException {
        long before = reached("handshake-timeout");
        long start = System.nanoTime();
        try (RawSocket member = RawSocket.greeted(node);
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), node.port());
                Socket slow = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            silent.setSoTimeout(10_000);
            slow.setSoTimeout(10_000);
            byte[] request = "GET /socket HTTP/1.1\r\nHost: x\r\nX-Slow: ".getBytes(StandardCharsets.ISO_8859_1);
            slow.getOutputStream().write(request);
            await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
                try {
                    slow.getOutputStream().write('x');
                    return false;
                } catch (IOException closed) {
                    return true;
                }
            });
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(reached("handshake-timeout") - before).isEqualTo(2);
            assertThat((System.nanoTime() - start) / 1_000_000).isBetween(900L, 8_000L);
            member.text("{\"type\":\"ping\"}");
            assertThat(member.json().getString("type"))
                    .as("a socket stays, however long it is since its request")
                    .isEqualTo("pong");
        }
    }

    // ---- each of the others is counted ----------------------------------------------------------------------------

    @Test
    void theOtherLimitsAreCountedByTheirNames() {
        Map<String, Long> before = node.gauges();
        try (RawSocket socket = RawSocket.greeted(node)) {
            socket.text("{\"type\":\"say\",\"document\":\"d\",\"id\":\"i\",\"data\":\"" + "x".repeat(17_000) + "\"}");
            assertThat(socket.json("error").getString("code")).isEqualTo("too-large");
            for (String name : List.of("a", "b", "c")) {
                socket.text("{\"type\":\"join\",\"document\":\"" + document + name + "\",\"mode\":\"view\"}");
            }
            assertThat(socket.json("error").getString("code")).isEqualTo("forbidden");
            socket.frame(RawSocket.TEXT, true, new byte[33_000]);
            assertThat(socket.closeCode()).isEqualTo(1009);
        }
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text("{\"x\":\"" + "x".repeat(8_200) + "\"}");
            assertThat(socket.closeCode()).isEqualTo(1009);
        }
        Map<String, String> headers = RawSocket.handshake(node);
        headers.put("X-Filler", "x".repeat(9_000));
        try (RawSocket socket = RawSocket.request(node, headers)) {
            assertThat(socket.status()).isEqualTo(431);
        }
        for (String limit :
                List.of("update-data", "documents-per-session", "message", "hello-size", "handshake-headers")) {
            String gauge = "baton_limit_reached_total{limit=\"" + limit + "\"}";
            assertThat(node.gauges().get(gauge) - before.get(gauge)).as(limit).isEqualTo(1);
        }
    }

    @Test
    void welcomeNamesTheLimits() {
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text("{\"type\":\"hello\",\"user\":{\"id\":\"raw\",\"name\":\"Raw\"}}");
            JsonObject limits = socket.json("welcome").getJsonObject("limits");
            assertThat(limits.getInteger("rate")).isEqualTo(RATE);
            assertThat(limits.getInteger("bytes")).isEqualTo(64 * 1024);
            assertThat(limits.getInteger("message")).isEqualTo(32 * 1024);
            assertThat(limits.getInteger("data")).isEqualTo(16 * 1024);
            assertThat(limits.getInteger("updateData")).isEqualTo(16 * 1024);
            assertThat(limits.getInteger("snapshot")).isEqualTo(16 << 20);
            assertThat(limits.getInteger("documents")).isEqualTo(2);
        }
    }
}
