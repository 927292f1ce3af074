package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real PostgreSQL is stopped under a real node: readiness, metrics and log say so, once, and all is well when it is
 * back. {@code -Dbaton.it.outage=60} keeps it away for a minute.
 */
class StoreGoneIT {
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("baton.it.outage", 5));

    @TempDir
    static Path folder;

    @Test
    void aStoreThatIsGoneShowsInReadinessMetricsAndLogAndItsReturnHealsAll() throws IOException {
        Vertx vertx = Vertx.vertx();
        EmbeddedPostgres server = start(0);
        int port = server.getPort();
        Map<String, String> settings = Map.of(
                "BATON_STORE_URL", "jdbc:postgresql://localhost:" + port + "/postgres?sslmode=disable",
                "BATON_STORE_USER", "postgres",
                "BATON_STORE_PASSWORD", "postgres");
        try (Nodes nodes = Nodes.start(StoreGoneIT.class, 1, settings)) {
            NodeProcess node = nodes.get(0);
            Person ann = Person.on(vertx, node, "ann");
            long epoch = ann.take("notes");
            assertThat(ann.update("notes", epoch, "before")).isInstanceOf(Outcome.Applied.class);
            assertThat(node.gauges())
                    .containsEntry("baton_store_up", 1L)
                    .containsEntry("baton_obstacle{name=\"store\"}", 0L);

            server.close();
            await().atMost(SOON).until(() -> node.health("/health/ready") == 503);
            await().during(OUTAGE).atMost(OUTAGE.plus(SOON)).until(() -> saysThatItIsGone(node));
            assertThatThrownBy(() -> ann.update("notes", epoch, "meanwhile")).hasMessageContaining("unavailable");

            server = start(port);
            await().atMost(SOON).until(() -> node.health("/health/ready") == 200);
            assertThat(node.gauges())
                    .containsEntry("baton_store_up", 1L)
                    .containsEntry("baton_obstacle{name=\"store\"}", 0L)
                    .containsEntry("baton_ready", 1L);
            assertThat(ann.update("notes", epoch, "meanwhile")).isInstanceOf(Outcome.Applied.class);
            assertThat(lines(node, "the store takes no writes, unreachable: "))
                    .as("said once")
                    .isEqualTo(1);
            assertThat(lines(node, "the store takes writes again"))
                    .as("said once")
                    .isEqualTo(1);
            assertThat(node.logged().lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")))
                    .as("a minute is no more to read than a second")
                    .hasSizeLessThan(10);
            Waiting.on(ann.client().close());
        } finally {
            server.close();
            Waiting.on(vertx.close());
        }
    }

    private static boolean saysThatItIsGone(NodeProcess node) {
        Map<String, Long> shown = node.gauges();
        return node.health("/health/ready") == 503
                && node.page("/health/ready").contains("\"store\":\"unreachable: ")
                && node.health("/health/live") == 200
                && shown.get("baton_store_up") == 0
                && shown.get("baton_obstacle{name=\"store\"}") == 1
                && shown.get("baton_ready") == 0;
    }

    private static long lines(NodeProcess node, String words) {
        return node.logged().lines().filter(line -> line.contains(words)).count();
    }

    private static EmbeddedPostgres start(int port) throws IOException {
        EmbeddedPostgres.Builder builder =
                EmbeddedPostgres.builder().setDataDirectory(folder).setCleanDataDirectory(false);
        return (port == 0 ? builder : builder.setPort(port)).start();
    }
}
