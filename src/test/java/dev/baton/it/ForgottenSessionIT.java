package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Joined;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Two nodes that die together can take the record of a session with them, and not the lock that it stands in. Who held
 * a pen is known to the store, and comes back as the same session; the lock has to believe it.
 */
class ForgottenSessionIT {

    @Test
    void aHolderWhoseRecordWasLostWhileItWasAwayComesBackToItsPenAndKeepsIt() {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(ForgottenSessionIT.class, 2, Map.of("BATON_HANDOVER_GRACE_CLOSED", "30s"));
                Bystander others = Bystander.of(nodes)) {
            String document = "forgotten/" + UUID.randomUUID();
            Person first = Person.on(vertx, nodes.get(0), "holder");
            first.take(document);
            Person second = first.resumeOn(nodes.get(1)); // so that the lock has seen a second connection
            long epoch = second.edit(document).rights().epoch();
            second.client().abort();
            String session = second.session();
            await().atMost(SOON).until(() -> others.lockKnowsAway(document, session));

            others.forgets(session);
            Person third = second.resumeOn(nodes.get(0));
            Joined joined = third.edit(document);

            assertThat(third.session()).isEqualTo(session);
            assertThat(joined.rights().you()).isEqualTo(Rights.Place.HOLDER);
            await().atMost(SOON).until(() -> !others.lockKnowsAway(document, session));
            assertThat(third.update(document, epoch, "first-of-third")).isInstanceOf(Outcome.Applied.class);
            third.client().abort();
        } finally {
            Waiting.on(vertx.close());
        }
    }
}
