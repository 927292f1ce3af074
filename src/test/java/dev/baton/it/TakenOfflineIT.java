package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Mode;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * After a partition the others may have taken sessions offline whose connections are still open on a node that never
 * noticed. Such a client would read nothing and have no turn, and not know it; so its node sends it to resume.
 */
class TakenOfflineIT {

    @Test
    void whoseLateAttemptToComeBackOvertookTheConnectionThatIsOpenIsSentToResumeAndKeepsItsPen() {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(TakenOfflineIT.class, 2, Map.of());
                Bystander others = Bystander.of(nodes)) {
            String document = "taken/" + UUID.randomUUID();
            Regular holder = Regular.in(vertx, nodes.get(0).uri(), document, "holder", Mode.EDIT);
            await().atMost(SOON).until(holder::holds);
            String session = holder.sessions().iterator().next();

            others.overtakes(session);

            await().atMost(SOON).until(() -> !holder.outages().isEmpty() && holder.online());
            assertThat(holder.farewells()).isEqualTo(List.of(1001));
            assertThat(holder.sessions()).containsExactly(session);
            holder.write();
            await().atMost(SOON).until(() -> holder.unanswered() == 0);
            assertThat(holder.troubles()).isEmpty();
            assertThat(holder.acknowledged()).hasSize(1);
            holder.close();
        } finally {
            Waiting.on(vertx.close());
        }
    }

    @Test
    void whoJoinsOnAConnectionThatWasOvertakenIsSentToResumeInsteadOfWaitingForAnAnswer() {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(TakenOfflineIT.class, 1, Map.of());
                Bystander others = Bystander.of(nodes)) {
            Person guest = Person.on(vertx, nodes.get(0), "guest");
            others.overtakes(guest.session());

            guest.client().join("taken/" + UUID.randomUUID(), Mode.VIEW);

            assertThat(guest.closeCode()).isEqualTo(1001);
            Person back = guest.resumeOn(nodes.get(0));
            assertThat(back.session()).isEqualTo(guest.session());
            back.client().abort();
        } finally {
            Waiting.on(vertx.close());
        }
    }

    @Test
    void whoIsOfflineForTheClusterWhileItsConnectionIsOpenIsSentToResumeAndKeepsItsPen() {
        Vertx vertx = Vertx.vertx();
        // Who lost its node keeps the pen for longer than it takes until the look at rosters finds such a session.
        try (Nodes nodes = Nodes.start(TakenOfflineIT.class, 2, Map.of("BATON_HANDOVER_GRACE_NODE", "30s"));
                Bystander others = Bystander.of(nodes)) {
            String document = "taken/" + UUID.randomUUID();
            Regular holder = Regular.in(vertx, nodes.get(0).uri(), document, "holder", Mode.EDIT);
            await().atMost(SOON).until(holder::holds);
            Person next = Person.on(vertx, nodes.get(1), "next");
            next.edit(document);
            String session = holder.sessions().iterator().next();

            others.takesOffline(session);

            await().atMost(SOON).until(() -> !holder.outages().isEmpty() && holder.online());
            assertThat(holder.farewells()).isEqualTo(List.of(1001));
            assertThat(nodes.get(0).gauges()).containsEntry("baton_false_offlines_total", 1L);
            assertThat(holder.sessions()).containsExactly(session);
            await().atMost(SOON)
                    .until(() -> others.livenessOf(session, "online").size() == 2);
            holder.write();
            await().atMost(SOON).until(() -> holder.unanswered() == 0);
            assertThat(holder.troubles()).isEmpty();
            assertThat(holder.acknowledged()).hasSize(1);
            holder.close();
            next.client().abort();
        } finally {
            Waiting.on(vertx.close());
        }
    }
}
