package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What becomes of pens whose records are on a node that stands still while more of the cluster's records move to it.
 */
class LostWhileMovingIT {
    /** As many as a session may be in: some of their records are with the new node when it stops. */
    private static final int DOCUMENTS = 50;

    /**
     * Of 271 partitions: few enough of those that are to move, so that others are on their way when the node has been
     * stopped.
     */
    private static final int MOVED = 15;

    private static Vertx vertx;
    private static Nodes nodes;
    private static Bystander bystander;

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        List<String> java = new ArrayList<>(NodeJvm.command());
        java.add("-Dhazelcast.partition.max.parallel.migrations=1"); // so that it takes a while
        nodes = Nodes.in(java, LostWhileMovingIT.class, Map.of());
        nodes.add(1, Map.of());
        nodes.add(1, Map.of());
        bystander = Bystander.of(nodes);
        bystander.awaitRest();
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes;
                Bystander leaves = bystander) {
            Waiting.on(vertx.close());
        }
    }

    @Test
    void theyMoveOnWithinItsLeaseAllTheSame() {
        Person holder = Person.on(vertx, nodes.get(0), "holder");
        Person next = Person.on(vertx, nodes.get(1), "next");
        Map<String, Long> epochs = new TreeMap<>();
        String run = UUID.randomUUID().toString();
        for (int i = 0; i < DOCUMENTS; i++) {
            String document = run + "/" + i;
            epochs.put(document, holder.take(document));
            next.edit(document);
        }

        NodeProcess doomed = nodes.begin();
        bystander.awaitMoved(MOVED);
        long start = nodes.pause(doomed);
        holder.client().abort();

        List<Long> took = new ArrayList<>();
        epochs.forEach(
                (document, epoch) -> took.add(next.penAfter(document, epoch).since(start)));
        System.out.println("stopped while records moved to it: the next hold after " + took + " ms");
        await().atMost(SOON).untilAsserted(() -> assertThat(nodes.get(0).logged())
                .as("some were on their way")
                .containsPattern("Migration (commit )?failed"));
        assertThat(took).allSatisfy(millis -> assertThat(millis).isBetween(2_980L, 6_500L));
    }
}
