package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two nodes of one cluster name and with a store each cannot see each other when they start, and then they can. */
class DifferentStoresIT {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void whenTheyMeetOneOfThemServesAndTheOtherOneSaysWhyItDoesNot() {
        Vertx vertx = Vertx.vertx();
        try (Cluster cluster = Cluster.of(2, Map.of("BATON_STORE_URL", "set below"))) {
            assumeTrue(cluster.net().real(), "links cannot be cut here");
            cluster.net().cut(0, 1);
            for (int node = 0; node < 2; node++) {
                cluster.set(node, "BATON_STORE_URL", "jdbc:sqlite:data" + node + "/baton.db");
                cluster.start(node);
            }
            for (int node = 0; node < 2; node++) {
                cluster.awaitReady(node);
                assertThat(write(vertx, cluster, node).epoch()).isEqualTo(1);
            }

            cluster.net().mend();

            await("one of them serves alone")
                    .atMost(LONG)
                    .until(() -> ready(cluster).size() == 1);
            int silent = 1 - ready(cluster).get(0);
            await().atMost(LONG).untilAsserted(() -> assertThat(cluster.readiness(silent))
                    .contains("\"store\":\"another: the nodes ", "point store.url at theirs"));
            await().atMost(LONG).untilAsserted(() -> assertThat(cluster.logged(silent))
                    .contains("not ready: {", "of this cluster use store"));
            assertThat(write(vertx, cluster, ready(cluster).get(0)).epoch())
                    .as("the document goes on where it was")
                    .isGreaterThan(1);
            assertThat(ready(cluster)).hasSize(1);
        } finally {
            Waiting.on(vertx.close());
        }
    }

    private static List<Integer> ready(Cluster cluster) {
        return IntStream.range(0, cluster.size())
                .filter(node -> cluster.status(node) == 200)
                .boxed()
                .toList();
    }

    private static Rights write(Vertx vertx, Cluster cluster, int node) {
        BatonClient client = Waiting.on(
                BatonClient.connect(vertx, ClientOptions.to(cluster.uri(node)).withUser("ann", "Ann")));
        Joined joined = Waiting.on(client.join("notes", Mode.EDIT));
        Waiting.on(client.update("notes", joined.rights().epoch(), "a", "x"));
        Waiting.on(client.bye());
        return joined.rights();
    }
}
