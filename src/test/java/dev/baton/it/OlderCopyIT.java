package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A record's copy on another node can be older than the record, if a link broke between the two; when the node that
 * keeps the record is lost then, the older copy counts. What it says of a connection that is long over must not end the
 * one that is there.
 */
class OlderCopyIT {

    @Test
    void whoCameBackKeepsItsPenAndItsConnectionThoughAnOlderCopyOfItsRecordExpires() {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(OlderCopyIT.class, 2, Map.of());
                Bystander others = Bystander.of(nodes)) {
            String document = "copy/" + UUID.randomUUID();
            Person first = Person.on(vertx, nodes.get(0), "holder");
            long epoch = first.take(document);
            Person holder = first.resumeOn(nodes.get(0));
            assertThat(holder.edit(document).rights().you()).isEqualTo(Rights.Place.HOLDER);
            Person next = Person.on(vertx, nodes.get(1), "next");
            next.edit(document);

            others.goesBackToExpired(holder.session());

            await().atMost(SOON).until(() -> others.knows(holder.session()));
            await().atMost(SOON).until(() -> toldLast(others, holder.session()).equals("online"));
            assertThat(holder.update(document, epoch, "one")).isInstanceOf(Outcome.Applied.class);
            assertThat(holder.heard().all(NodeEvent.Closed.class)).isEmpty();
            assertThat(next.heard().all(NodeEvent.RightsChanged.class))
                    .allMatch(told ->
                            told.rights().epoch() == epoch && told.rights().you() == Rights.Place.QUEUED);
            Person again = holder.resumeOn(nodes.get(1));
            assertThat(again.session()).isEqualTo(first.session());
            again.client().abort();
            next.client().abort();
        } finally {
            Waiting.on(vertx.close());
        }
    }

    private static String toldLast(Bystander others, String session) {
        return others.livenessOf(session).stream()
                .map(news -> news.getString("state"))
                .reduce("", (former, later) -> later);
    }
}
