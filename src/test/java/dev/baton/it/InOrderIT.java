package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who says two things in one go means the second one: no place is kept, and no pen, for somebody who has just left. */
class InOrderIT {
    private static final int DOCUMENTS = 20;

    private static Nodes nodes;
    private static Bystander bystander;
    private static Vertx vertx;

    private final String run = "order/" + UUID.randomUUID() + "/";

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(InOrderIT.class, 2, Map.of());
        bystander = Bystander.of(nodes);
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes;
                Bystander leaves = bystander) {
            Waiting.on(vertx.close());
        }
    }

    private static Person person(int node, String name) {
        return Person.on(vertx, nodes.get(node), name);
    }

    private List<String> documents() {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            documents.add(run + i);
        }
        return documents;
    }

    private static JsonObject state(String document) {
        return bystander.ask(new JsonObject().put("action", "state").put("document", document));
    }

    private static boolean held(JsonObject state) {
        return state.getString("state").equals("held");
    }

    @Test
    void aLeaveRightBehindAJoinIsAnsweredAfterItAndNeitherSeatNorPenIsLeft() {
        Person ann = person(0, "ann");
        Person ben = person(1, "ben");
        for (String document : documents()) {
            Future<Joined> joined = ann.client().join(document, Mode.EDIT);
            Waiting.on(ann.client().leave(document));

            assertThat(Waiting.on(joined).document()).isEqualTo(document);
            await().atMost(SOON).until(() -> !held(state(document)));
            Joined alone = ben.edit(document);
            // Her node tells the others that she has left when it has told her.
            await().atMost(SOON).untilAsserted(() -> assertThat(ben.members(alone))
                    .extracting(member -> member.session())
                    .containsExactly(ben.session()));
            Waiting.on(ben.client().leave(document));
        }
        ann.client().abort();
        ben.client().abort();
    }

    @Test
    void whoJoinsToEditAndAtOnceToLookOnLooksOn() {
        Person ann = person(0, "ann");
        Person ben = person(1, "ben");
        for (String document : documents()) {
            Future<Joined> editing = ann.client().join(document, Mode.EDIT);
            Joined looking = ann.view(document);

            assertThat(Waiting.on(editing).document()).isEqualTo(document);
            assertThat(looking.rights().you()).isEqualTo(Rights.Place.VIEWER);
            assertThat(ben.take(document)).isPositive();
            Waiting.on(Future.all(ann.client().leave(document), ben.client().leave(document)));
        }
        ann.client().abort();
        ben.client().abort();
    }

    @Test
    void aPenThatIsGivenToSomebodyWhoIsJustLeavingComesFree() {
        Person ann = person(0, "ann");
        Person ben = person(1, "ben");
        List<Future<?>> all = new ArrayList<>();
        for (String document : documents()) {
            long epoch = ann.take(document);
            ben.edit(document);
            all.add(ann.client().release(document, epoch, ben.session()).recover(gone -> ann.client()
                    .release(document, epoch))); // he was quicker
            all.add(ben.client().leave(document));
        }
        Waiting.on(Future.all(all));

        // Both stay connected, so nothing that is noticed of a lost client helps.
        await().atMost(SOON).untilAsserted(() -> assertThat(documents().stream().map(InOrderIT::state))
                .noneMatch(InOrderIT::held));
        assertThat(ann.client().isOpen()).isTrue();
        assertThat(ben.client().isOpen()).isTrue();
        ann.client().abort();
        ben.client().abort();
    }
}
