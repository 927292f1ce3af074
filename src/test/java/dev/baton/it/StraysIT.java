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
 * What the cluster takes for connected to a node that lives, and is not, would be shown in its documents for ever: the
 * report of its end was lost, or crossed another one. Its node finds it.
 */
class StraysIT {

    @Test
    void whoIsConnectedByItsRecordAloneIsTakenOfflineByThatNodeAndExpiresAndNobodyElseIs() {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(StraysIT.class, 2, Map.of("BATON_SESSION_EXPIRY", "5s"));
                Bystander others = Bystander.of(nodes)) {
            String document = "strays/" + UUID.randomUUID();
            // On both nodes, so that some of the records are kept by another node than the one which is looked for.
            List<Person> strays = List.of(
                    Person.on(vertx, nodes.get(0), "one"),
                    Person.on(vertx, nodes.get(1), "two"),
                    Person.on(vertx, nodes.get(0), "three"),
                    Person.on(vertx, nodes.get(1), "four"));
            Person witness = Person.on(vertx, nodes.get(1), "witness");
            Person bystander = Person.on(vertx, nodes.get(0), "in no document");
            strays.forEach(one -> Waiting.on(one.client().join(document, Mode.VIEW)));
            Waiting.on(witness.client().join(document, Mode.VIEW));

            strays.forEach(one -> one.client().abort());
            strays.forEach(one -> others.recalls(one.session()));

            for (Person one : strays) {
                await().atMost(SOON.multipliedBy(2))
                        .until(() -> others.livenessOf(one.session(), "gone").size() == 1);
                assertThat(others.livenessOf(one.session(), "offline")).hasSize(2);
            }
            await().atMost(SOON).until(() -> members(witness, document).equals(List.of(witness.session())));
            for (Person one : List.of(witness, bystander)) {
                assertThat(others.livenessOf(one.session(), "offline")).isEmpty();
                Waiting.on(one.client().close());
            }
        } finally {
            Waiting.on(vertx.close());
        }
    }

    private static List<String> members(Person looking, String document) {
        return Waiting.on(looking.client().join(document, Mode.VIEW)).members().stream()
                .map(member -> member.session())
                .toList();
    }
}
