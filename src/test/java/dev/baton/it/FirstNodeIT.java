package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The node that leads the cluster stands still. The others have to agree on a new one, and meanwhile try to reach it
 * again: the machine it is on takes the connection, its process says nothing on it. That must not keep them from
 * hearing each other.
 */
class FirstNodeIT {
    private static Nodes nodes;
    private static Vertx vertx;

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        // With one thread to send on, what holds up one connection holds up all of them.
        nodes = Nodes.start(FirstNodeIT.class, 3, Map.of("JAVA_TOOL_OPTIONS", "-Dhazelcast.io.output.thread.count=1"));
        // A node that stops while records move to the one that has just come is another matter.
        try (Bystander bystander = Bystander.of(nodes)) {
            bystander.awaitRest();
        }
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @Test
    void whenItStandsStillTheOthersHearEachOtherAllTheSame() {
        NodeProcess first = nodes.get(0);
        List<NodeProcess> others = List.of(nodes.get(1), nodes.get(2));
        String document = "led";
        Person holder = Person.on(vertx, first, "holder");
        long epoch = holder.take(document);
        Person next = Person.on(vertx, others.get(0), "next");
        next.edit(document);
        Person reader = Person.on(vertx, others.get(1), "reader");
        reader.view(document);

        long start = nodes.pause(first);
        // whose records are kept by all three nodes, so there is much to say to the one that stands still
        long coming = vertx.setPeriodic(
                25,
                tick -> others.forEach(node ->
                        BatonClient.connect(vertx, ClientOptions.to(node.uri()).withUser("guest", "guest"))));
        try {
            long took = next.penAfter(document, epoch).since(start);
            System.out.println("first node stopped: the next holds after " + took + " ms");
            assertThat(took).isBetween(3_980L, 10_000L);
            // as long as they would take to give each other up, had they not heard each other since
            await().atMost(SOON).until(() -> (System.nanoTime() - start) / 1_000_000 > 11_000);
        } finally {
            vertx.cancelTimer(coming);
            first.goOn();
        }

        assertThat(others).allSatisfy(node -> assertThat(node.logged())
                .doesNotContain("hears nothing of others")
                .doesNotContain("is cut off"));
        assertThat(next.client().isOpen()).isTrue();
        assertThat(reader.client().isOpen()).isTrue();
    }
}
