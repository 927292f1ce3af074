package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * While a cluster is split, each side counts the connections of a session for itself, and when it is whole again the
 * record of one side is kept. A node of the other side may have a seat of that session that counts more, of a
 * connection that is long over: who is connected is shown so all the same, and is let in.
 */
class CountedApartIT {
    private static Vertx vertx;
    private static Nodes nodes;
    private static Bystander others;

    private final String document = "apart/" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(CountedApartIT.class, 2, Map.of());
        others = Bystander.of(nodes);
    }

    @AfterAll
    static void stop() {
        try (Nodes end = nodes;
                Bystander last = others) {
            Waiting.on(vertx.close());
        }
    }

    @Test
    void whoComesBackOnAnotherNodeIsShownThereAndNotAwayOnTheOneThatCountedFurther() {
        List<Person> witnesses =
                List.of(Person.on(vertx, nodes.get(0), "here"), Person.on(vertx, nodes.get(1), "there"));
        witnesses.forEach(witness -> witness.view(document));
        Person third = lostOnItsThird(nodes.get(1));

        Person again = third.resumeOn(nodes.get(0));
        assertThat(again.session()).isEqualTo(third.session());
        again.view(document);

        for (Person witness : witnesses) {
            await().atMost(SOON).until(() -> online(witness, again.session()));
        }
    }

    @Test
    void whoComesBackOnANodeThatHadNobodyInTheDocumentKeepsItsSeat() {
        Person there = Person.on(vertx, nodes.get(1), "there");
        there.view(document);
        Person third = lostOnItsThird(nodes.get(1));

        Person again = third.resumeOn(nodes.get(0));
        again.view(document);

        await().atMost(SOON).until(() -> online(there, again.session()));
        Waiting.on(there.client().say(document, "one", "is it there?"));
        again.heard()
                .await(
                        NodeEvent.Entries.class,
                        told -> told.entries().stream()
                                .anyMatch(entry -> entry.id().equals("one")),
                        SOON);
    }

    @Test
    void whoComesBackOnTheNodeThatCountedFurtherIsLetInAndHasThePenAgainInItsTurn() {
        Person bob = Person.on(vertx, nodes.get(0), "bob");
        bob.view(document);
        Person third = lostOnItsThird(nodes.get(0));
        bob.edit(document);

        Person again = third.resumeOn(nodes.get(0));
        again.edit(document);
        assertThat(online(Person.on(vertx, nodes.get(0), "eve"), again.session()))
                .isTrue();
        Waiting.on(bob.client().leave(document));

        await().atMost(SOON).until(() -> again.latest(document)
                .filter(rights -> rights.you() == Rights.Place.HOLDER && rights.state() == Rights.State.HELD)
                .isPresent());
    }

    /**
     * Somebody who was three times on that node, in the document, and is lost; the cluster remembers the first time.
     */
    private Person lostOnItsThird(NodeProcess node) {
        Person first = Person.on(vertx, node, "counted");
        first.edit(document);
        Person third = first.resumeOn(node).resumeOn(node);
        third.edit(document);
        third.client().abort();
        others.rollsBack(third.session());
        return third;
    }

    private boolean online(Person looking, String session) {
        return Waiting.on(looking.client().join(document, Mode.VIEW)).members().stream()
                .anyMatch(member -> member.session().equals(session) && member.online());
    }
}
