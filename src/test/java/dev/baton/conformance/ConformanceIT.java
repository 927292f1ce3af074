package dev.baton.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LocalNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * RFC 6455 as a node keeps to it, in the categories of the Autobahn suite (which cannot be used as it is: it wants a
 * server that echoes, and takes binary messages). What stands for the echo is Baton's own {@code ping}, whose
 * {@code ref} comes back.
 */
class ConformanceIT {
    static final int LARGEST = 128 * 1024;

    private static LocalNode node;

    @BeforeAll
    static void start() {
        node = new LocalNode(Map.of(
                "limits.strangers-per-second", "100000",
                "limits.messages-per-second", "100000",
                "limits.bytes-per-second", "100MiB",
                "limits.message", Integer.toString(LARGEST)));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static void run(Case one) {
        try (Wire wire = Wire.greeted(node.port())) {
            one.steps().accept(wire);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.baton.conformance.FrameCases#framing")
    void framing(Case one) {
        run(one);
    }

    @ParameterizedTest
    @MethodSource("dev.baton.conformance.FrameCases#pings")
    void pings(Case one) {
        run(one);
    }

    @ParameterizedTest
    @MethodSource("dev.baton.conformance.FrameCases#reservedBits")
    void reservedBits(Case one) {
        run(one);
    }

    @ParameterizedTest
    @MethodSource("dev.baton.conformance.FrameCases#opcodes")
    void opcodes(Case one) {
        run(one);
    }

    @ParameterizedTest
    @MethodSource("dev.baton.conformance.MessageCases#fragmentation")
    void fragmentation(Case one) {
        run(one);
    }

    @ParameterizedTest
    @MethodSource("dev.baton.conformance.MessageCases#limits")
    void limits(Case one) {
        run(one);
    }

    @ParameterizedTest
    @MethodSource("dev.baton.conformance.TextCases#utf8Sequences")
    void utf8Sequences(Case one) {
        run(one);
    }

    @ParameterizedTest
    @MethodSource("dev.baton.conformance.TextCases#utf8AsItComes")
    void utf8AsItComes(Case one) {
        run(one);
    }

    @ParameterizedTest
    @MethodSource("dev.baton.conformance.CloseCases#closes")
    void closes(Case one) {
        run(one);
    }

    /** A request as it stands, and what it is answered; {port} is the node's. */
    @ParameterizedTest
    @MethodSource("dev.baton.conformance.HandshakeCases#handshakes")
    void handshakes(HandshakeCases.Handshake one) {
        try (Wire wire = new Wire(node.port())) {
            wire.send(one.request(node.port()));
            String head = wire.head();
            assertThat(head).startsWith("HTTP/1.").contains(" " + one.status() + " ");
            if (one.status() != 101) {
                assertThat(wire.rest()).as("a sentence").containsIgnoringCase(one.words());
            }
        }
    }

    @Test
    void whatIsSentWithTheHandshakeInOnePacketIsKept() {
        try (Wire wire = new Wire(node.port())) {
            wire.send(Wire.join(
                    Wire.handshake(node.port()), Wire.hello(), Wire.frame(0x80 | Wire.TEXT, Case.ping("early"))));
            wire.switched();
            wire.welcomed();
            wire.answered("early");
            wire.text(new String(Case.ping("late"), StandardCharsets.UTF_8));
            wire.answered("late");
        }
    }

    @Test
    void aFrameWhoseBeginningCameWithTheHandshakeIsWhole() {
        byte[] hello = Wire.hello();
        for (int split = 1; split < hello.length; split += 9) {
            try (Wire wire = new Wire(node.port())) {
                wire.send(Wire.join(Wire.handshake(node.port()), Case.slice(hello, 0, split)));
                wire.switched();
                wire.send(Case.slice(hello, split, hello.length));
                wire.welcomed();
            }
        }
    }

    @Test
    void whatIsWrongInThePacketOfTheHandshakeIsSaid() {
        try (Wire wire = new Wire(node.port())) {
            wire.send(Wire.join(Wire.handshake(node.port()), Wire.frame(0x80 | 3, new byte[0])));
            wire.switched();
            wire.failed(1002);
        }
        try (Wire wire = new Wire(node.port())) {
            wire.send(Wire.join(Wire.handshake(node.port()), Wire.frame(0x80 | Wire.CLOSE, Case.code(1000))));
            wire.switched();
            wire.closed(1000);
            wire.ended();
        }
    }

    @Test
    void thePacketsOfAHandshakeMayBeAsSmallAsTheyLike() {
        try (Wire wire = new Wire(node.port())) {
            wire.chopped(Wire.join(Wire.handshake(node.port()), Wire.hello()), 3);
            wire.switched();
            wire.welcomed();
        }
    }

    // ---- pages ----------------------------------------------------------------------------------------------------

    private static String asked(int port, String line) {
        try (Wire wire = new Wire(port)) {
            wire.send(Wire.utf8(line + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n\r\n"));
            return wire.rest();
        }
    }

    private static int port(String name) {
        return name.equals("public") ? node.port() : node.managementPort();
    }

    @ParameterizedTest
    @CsvSource({
        "public, /",
        "public, /client/baton.js",
        "management, /health/live",
        "management, /health/ready",
        "management, /console/",
        "management, /api/documents",
        "management, /api/openapi.json"
    })
    void aHeadIsAnsweredAsAGetIsWithoutTheBody(String port, String path) {
        String get = asked(port(port), "GET " + path);
        String head = asked(port(port), "HEAD " + path);
        assertThat(get).startsWith("HTTP/1.1 200 ");
        assertThat(head).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "public, POST /, HEAD",
        "public, DELETE /client/baton.js, HEAD",
        "management, POST /health/live, HEAD",
        "management, PUT /metrics, HEAD",
        "management, GET /api/documents/handover, POST"
    })
    void whoUsesAnotherMethodIsToldTheOnesThatThereAre(String port, String line, String first) {
        assertThat(asked(port(port), line))
                .startsWith("HTTP/1.1 405 ")
                .containsPattern("(?i)\r\nallow: (GET,HEAD|HEAD,GET|POST)\r\n")
                .contains(first);
    }

    @ParameterizedTest
    @CsvSource({"public, /", "public, /nothing", "management, /console/", "management, /console/nothing"})
    void aPageIsHeldToItsOwnFilesAndToNoFrame(String port, String path) {
        assertThat(asked(port(port), "GET " + path))
                .containsIgnoringCase("X-Content-Type-Options: nosniff")
                .containsPattern("(?i)Content-Security-Policy: [^\r]*default-src 'self'")
                .containsPattern("(?i)Content-Security-Policy: [^\r]*frame-ancestors 'none'");
    }

    @Test
    void theConsoleIsFoundBelowAnyPath() {
        assertThat(asked(node.managementPort(), "GET /console"))
                .startsWith("HTTP/1.1 308 ")
                .containsIgnoringCase("\r\nlocation: console/\r\n");
    }
}
