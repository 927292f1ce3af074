package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import dev.baton.log.PostgresPair;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL fails over under two nodes and their clients, to a standby that lacks the last commits. */
class StoreFailsOverIT {
    @TempDir
    static Path folder;

    @Test
    void everyClientIsToldWhatIsThereAndNoTokenFromBeforeIsAccepted() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (PostgresPair servers = new PostgresPair(folder);
                Nodes nodes = Nodes.start(
                        StoreFailsOverIT.class,
                        2,
                        Map.of(
                                "BATON_STORE_URL", servers.url(),
                                "BATON_STORE_USER", "postgres",
                                "BATON_STORE_PASSWORD", "postgres"))) {
            Person ann = Person.on(vertx, nodes.get(0), "ann");
            Person ben = Person.on(vertx, nodes.get(1), "ben");
            Person cem = Person.on(vertx, nodes.get(1), "cem");
            long epoch = ann.take("notes");
            ben.view("notes");
            cem.edit("notes");
            assertThat(ann.update("notes", epoch, "kept")).isInstanceOf(Outcome.Applied.class);
            servers.catchUp();
            servers.cutOffStandby();
            assertThat(ann.update("notes", epoch, "lost")).isInstanceOf(Outcome.Applied.class);
            Outcome.Applied last = (Outcome.Applied) ann.update("notes", epoch, "lost too");
            ben.heard().await(NodeEvent.Entries.class, told -> has(told, "lost too"), SOON);

            servers.killPrimary();
            servers.promote();

            for (Person each : List.of(ann, ben, cem)) {
                Joined joined = each.heard()
                        .await(NodeEvent.Reset.class, told -> true, SOON)
                        .joined();
                assertThat(joined.recovered()).isFalse();
                assertThat(joined.entries())
                        .extracting(Entry::id)
                        .contains("kept")
                        .doesNotContain("lost", "lost too");
            }
            Rights rights = ann.penAfter("notes", epoch).rights();
            assertThat(rights.epoch()).as("in the order of all epochs").isGreaterThan(1_700_000_000_000L);
            assertThat(ann.update("notes", epoch, "late")).isInstanceOf(Outcome.Fenced.class);
            Outcome.Applied again = (Outcome.Applied) ann.update("notes", rights.epoch(), "new");
            assertThat(again.seq())
                    .as("the seqs of lost entries are used again")
                    .isLessThanOrEqualTo(last.seq());
            ben.heard().await(NodeEvent.Entries.class, told -> has(told, "new"), SOON);

            for (NodeProcess node : List.of(nodes.get(0), nodes.get(1))) {
                await().atMost(SOON).until(() -> node.health("/health/ready") == 200);
                assertThat(node.gauges())
                        .containsEntry("baton_store_incarnation", rights.epoch() - 1)
                        .containsEntry("baton_store_lost_total", 2L);
                assertThat(node.logged()).contains("2 acknowledged entries known here are lost", "notes (2)");
            }
            for (Person each : List.of(ann, ben, cem)) {
                Waiting.on(each.client().close());
            }
        } finally {
            Waiting.on(vertx.close());
        }
    }

    private static boolean has(NodeEvent.Entries told, String id) {
        return told.entries().stream().anyMatch(entry -> entry.id().equals(id));
    }
}
