package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Joined;
import dev.baton.client.Member;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A session is removed while its node stands still, for longer than the cluster remembers that it was. */
class RemovedWhileAwayIT {

    /** Longer than the cluster's map keeps the record of a removed session. */
    private static final Duration FORGOTTEN = Duration.ofSeconds(12);

    @Test
    void aNodeThatStoodStillDoesNotBringARemovedSessionBack() {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(RemovedWhileAwayIT.class, 2, Map.of("BATON_CLUSTER_NODE_LEASE", "2s"))) {
            NodeProcess away = nodes.get(0);
            NodeProcess stays = nodes.get(1);
            Person ben = Person.on(vertx, stays, "ben");
            long epoch = ben.take("notes");
            Person ann = Person.on(vertx, away, "ann");
            ann.edit("notes");
            ben.rights("notes", rights -> rights.queue().contains(ann.session()));

            nodes.pause(away);
            assertThat(ben.departure("notes", ann.session())).isEqualTo("node-lost");
            assertThat(remove(stays, ann.session())).isEqualTo(200);
            await().pollDelay(FORGOTTEN).atMost(FORGOTTEN.plus(SOON)).until(() -> true);
            away.goOn();

            ann.closeCode(); // whichever comes first: its node gives itself up, or hears of the removal
            await().atMost(SOON).until(() -> away.health("/health/ready") == 200);
            Person again = ann.resumeOn(away);
            assertThat(again.client().welcome().resumed()).isFalse();
            assertThat(again.session()).isNotEqualTo(ann.session());
            Joined joined = again.edit("notes");
            assertThat(joined.members())
                    .extracting(Member::session)
                    .containsExactlyInAnyOrder(ben.session(), again.session());
            assertThat(joined.rights().queue()).containsExactly(again.session());
            assertThat(joined.rights().epoch()).isEqualTo(epoch);
            Waiting.on(again.client().close());
            Waiting.on(ben.client().close());
        } finally {
            Waiting.on(vertx.close());
        }
    }

    private static int remove(NodeProcess node, String session) {
        String body = new JsonObject()
                .put("document", "notes")
                .put("session", session)
                .encode();
        return node.send("/api/documents/remove", to -> to.header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .statusCode();
    }
}
