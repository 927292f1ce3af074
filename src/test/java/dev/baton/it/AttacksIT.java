package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Attacks that are neither a wrong token nor too much of something good; somebody who behaves is served all the time.
 */
class AttacksIT {
    private static final int CROWD = 200;

    private static Nodes nodes;
    private static NodeProcess node;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();

    @BeforeAll
    static void startNode() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(
                AttacksIT.class,
                1,
                Map.of(
                        "BATON_LIMITS_UNREAD",
                        "256KiB",
                        "BATON_LIMITS_BYTES_PER_SECOND",
                        "64MiB",
                        "BATON_LIMITS_SOCKETS_PER_USER",
                        "1000",
                        "BATON_LIMITS_HANDSHAKE_TIMEOUT",
                        "2s"));
        node = nodes.get(0);
    }

    @AfterAll
    static void stopNode() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(SOON).until(() -> node.gauges().get("baton_sockets") == 0);
        await().atMost(SOON).until(() -> node.gauges().get("baton_beats") == 0);
        assertThat(node.gauges()).containsEntry("baton_users", 0L);
        assertThat(node.logged().lines())
                .as("each line is one that the node began")
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ [A-Z]+ .*"));
    }

    private static long reached(String limit) {
        return node.gauges().get("baton_limit_reached_total{limit=\"" + limit + "\"}");
    }

    // ---- frames ---------------------------------------------------------------------------------------------------

    @Test
    void aFrameOfTwoToTheSixtyThirdBytesIsClosedAtItsHead() {
        for (byte[] length : new byte[][] {
            {(byte) 0x80, 0, 0, 0, 0, 0, 0, 0},
            {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff}
        }) {
            try (RawSocket socket = RawSocket.greeted(node)) {
                socket.bytes(new byte[] {(byte) 0x81, (byte) 0xff});
                socket.bytes(length);
                socket.bytes(new byte[] {1, 2, 3, 4});
                assertThat(socket.closeCode()).isIn(1002, 1009);
            }
        }
    }

    // ---- handshakes -----------------------------------------------------------------------------------------------

    @Test
    void upgradesInARowOnOneConnectionMakeOneSocketAtMostAndEndIt() throws IOException {
        String upgrade = "GET /socket HTTP/1.1\r\nHost: 127.0.0.1:" + node.port()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Version: 13\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(upgrade.repeat(50).getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(readToEnd(socket.getInputStream()), StandardCharsets.ISO_8859_1);
            assertThat(answer.split("HTTP/1.1 101", -1)).as("upgraded once").hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void requestsInARowAreAnsweredOneByOneAndAFullPipeIsNotReadOn() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.setSoTimeout(10_000);
            String request = "GET /nothing-here HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
            String last = "GET /nothing-here HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write((request.repeat(99) + last).getBytes(StandardCharsets.ISO_8859_1));
            String answers = new String(readToEnd(socket.getInputStream()), StandardCharsets.ISO_8859_1);
            assertThat(answers.split("HTTP/1.1 404", -1)).hasSize(101);
        }
    }

    /** What comes until the node ends the connection, in whichever way. */
    private static byte[] readToEnd(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                all.write(next);
            }
        } catch (SocketException reset) {
            return all.toByteArray();
        }
        return all.toByteArray();
    }

    // ---- readers --------------------------------------------------------------------------------------------------

    @Test
    void aReaderThatReadsNothingIsLetGoTheRoomGoesOnAndItComesBackAndMissesNothing() {
        long before = reached("unread");
        Person writer = Person.on(vertx, node, "writer");
        writer.view(document);
        JsonObject welcome;
        JsonObject seen;
        long head;
        try (RawSocket reader = RawSocket.open(node)) {
            reader.text("{\"type\":\"hello\",\"user\":{\"id\":\"slow\",\"name\":\"Slow\"}}");
            welcome = reader.json("welcome");
            reader.text("{\"type\":\"join\",\"document\":\"" + document + "\",\"mode\":\"view\"}");
            seen = reader.json("joined");
            JsonObject large = new JsonObject().put("x", "x".repeat(60_000));
            int said = 0;
            while (reached("unread") == before) {
                assertThat(said).as("the kernel's buffers are not that large").isLessThan(2_000);
                for (int i = 0; i < 20; i++) {
                    Waiting.on(writer.client().say(document, "m-" + said++, large));
                }
            }
            head = Waiting.on(writer.client().say(document, "after", large)).seq();
        }
        try (RawSocket back = RawSocket.open(node)) {
            back.text("{\"type\":\"hello\",\"resume\":\"" + welcome.getString("resume") + "\"}");
            assertThat(back.json("welcome").getBoolean("resumed")).isTrue();
            back.text(new JsonObject()
                    .put("type", "join")
                    .put("document", document)
                    .put("mode", "view")
                    .put("after", seen.getLong("seq"))
                    .put("log", seen.getString("log"))
                    .encode());
            JsonObject joined = back.json("joined");
            assertThat(joined.getBoolean("recovered")).isTrue();
            List<Long> missed = new ArrayList<>(seqs(joined));
            while (missed.isEmpty() || missed.get(missed.size() - 1) < head) {
                missed.addAll(seqs(back.json("entries")));
            }
            assertThat(missed)
                    .as("all since what it saw last, in order and once")
                    .containsExactlyElementsOf(LongStream.rangeClosed(seen.getLong("seq") + 1, head)
                            .boxed()
                            .toList());
        }
        Waiting.on(writer.client().close());
    }

    private static List<Long> seqs(JsonObject frame) {
        return frame.getJsonArray("entries").stream()
                .map(entry -> ((JsonObject) entry).getLong("seq"))
                .toList();
    }

    // ---- words ----------------------------------------------------------------------------------------------------

    @Test
    void nothingThatIsSentBeginsALineInTheLog() {
        String line = "x\\n2026-01-01T00:00:00.000Z ERROR forged\\r\\u2028\\u0085\\u001b[2J";
        for (String hello : List.of(
                "{\"type\":\"hello\",\"user\":{\"id\":\"" + line + "\",\"name\":\"n\"}}",
                "{\"type\":\"hello\",\"resume\":\"" + line + "\"}",
                "{\"type\":\"" + line + "\"}")) {
            try (RawSocket socket = RawSocket.open(node)) {
                socket.text(hello);
                JsonObject error = socket.json();
                assertThat(error.getString("message").lines()).hasSize(1);
                assertThat(socket.closeCode()).isEqualTo(4401);
            }
        }
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text("{\"type\":\"hello\",\"user\":{\"id\":\"i\",\"name\":\"" + line + "\"}}");
            String name = socket.json("welcome").getJsonObject("user").getString("name");
            assertThat(name)
                    .as("cleaned")
                    .doesNotContainPattern("[\\p{Cntrl}\\u2028\\u0085]")
                    .contains("forged");
        }
        try (RawSocket socket = RawSocket.greeted(node)) {
            socket.text("{\"type\":\"join\",\"document\":\"" + line + "\",\"mode\":\"edit\"}");
            assertThat(socket.json("error").getString("code")).isEqualTo("bad-document");
            socket.text("{\"type\":\"join\",\"document\":\"" + document + "\",\"mode\":\"edit\",\"log\":\"" + line
                    + "\",\"after\":1}");
            socket.json("joined");
            for (String fields : List.of(
                    "\"type\":\"update\",\"epoch\":1,\"id\":\"" + line + "\",\"data\":\"" + line + "\"",
                    "\"type\":\"answer\",\"epoch\":1,\"session\":\"" + line + "\",\"accept\":true",
                    "\"type\":\"release\",\"epoch\":1,\"to\":\"" + line + "\"",
                    "\"type\":\"remove\",\"session\":\"" + line + "\"")) {
                socket.text("{\"document\":\"" + document + "\",\"ref\":\"" + line + "\"," + fields + "}");
            }
            socket.text("{\"type\":\"ping\",\"ref\":\"end\"}");
            socket.json("pong");
        }
        Map<String, String> headers = RawSocket.handshake(node);
        headers.put("Origin", "http://evil.example/\u001b[2J");
        try (RawSocket socket = RawSocket.request(node, headers)) {
            assertThat(socket.status()).isBetween(400, 403);
        }
        assertThat(node.logged()).doesNotContain("forged");
    }

    // ---- all at once ----------------------------------------------------------------------------------------------

    @Test
    void whoBehavesIsServedWhileACrowdDoesNot() {
        Person ann = Person.on(vertx, node, "ann");
        long epoch = ann.take(document);
        List<RawSocket> crowd = new ArrayList<>();
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            switch (i % 4) {
                case 0 -> {
                    RawSocket flood = RawSocket.greeted(node);
                    for (int n = 0; n < 500; n++) {
                        flood.frame(RawSocket.PING, true, new byte[0]);
                    }
                    crowd.add(flood);
                }
                case 1 -> {
                    RawSocket broken = RawSocket.open(node);
                    broken.bytes(new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3});
                    crowd.add(broken);
                }
                case 2 -> crowd.add(RawSocket.open(node));
                default -> silent.add(connected());
            }
            if (i % 20 == 0) {
                long start = System.nanoTime();
                ann.update(document, epoch, "u-" + i);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            }
        }
        assertThat(ann.client().isOpen()).isTrue();
        crowd.forEach(RawSocket::close);
        silent.forEach(AttacksIT::close);
        ann.update(document, epoch, "last");
        Waiting.on(ann.client().close());
    }

    private static Socket connected() {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), node.port());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
