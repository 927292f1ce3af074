package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Member;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of sessions, members and pens when a node is killed, stopped for a while, or told to go. */
class LostNodeIT {
    private static final int DOCUMENTS = 8;

    private static Nodes nodes;
    private static Vertx vertx;

    private static Bystander bystander;

    /** The node that a test may lose; the next test gets another one. */
    private static NodeProcess doomed;

    private final String run = UUID.randomUUID().toString();

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(LostNodeIT.class, 3, Map.of());
        doomed = nodes.get(2);
        bystander = Bystander.of(nodes);
    }

    /** A node that is lost while records move to it is more than one harm: {@link LostWhileMovingIT}. */
    @BeforeEach
    void replaceTheLost() {
        if (!doomed.isAlive()) {
            doomed = nodes.add(1, Map.of()).get(0);
        }
        bystander.awaitRest();
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes;
                Bystander leaves = bystander) {
            Waiting.on(vertx.close());
        }
    }

    /** A document, with its holder on the node that will be lost, who is next on another, and a reader on the third. */
    private record Case(String document, Person holder, long epoch, Person next, Person reader) {}

    private List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            String document = run + "/" + i;
            Person holder = Person.on(vertx, doomed, "holder-" + i);
            Person next = Person.on(vertx, nodes.get(0), "next-" + i);
            Person reader = Person.on(vertx, nodes.get(1), "reader-" + i);
            long epoch = holder.take(document);
            assertThat(holder.update(document, epoch, "written")).isInstanceOf(Outcome.Applied.class);
            next.edit(document);
            reader.view(document);
            cases.add(new Case(document, holder, epoch, next, reader));
        }
        return cases;
    }

    @Test
    void aKilledNodesSessionsGoOfflineOnceEachItsMembersLeaveAndItsPensMoveOn() {
        List<Case> cases = cases();

        long start = System.nanoTime();
        doomed.kill();
        assertThat(nodes.temporaryFiles())
                .as("of nodes that live and one that was killed")
                .isEmpty();

        List<Long> took = new ArrayList<>();
        for (Case one : cases) {
            Person.Told told = one.next().penAfter(one.document(), one.epoch());
            took.add(told.since(start));
            assertThat(told.rights().cause()).isEqualTo("node-lost");
        }
        System.out.println("killed node: the next hold after " + took + " ms");
        assertThat(took).allSatisfy(millis -> assertThat(millis).isBetween(2_980L, 4_500L));
        for (Case one : cases) {
            String session = one.holder().session();
            assertThat(one.next().departure(one.document(), session)).isEqualTo("node-lost");
            assertThat(one.reader().departure(one.document(), session)).isEqualTo("node-lost");
            // by now the sweeps have run often; nobody is reported again
            assertThat(bystander.livenessOf(session, "offline"))
                    .as("of %s, in %s", session, bystander.liveness())
                    .singleElement()
                    .satisfies(news -> {
                        assertThat(news.getString("cause")).isEqualTo("node-lost");
                        assertThat(news.getString("user"))
                                .isEqualTo(
                                        one.holder().client().welcome().user().id());
                        assertThat(news.getJsonArray("documents")).containsExactly(one.document());
                    });
            assertThat(bystander.livenessOf(one.next().session(), "offline")).isEmpty();
            assertThat(bystander.livenessOf(one.reader().session(), "offline")).isEmpty();
        }

        // what was acknowledged is there, and its holder comes back as the same session, elsewhere
        Case one = cases.get(0);
        Person back = one.holder().resumeOn(nodes.get(1));
        assertThat(back.client().welcome().resumed()).isTrue();
        Joined joined = back.edit(one.document());
        assertThat(joined.entries().stream().map(Entry::id)).contains("written");
        assertThat(joined.rights().you()).isEqualTo(Rights.Place.QUEUED);
        assertThat(joined.members().stream().map(Member::session))
                .containsExactlyInAnyOrder(
                        back.session(), one.next().session(), one.reader().session());
        assertThat(back.update(one.document(), one.epoch(), "late")).isInstanceOf(Outcome.Fenced.class);
    }

    @Test
    void aHolderOfAKilledNodeWhoComesBackInTimeKeepsPenAndEpoch() {
        List<Case> cases = cases();

        doomed.kill();

        List<Person> back = new ArrayList<>();
        for (Case one : cases) {
            back.add(one.holder().resumeOn(nodes.get(1)));
        }
        for (int i = 0; i < cases.size(); i++) {
            Case one = cases.get(i);
            assertThat(back.get(i).client().welcome().resumed()).isTrue();
            Joined joined = back.get(i).edit(one.document());
            assertThat(joined.rights().you()).isEqualTo(Rights.Place.HOLDER);
            assertThat(joined.rights().epoch()).isEqualTo(one.epoch());
            assertThat(back.get(i).update(one.document(), one.epoch(), "after")).isInstanceOf(Outcome.Applied.class);
        }
        await().during(Duration.ofMillis(3_500)).atMost(SOON).until(() -> cases.stream()
                .allMatch(one -> one.next().latest(one.document()).orElseThrow().epoch() == one.epoch()));
    }

    @Test
    void aStoppedNodesPensMoveWithinItsLeaseAndItsFormerHoldersWriteNothingWhenItGoesOn() {
        List<Case> cases = cases();

        long start = nodes.pause(doomed);
        List<Long> took = new ArrayList<>();
        List<Long> epochs = new ArrayList<>();
        for (Case one : cases) {
            Person.Told told = one.next().penAfter(one.document(), one.epoch());
            took.add(told.since(start));
            epochs.add(told.rights().epoch());
        }
        System.out.println("stopped node: the next hold after " + took + " ms");
        List<Future<Outcome>> late = new ArrayList<>();
        for (Case one : cases) {
            // its client thinks that it still holds the pen; the node answers when it goes on, if it does
            late.add(one.holder().client().update(one.document(), one.epoch(), "late", "late"));
        }
        doomed.goOn();

        for (int i = 0; i < cases.size(); i++) {
            Case one = cases.get(i);
            assertThat(one.next().update(one.document(), epochs.get(i), "next")).isInstanceOf(Outcome.Applied.class);
            assertThat(outcome(late.get(i))).doesNotStartWith("Applied");
            assertThat(one.reader().heard().entries(one.document()).stream().map(Entry::id))
                    .doesNotContain("late");
        }
        // one cluster again, and it works: whoever connects to the node that was away sees what the others see
        await().atMost(SOON.plus(SOON))
                .pollInterval(Duration.ofMillis(250))
                .ignoreExceptions()
                .untilAsserted(() -> {
                    Person viewer = Person.on(vertx, doomed, "viewer");
                    try {
                        Joined joined = viewer.view(cases.get(0).document());
                        assertThat(joined.rights().holder().map(Member::session))
                                .contains(cases.get(0).next().session());
                        assertThat(joined.members().stream().map(Member::session))
                                .contains(
                                        cases.get(0).next().session(),
                                        cases.get(0).reader().session());
                    } finally {
                        viewer.client().abort();
                    }
                });
        // the lease, counted from its last sign of life, and up to a second until that is noticed; the time for which
        // pens of lost nodes are reserved is over by then
        assertThat(took).allSatisfy(millis -> assertThat(millis).isBetween(3_980L, 6_500L));
    }

    private static String outcome(Future<Outcome> future) {
        try {
            return Waiting.on(future).getClass().getSimpleName();
        } catch (RuntimeException | AssertionError refused) {
            return refused.toString();
        }
    }

    @Test
    void aNodeThatIsToldToGoClosesItsSocketsAndKeepsTheirPensForThem() {
        List<Case> cases = cases();

        long start = System.nanoTime();
        assertThat(doomed.terminate()).isZero();
        System.out.println("told to go: gone after " + (System.nanoTime() - start) / 1_000_000 + " ms");

        for (Case one : cases) {
            assertThat(one.holder().closeCode()).isEqualTo(1001);
        }
        Case one = cases.get(0);
        Person back = one.holder().resumeOn(nodes.get(1));
        assertThat(back.client().welcome().resumed()).isTrue();
        assertThat(back.edit(one.document()).entries().stream().map(Entry::id)).contains("written");
        for (Case other : cases.subList(1, cases.size())) {
            assertThat(other.next().penAfter(other.document(), other.epoch()).since(start))
                    .as("reserved until then, by the clock of a node that follows another's and may be behind it")
                    .isGreaterThanOrEqualTo(2_500);
        }
    }
}
