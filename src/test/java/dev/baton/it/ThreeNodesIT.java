package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.EventLog;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Three nodes in JVMs of their own, seen from outside. The times are bounds of promises with room for a busy machine;
 * the figures are the bench's.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ThreeNodesIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static Nodes nodes;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();

    /** A client and what it heard. */
    private record Person(BatonClient client, EventLog heard) {
        String session() {
            return client.session();
        }

        Rights awaitPen(String document, long after) {
            return heard.await(
                            NodeEvent.RightsChanged.class,
                            event -> event.rights().document().equals(document)
                                    && event.rights().you() == Rights.Place.HOLDER
                                    && event.rights().epoch() > after,
                            SOON)
                    .rights();
        }
    }

    @BeforeAll
    static void startNodes() {
        nodes = Nodes.start(ThreeNodesIT.class, 3, Map.of("BATON_HANDOVER_ANSWER", "3s"));
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopNodes() {
        vertx.close();
        nodes.close();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.await(SOON.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("no answer within " + SOON, late);
        }
    }

    private static Person person(int node, String name) {
        return person(node, name, Optional.empty());
    }

    private static Person person(int node, String name, Optional<String> resume) {
        EventLog heard = new EventLog();
        ClientOptions options =
                ClientOptions.to(nodes.get(node).uri()).withUser(name, name).withEvents(heard);
        return new Person(
                get(BatonClient.connect(vertx, resume.map(options::withResume).orElse(options))), heard);
    }

    private Joined join(Person person, Mode mode) {
        return get(person.client().join(document, mode));
    }

    private long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    @Test
    @Order(1)
    void givesThePenToOneAndToTheNextWhenItIsReleased() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        assertThat(join(ann, Mode.EDIT).rights().you()).isEqualTo(Rights.Place.HOLDER);
        Joined joined = join(bob, Mode.EDIT);
        assertThat(joined.rights().you()).isEqualTo(Rights.Place.QUEUED);
        assertThat(joined.count()).isEqualTo(2);

        get(ann.client().release(document, joined.rights().epoch()));

        assertThat(bob.awaitPen(document, joined.rights().epoch()).epoch())
                .isGreaterThan(joined.rights().epoch());
    }

    @Test
    @Order(2)
    void bringsEachUpdateToEveryNodeInOrderAndRefusesTheFormerHolders() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        Person eve = person(2, "eve");
        long epoch = join(ann, Mode.EDIT).rights().epoch();
        join(bob, Mode.EDIT);
        join(eve, Mode.VIEW);
        for (int i = 0; i < 50; i++) {
            ann.client().update(document, epoch, "op-" + i, new JsonObject().put("n", i));
        }
        get(ann.client().release(document, epoch));
        bob.awaitPen(document, epoch);

        Outcome late = get(ann.client().update(document, epoch, "late", new JsonObject()));

        assertThat(late).isInstanceOf(Outcome.Fenced.class);
        for (Person viewer : List.of(bob, eve)) {
            await().atMost(SOON).untilAsserted(() -> assertThat(viewer.heard().entries(document).stream()
                            .filter(entry -> entry.id().startsWith("op-"))
                            .map(entry -> entry.id()))
                    .hasSize(50));
            List<Long> seqs = viewer.heard().entries(document).stream()
                    .map(entry -> entry.seq())
                    .toList();
            for (int i = 1; i < seqs.size(); i++) {
                assertThat(seqs.get(i)).as("no gap").isEqualTo(seqs.get(i - 1) + 1);
            }
        }
    }

    @Test
    @Order(3)
    void keepsPenAndEpochForWhoComesBackInTimeOnAnotherNode() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = join(ann, Mode.EDIT).rights().epoch();
        join(bob, Mode.EDIT);

        ann.client().abort();
        bob.heard()
                .await(NodeEvent.RightsChanged.class, event -> event.rights().state() == Rights.State.RESERVED, SOON);
        Person back = person(2, "ann", Optional.of(ann.client().welcome().resume()));

        assertThat(back.client().welcome().resumed()).isTrue();
        assertThat(back.session()).isEqualTo(ann.session());
        Joined again = join(back, Mode.EDIT);
        assertThat(again.rights().you()).isEqualTo(Rights.Place.HOLDER);
        assertThat(again.rights().epoch()).isEqualTo(epoch);
        assertThat(again.count()).as("no ghost").isEqualTo(2);
    }

    @Test
    @Order(4)
    void movesThePenOnThreeSecondsAfterTheConnectionIsGone() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = join(ann, Mode.EDIT).rights().epoch();
        join(bob, Mode.EDIT);

        long gone = System.nanoTime();
        ann.client().abort();
        bob.awaitPen(document, epoch);

        assertThat(millisSince(gone)).isBetween(2_980L, 4_900L);
    }

    @Test
    @Order(5)
    void movesThePenWhenTheHolderFallsSilent() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = join(ann, Mode.EDIT).rights().epoch();
        join(bob, Mode.EDIT);

        long asked = System.nanoTime();
        get(ann.client().ping());
        ann.client().freeze();
        bob.awaitPen(document, epoch);

        assertThat(millisSince(asked)).isBetween(4_980L, 10_000L);
    }

    @Test
    @Order(6)
    void asksTheHolderAndTakesSilenceForYes() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = join(ann, Mode.EDIT).rights().epoch();
        join(bob, Mode.VIEW);
        get(bob.client().request(document));
        NodeEvent.Requested asked = ann.heard().await(NodeEvent.Requested.class, event -> true, SOON);
        assertThat(asked.by().session()).isEqualTo(bob.session());
        get(ann.client().answer(document, epoch, bob.session(), false));
        assertThat(get(bob.client().request(document)).you()).isEqualTo(Rights.Place.QUEUED);

        assertThat(bob.awaitPen(document, epoch).cause()).isEqualTo("unanswered");
    }

    @Test
    @Order(7)
    void closesTheConnectionThatWasReplaced() {
        Person ann = person(0, "ann");
        join(ann, Mode.VIEW);
        Person back = person(1, "ann", Optional.of(ann.client().welcome().resume()));

        assertThat(back.client().welcome().resumed()).isTrue();
        assertThat(ann.heard()
                        .await(NodeEvent.Closed.class, event -> true, SOON)
                        .code())
                .isEqualTo(4500);
    }

    @Test
    @Order(99)
    void movesThePensOfAKilledNodeAndForgetsItsMembers() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        Person eve = person(2, "eve");
        long epoch = join(ann, Mode.EDIT).rights().epoch();
        join(bob, Mode.EDIT);
        join(eve, Mode.VIEW);

        long killed = System.nanoTime();
        nodes.get(0).kill();
        bob.awaitPen(document, epoch);

        assertThat(millisSince(killed))
                .as("not as long as it would take to find it silent, and as the reservation")
                .isLessThan(8_000L);
        for (Person left : List.of(bob, eve)) {
            NodeEvent.Presence presence = left.heard()
                    .await(NodeEvent.Presence.class, event -> event.left().containsKey(ann.session()), SOON);
            assertThat(presence.left()).containsEntry(ann.session(), "node-lost");
        }
        Person back = person(1, "ann", Optional.of(ann.client().welcome().resume()));
        assertThat(back.client().welcome().resumed()).isTrue();
        assertThat(join(back, Mode.EDIT).rights().you()).isEqualTo(Rights.Place.QUEUED);
    }
}
