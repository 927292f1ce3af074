package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** More new connections than a node bears wait unread; those that come to something are let in as fast as they come. */
class NewcomersIT {
    /** The least there is: one a second for each event loop, and five at once. */
    private static final int RATE = 1;

    /** More than the loops of the machines that this runs on take at once. */
    private static final int CROWD = 400;

    /** A frame with a bad message, of which one is told and counted when it is read. */
    private static final String MESSAGE = "\u0081\u0082\0\0\0\0{}";

    private static Nodes nodes;
    private static NodeProcess node;
    private static Vertx vertx;

    private final List<Socket> strangers = new ArrayList<>();

    @BeforeAll
    static void startNode() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(NewcomersIT.class, 1, Map.of("BATON_LIMITS_STRANGERS_PER_SECOND", Integer.toString(RATE)));
        node = nodes.get(0);
    }

    @AfterAll
    static void stopNode() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @AfterEach
    void strangersGoAndNobodyWaitsAnyMore() throws IOException {
        for (Socket stranger : strangers) {
            stranger.close();
        }
        await().atMost(SOON).until(() -> waiting() == 0);
        assertThat(node.logged()).doesNotContain("\tat ");
    }

    private static long waiting() {
        return node.gauges().get("baton_waiting");
    }

    private Socket stranger(String says) throws IOException {
        Socket stranger = new Socket(InetAddress.getLoopbackAddress(), node.port());
        stranger.getOutputStream().write(says.getBytes(StandardCharsets.ISO_8859_1));
        strangers.add(stranger);
        return stranger;
    }

    private void crowd() throws IOException {
        for (int i = 0; i < CROWD; i++) {
            stranger("GET / HTTP/1.1\r\n");
        }
        await().atMost(SOON).until(() -> waiting() > CROWD / 4);
    }

    @Test
    void ofACrowdThatSaysNothingMostWaitAndWhoeverComesInEarnestIsIn() throws IOException {
        crowd();
        assertThat(node.gauges().get("baton_limit_reached_total{limit=\"strangers-per-second\"}"))
                .isGreaterThan(CROWD / 4);

        Person ann = Person.on(vertx, node, "ann");
        long epoch = ann.take("welcome");

        assertThat(epoch).isPositive();
        Waiting.on(ann.client().close());
    }

    @Test
    void whoHasAskedAndGoesWhileWaitingIsForgottenUnread() throws IOException {
        crowd();
        long before = node.gauges().get("baton_messages_total");
        List<Socket> late = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            late.add(stranger("GET /socket HTTP/1.1\r\nHost: 127.0.0.1:" + node.port()
                    + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
                    + MESSAGE));
        }
        for (Socket one : late) {
            one.setSoLinger(true, 0);
            one.close();
        }
        await().atMost(SOON).until(() -> waiting() < CROWD);
        assertThat(node.gauges().get("baton_messages_total") - before).isLessThan(CROWD / 4);
    }

    @Test
    void manyWhoStayAreLetInAtOnce() {
        List<Person> people = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            people.add(Person.on(vertx, node, "p" + i));
        }
        assertThat(waiting()).isZero();
        people.forEach(person -> Waiting.on(person.client().close()));
    }

    @Test
    void whoReadsAPageIsNoStranger() throws IOException {
        for (int i = 0; i < CROWD; i++) {
            HttpURLConnection page =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + node.port() + "/client/baton.js")
                            .toURL()
                            .openConnection();
            page.setRequestProperty("Connection", "close");
            page.setReadTimeout((int) SOON.toMillis());
            assertThat(page.getResponseCode()).isEqualTo(200);
            page.getInputStream().readAllBytes();
        }
    }
}
