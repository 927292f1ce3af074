package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an update costs on the bus, counted: one message to each other node with members, however many those are. */
class FanOutIT {
    private static final int NODES = 4;
    private static final int UPDATES = 50;

    private static Nodes nodes;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(FanOutIT.class, NODES, Map.of());
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    private static long told() {
        return IntStream.range(0, NODES)
                .mapToLong(node -> nodes.get(node).gauges().getOrDefault("baton_told_total{type=\"entries\"}", 0L))
                .sum();
    }

    private long messagesForUpdates(Person writer, long epoch, List<Person> viewers, String run) {
        long before = told();
        for (int i = 0; i < UPDATES; i++) {
            String id = run + i;
            assertThat(writer.update(document, epoch, id)).isInstanceOf(Outcome.Applied.class);
            // seen by all before the next, so that no two share a message
            await().atMost(SOON)
                    .until(() -> viewers.stream().allMatch(viewer -> viewer.heard().entries(document).stream()
                            .anyMatch(entry -> entry.id().equals(id))));
        }
        return told() - before;
    }

    @Test
    void anUpdateIsOneMessageToEachOtherNodeWithMembersWhateverTheSizeOfTheRoom() {
        Person writer = Person.on(vertx, nodes.get(0), "writer");
        long epoch = writer.take(document);
        List<Person> viewers = new ArrayList<>();
        for (int node = 0; node < 3; node++) {
            Person viewer = Person.on(vertx, nodes.get(node), "viewer" + node);
            viewer.view(document);
            viewers.add(viewer);
        }

        assertThat(messagesForUpdates(writer, epoch, viewers, "few"))
                .as("nodes with members, but the writer's own; the fourth node has none")
                .isEqualTo(2L * UPDATES);

        for (int i = 0; i < 60; i++) {
            Person.on(vertx, nodes.get(i % 3), "more" + i).view(document);
        }
        assertThat(messagesForUpdates(writer, epoch, viewers, "many")).isEqualTo(2L * UPDATES);
    }
}
