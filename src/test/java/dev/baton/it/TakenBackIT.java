package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import dev.baton.log.DocumentLog;
import dev.baton.log.DocumentLogs;
import dev.baton.log.LogSettings;
import dev.baton.log.VacateResult;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * While a cluster is parted, one side can take a pen back in the store whose holder the other side still believes in,
 * at the same epoch. That one is not left with a pen that does not write.
 */
class TakenBackIT {

    @Test
    void aHolderWhoseEpochTheStoreHasTakenBackIsGivenTheNextOne() {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(TakenBackIT.class, 2, Map.of())) {
            DocumentLog elsewhere = Waiting.on(
                    DocumentLogs.open(vertx, LogSettings.of(nodes.storeUrl(), Optional.empty(), Optional.empty())));
            String document = "taken/" + UUID.randomUUID();
            Person ann = Person.on(vertx, nodes.get(0), "ann");
            Person bob = Person.on(vertx, nodes.get(1), "bob");
            long epoch = ann.take(document);
            bob.view(document);

            assertThat(Waiting.on(elsewhere.vacate(document, epoch, ann.session(), "left", 1)))
                    .isInstanceOf(VacateResult.Vacated.class);
            assertThat(ann.update(document, epoch, "late")).isInstanceOf(Outcome.Fenced.class);

            Rights again = ann.penAfter(document, epoch).rights();
            assertThat(ann.update(document, again.epoch(), "in time")).isInstanceOf(Outcome.Applied.class);
            bob.rights(document, rights -> rights.epoch() == again.epoch());
            Waiting.on(elsewhere.close());
        } finally {
            Waiting.on(vertx.close());
        }
    }
}
