package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * An update waits on one node for a store that is slow, while its client goes on with a new connection to another node.
 */
class LateWriteIT {

    @Test
    void whatWasSentOnTheOldConnectionIsToldOnTheNewOneOrNeverApplied() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(LateWriteIT.class, 2, Map.of())) {
            NodeProcess slow = nodes.get(0);
            Person ann = Person.on(vertx, slow, "ann");
            Joined first = ann.edit("notes");
            long epoch = first.rights().you() == Rights.Place.HOLDER
                    ? first.rights().epoch()
                    : ann.penAfter("notes", first.rights().epoch()).rights().epoch();
            long seen = ((Outcome.Applied) ann.update("notes", epoch, "in time")).seq();

            Person again;
            Joined joined;
            try (Connection store = DriverManager.getConnection(nodes.storeUrl());
                    Statement statement = store.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                ann.client().update("notes", epoch, "late", new JsonObject().put("by", "late"));
                await().atMost(SOON).until(() -> slow.gauges().get("baton_store_queue") > 0);
                again = ann.resumeOn(nodes.get(1));
                assertThat(again.client().welcome().resumed()).isTrue();
                joined = Waiting.on(again.client().join("notes", Mode.EDIT, seen, first.log()));
                statement.execute("ROLLBACK");
            }
            await().atMost(SOON).until(() -> slow.gauges().get("baton_store_queue") == 0);

            assertThat(joined.recovered()).isTrue();
            assertThat(joined.entries()).extracting(Entry::id).doesNotContain("late");
            assertThat(again.update("notes", epoch, "after")).isInstanceOf(Outcome.Applied.class);
            Person ben = Person.on(vertx, nodes.get(1), "ben");
            assertThat(ben.view("notes").entries())
                    .extracting(Entry::id)
                    .contains("in time", "after")
                    .doesNotContain("late");
            Waiting.on(again.client().close());
            Waiting.on(ben.client().close());
        } finally {
            Waiting.on(vertx.close());
        }
    }
}
