package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a node tries out before it is ready leaves nothing behind, and nobody hears of it. */
class RehearsalIT {

    @Test
    void aNodeThatHasStartedHasLeftNoTraceOfWhatItRehearsed() throws SQLException {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(RehearsalIT.class, 1, Map.of());
                Bystander bystander = Bystander.of(nodes)) {
            NodeProcess second = nodes.add(1, Map.of()).get(0);

            assertThat(second.logged()).doesNotContain("may be slower").doesNotContain("WARN");
            assertThat(bystander.records()).isZero();
            assertThat(rows(nodes, "baton_document")).isZero();
            assertThat(rows(nodes, "baton_entry")).isZero();

            // News are told in order, so what was told before somebody came has been heard when this is.
            Person ann = Person.on(vertx, second, "ann");
            Waiting.on(ann.client().close());
            await().atMost(Person.SOON)
                    .until(() -> bystander.livenessOf(ann.session(), "offline").size() == 1);
            assertThat(bystander.heard()).allMatch(news -> ann.session().equals(news.getString("session")));
        } finally {
            Waiting.on(vertx.close());
        }
    }

    private static long rows(Nodes nodes, String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection(nodes.storeUrl());
                ResultSet counted = connection.createStatement().executeQuery("SELECT count(*) FROM " + table)) {
            counted.next();
            return counted.getLong(1);
        }
    }
}
