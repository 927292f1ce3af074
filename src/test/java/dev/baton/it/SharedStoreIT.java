package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.FreePorts;
import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two clusters that do not see each other are given one store: one of them serves, and the other says why it does not.
 */
class SharedStoreIT {

    /** Names the logs of its node. */
    private static final class SecondCluster {}

    @Test
    void theSecondClusterServesNobodyUntilTheFirstIsGone() throws Exception {
        Vertx vertx = Vertx.vertx();
        int port = FreePorts.inARow(1);
        try (Nodes first = Nodes.start(SharedStoreIT.class, 1, Map.of());
                Nodes second = Nodes.none(
                        SecondCluster.class,
                        Map.of("BATON_STORE_URL", first.storeUrl(), "BATON_MANAGEMENT_PORT", Integer.toString(port)))) {
            NodeProcess serves = first.get(0);
            Person ann = Person.on(vertx, serves, "ann");
            long epoch = ann.take("notes");

            NodeProcess waits = second.begin();

            await().atMost(SOON).untilAsserted(() -> assertThat(ready(port))
                    .contains("\"store\":\"shared: ", serves.id(), first.cluster()));
            assertThat(waits.isReady()).isFalse();
            assertThat(waits.logged()).contains("nodes outside this cluster use the same store", serves.id());
            assertThat(serves.health("/health/ready")).isEqualTo(200);
            assertThat(ann.update("notes", epoch, "meanwhile")).isInstanceOf(Outcome.Applied.class);
            Waiting.on(ann.client().close());

            serves.kill();

            await().atMost(SOON).until(waits::isReady);
            Person ben = Person.on(vertx, waits, "ben");
            assertThat(ben.take("notes")).isGreaterThan(epoch);
            Waiting.on(ben.client().close());
        } finally {
            Waiting.on(vertx.close());
        }
    }

    @Test
    void aNodeWithAnotherLeaseOrStoreIsRefusedAndOtherDifferencesAreSaid(@TempDir Path elsewhere) {
        try (Nodes nodes = Nodes.start(SharedStoreIT.class, 1, Map.of())) {
            NodeProcess otherLease = nodes.begin(Map.of("BATON_CLUSTER_NODE_LEASE", "2s"));
            assertThat(otherLease.exitStatus()).isEqualTo(1);
            assertThat(otherLease.logged()).contains("cluster.node-lease: the other nodes", "have 5s, this one 2s");

            NodeProcess otherStore =
                    nodes.begin(Map.of("BATON_STORE_URL", "jdbc:sqlite:" + elsewhere.resolve("other.db")));
            assertThat(otherStore.exitStatus()).isEqualTo(1);
            assertThat(otherStore.logged()).contains("store.url: the cluster", "keeps its documents in another store");

            NodeProcess differs =
                    nodes.add(1, Map.of("BATON_HANDOVER_ANSWER", "7s")).get(0);
            assertThat(differs.logged())
                    .contains(
                            "the nodes of a cluster should have the same settings",
                            nodes.get(0).id(),
                            "handover.answer 20s (here 7s)");
        }
    }

    private static String ready(int port) throws IOException, InterruptedException {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException notYet) {
            return "";
        }
    }
}
