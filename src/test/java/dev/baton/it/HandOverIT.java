package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonException;
import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Member;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who holds the pen, and how it moves, with the holder and the next in line on different nodes of a cluster. */
class HandOverIT {
    /** What is far from any time that a pen stays reserved, in milliseconds. */
    private static final long AT_ONCE = 2_000;

    private static Nodes nodes;
    private static Bystander bystander;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();
    private final List<Person> people = new ArrayList<>();

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(HandOverIT.class, 3, Map.of("BATON_HANDOVER_ANSWER", "3s"));
        bystander = Bystander.of(nodes);
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes;
                Bystander leaves = bystander) {
            Waiting.on(vertx.close());
        }
    }

    @AfterEach
    void sayGoodbye() {
        people.forEach(person -> person.client().abort());
    }

    private Person person(int node, String name) {
        return known(Person.on(vertx, nodes.get(node), name));
    }

    private Person known(Person person) {
        people.add(person);
        return person;
    }

    private static int next(Joined joined, Person person) {
        return joined.rights().queue().indexOf(person.session());
    }

    // ---- given away -----------------------------------------------------------------------------------------------

    @Test
    void aReleasedPenGoesToTheFirstInLineAtOnceAndEveryoneIsTold() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        Person cid = person(2, "cid");
        Person eve = person(2, "eve");
        long epoch = ann.take(document);
        assertThat(next(bob.edit(document), bob)).isZero();
        assertThat(next(cid.edit(document), cid)).isEqualTo(1);
        eve.view(document);

        long start = System.nanoTime();
        Rights answer = ann.release(document, epoch);
        Person.Told told = bob.penAfter(document, epoch);

        assertThat(told.since(start)).isLessThan(AT_ONCE);
        assertThat(told.rights().cause()).isEqualTo("released");
        assertThat(told.rights().queue()).containsExactly(cid.session());
        assertThat(answer.you()).isEqualTo(Rights.Place.VIEWER);
        Rights seen = eve.rights(
                        document, rights -> rights.epoch() == told.rights().epoch())
                .rights();
        assertThat(seen.holder().map(Member::session)).contains(bob.session());
        assertThat(seen.you()).isEqualTo(Rights.Place.VIEWER);
        await().atMost(SOON).until(() -> !bystander.handOversOf(document).stream()
                .filter(moved -> bob.session().equals(moved.getString("to")))
                .toList()
                .isEmpty());
        JsonObject moved = bystander.handOversOf(document).stream()
                .filter(one -> bob.session().equals(one.getString("to")))
                .findFirst()
                .orElseThrow();
        assertThat(moved.getString("from")).isEqualTo(ann.session());
        assertThat(moved.getString("cause")).isEqualTo("released");
        assertThat(moved.getLong("epoch")).isEqualTo(told.rights().epoch());
        assertThat(moved.getLong("took")).isBetween(0L, AT_ONCE);
    }

    @Test
    void whoLeavesHandsThePenOnAtOnce() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = ann.take(document);
        bob.edit(document);

        long start = System.nanoTime();
        Waiting.on(ann.client().leave(document));

        assertThat(bob.penAfter(document, epoch).since(start)).isLessThan(AT_ONCE);
        assertThat(bob.departure(document, ann.session())).isEqualTo("left");
    }

    @Test
    void aPenThatIsReleasedToAViewerGoesPastTheLine() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        Person eve = person(2, "eve");
        long epoch = ann.take(document);
        bob.edit(document);
        eve.view(document);

        Waiting.on(ann.client().release(document, epoch, eve.session()));

        Person.Told told = eve.penAfter(document, epoch);
        assertThat(told.rights().queue()).containsExactly(bob.session());
    }

    @Test
    void whomTheNodeOfTheHolderDoesNotSeeGetsThePenByNameAllTheSame() {
        Person ann = person(0, "ann");
        Person eve = person(1, "eve");
        long epoch = ann.take(document);
        eve.view(document);
        ann.heard().await(NodeEvent.Presence.class, told -> concerns(told.joined(), eve), SOON);

        // Once more when that was just before the two compared rosters: eve is back then before anybody is told that
        // she left.
        await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> {
            bystander.hides(document, eve.session(), ann.session());
            return ann.heard().all(NodeEvent.Presence.class).stream()
                    .anyMatch(told -> told.left().containsKey(eve.session()));
        });
        Waiting.on(ann.client().release(document, epoch, eve.session()));

        eve.penAfter(document, epoch);
    }

    private static boolean concerns(List<Member> members, Person person) {
        return members.stream().anyMatch(member -> member.session().equals(person.session()));
    }

    @Test
    void releasingToNobodyOfTheDocumentIsRefusedAndThePenStays() {
        Person ann = person(0, "ann");
        long epoch = ann.take(document);

        assertThatThrownBy(() -> Waiting.on(ann.client().release(document, epoch, "nobody")))
                .isInstanceOfSatisfying(
                        BatonException.class, error -> assertThat(error.code()).isEqualTo("bad-message"));

        assertThat(ann.update(document, epoch, "still-mine")).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void aFreePenIsTakenByWhoComesNext() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = ann.take(document);
        bob.view(document);
        ann.release(document, epoch);
        bob.rights(document, rights -> rights.state() == Rights.State.FREE);

        assertThat(bob.take(document)).isGreaterThan(epoch);
    }

    // ---- asked for ------------------------------------------------------------------------------------------------

    @Test
    void aHolderWhoAcceptsHandsOver() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = ann.take(document);
        bob.view(document);

        assertThat(Waiting.on(bob.client().request(document)).you()).isEqualTo(Rights.Place.QUEUED);
        NodeEvent.Requested asked = ann.heard().await(NodeEvent.Requested.class, told -> true, SOON);
        assertThat(asked.by().session()).isEqualTo(bob.session());
        assertThat(asked.by().user().name()).isEqualTo("bob");
        assertThat(asked.epoch()).isEqualTo(epoch);
        assertThat(asked.withinMillis()).isBetween(1L, 3_000L);
        Waiting.on(ann.client().answer(document, epoch, bob.session(), true));

        assertThat(bob.penAfter(document, epoch).rights().cause()).isEqualTo("accepted");
    }

    @Test
    void aHolderWhoDeniesKeepsThePenAndTheAskerStaysInLine() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = ann.take(document);
        bob.view(document);

        Waiting.on(bob.client().request(document));
        ann.heard().await(NodeEvent.Requested.class, told -> true, SOON);
        Rights answer = Waiting.on(ann.client().answer(document, epoch, bob.session(), false));

        assertThat(answer.you()).isEqualTo(Rights.Place.HOLDER);
        assertThat(answer.queue()).containsExactly(bob.session());
        // the time in which silence would have handed over goes by
        await().during(Duration.ofSeconds(4))
                .atMost(SOON)
                .until(() -> bob.latest(document).orElseThrow().you() == Rights.Place.QUEUED);
        assertThat(ann.update(document, epoch, "still-mine")).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void aHolderWhoDoesNotAnswerLosesThePenWhenTheTimeIsUp() {
        Timed.between(2_980, 3_500, () -> {
            String one = another();
            Person ann = person(1, "ann");
            Person bob = person(0, "bob"); // whose node's clock the others follow: none is ahead of it
            long epoch = ann.take(one);
            bob.view(one);

            long start = System.nanoTime();
            Waiting.on(bob.client().request(one));
            Person.Told told = bob.penAfter(one, epoch);

            assertThat(told.rights().cause()).isEqualTo("unanswered");
            assertThat(told.rights().queue())
                    .as("who said nothing still wants it")
                    .containsExactly(ann.session());
            return told.since(start);
        });
    }

    /** A document that nobody has been in. */
    private String another() {
        return "doc-" + UUID.randomUUID();
    }

    // ---- lost -----------------------------------------------------------------------------------------------------

    @Test
    void aKilledHolderKeepsThePenForThreeSeconds() {
        Timed.between(2_980, 3_300, () -> {
            String one = another();
            Person bob = person(1, "bob");
            try (Holder ann = Holder.start(nodes.get(0), "ann", one)) {
                bob.edit(one);

                long start = System.nanoTime();
                ann.kill();

                Rights reserved = bob.rights(one, rights -> rights.state() == Rights.State.RESERVED)
                        .rights();
                assertThat(reserved.holder().map(Member::session)).contains(ann.session());
                assertThat(reserved.epoch()).isEqualTo(ann.epoch());
                assertThat(reserved.untilMillis().orElseThrow())
                        .as("by the clock of bob's node, which follows that of ann's")
                        .isBetween(1L, 3_500L);
                Person.Told told = bob.penAfter(one, ann.epoch());
                System.out.println("killed holder: next holds after " + told.since(start) + " ms");
                assertThat(told.rights().cause()).isEqualTo("closed");
                return told.since(start);
            }
        });
    }

    @Test
    void aStoppedHolderLosesThePenFiveSecondsAfterItsLastWord() {
        Timed.between(4_980, 5_500, () -> {
            String one = another();
            Person bob = person(1, "bob");
            try (Holder ann = Holder.start(nodes.get(0), "ann", one)) {
                bob.edit(one);

                long before = System.nanoTime();
                ann.say("last-words");
                ann.pause();

                Person.Told told = bob.penAfter(one, ann.epoch());
                System.out.println("stopped holder: next holds after " + told.since(before) + " ms");
                assertThat(told.rights().cause()).isEqualTo("timeout");
                bob.change(one, ann.session(), false);
                return told.since(before);
            }
        });
    }

    @Test
    void whoComesBackInTimeOnTheSameNodeKeepsPenAndEpoch() {
        comesBackOn(0);
    }

    @Test
    void whoComesBackInTimeOnAnotherNodeKeepsPenAndEpoch() {
        comesBackOn(2);
    }

    private void comesBackOn(int node) {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = ann.take(document);
        bob.edit(document);
        ann.client().abort();
        bob.rights(document, rights -> rights.state() == Rights.State.RESERVED);

        Person again = known(ann.resumeOn(nodes.get(node)));
        assertThat(again.client().welcome().resumed()).isTrue();
        assertThat(again.session()).isEqualTo(ann.session());
        Joined joined = again.edit(document);

        assertThat(joined.rights().you()).isEqualTo(Rights.Place.HOLDER);
        assertThat(joined.rights().epoch()).isEqualTo(epoch);
        assertThat(again.update(document, epoch, "after")).isInstanceOf(Outcome.Applied.class);
        // the reservation's end goes by, and nothing happens
        await().during(Duration.ofMillis(3_500))
                .atMost(SOON)
                .until(() -> bob.latest(document).orElseThrow().epoch() == epoch);
        Rights latest = bob.latest(document).orElseThrow();
        assertThat(latest.state()).isEqualTo(Rights.State.HELD);
        assertThat(latest.holder().map(Member::session)).contains(ann.session());
    }

    @Test
    void whoIsAwayInLineIsPassedOverAndKeepsThePlace() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        Person cid = person(2, "cid");
        Person dan = person(2, "dan");
        long epoch = ann.take(document);
        bob.edit(document);
        cid.edit(document);
        dan.edit(document);
        bob.client().abort();
        await().atMost(SOON).until(() -> bystander.lockKnowsAway(document, bob.session()));

        ann.release(document, epoch);
        Person.Told told = cid.penAfter(document, epoch);
        assertThat(told.rights().queue()).containsExactly(bob.session(), dan.session());

        Person back = known(bob.resumeOn(nodes.get(0)));
        assertThat(next(back.edit(document), back)).isZero();
        cid.release(document, told.rights().epoch());
        back.penAfter(document, told.rights().epoch());
    }

    // ---- what is written ------------------------------------------------------------------------------------------

    @Test
    void aLateUpdateOfAFormerHolderIsFencedAndSaysWhoHoldsThePen() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long epoch = ann.take(document);
        bob.edit(document);
        assertThat(ann.update(document, epoch, "in-time")).isInstanceOf(Outcome.Applied.class);
        ann.release(document, epoch);
        long now = bob.penAfter(document, epoch).rights().epoch();

        assertThat(ann.update(document, epoch, "late")).isInstanceOfSatisfying(Outcome.Fenced.class, fenced -> {
            assertThat(fenced.epoch()).isEqualTo(now);
            assertThat(fenced.holder().map(Member::session)).contains(bob.session());
        });
        assertThat(ann.update(document, now, "forged")).isInstanceOf(Outcome.Fenced.class);
        assertThat(Waiting.on(ann.client().snapshot(document, epoch, 1, "late")))
                .isInstanceOf(Outcome.Fenced.class);

        assertThat(bob.update(document, now, "next")).isInstanceOf(Outcome.Applied.class);
        assertThat(person(2, "eve").view(document).entries().stream()
                        .filter(entry -> entry.kind().equals(Entry.UPDATE))
                        .map(Entry::id))
                .containsExactly("in-time", "next");
    }

    @Test
    void theLogSaysWhoHeldThePenWhen() {
        Person ann = person(0, "ann");
        Person bob = person(1, "bob");
        long first = ann.take(document);
        ann.update(document, first, "a");
        bob.edit(document);
        ann.release(document, first);
        long second = bob.penAfter(document, first).rights().epoch();
        bob.update(document, second, "b");
        bob.release(document, second);
        ann.rights(document, rights -> rights.state() == Rights.State.FREE && rights.epoch() == second);

        List<Entry> log = person(2, "eve").view(document).entries();

        assertThat(log.stream().map(Entry::seq).toList())
                .isEqualTo(LongStream.rangeClosed(1, log.size()).boxed().toList());
        assertThat(log.stream().map(entry -> entry.kind() + " " + entry.epoch() + " " + entry.session()))
                .containsExactly(
                        "rights " + first + " " + ann.session(),
                        "update " + first + " " + ann.session(),
                        "rights " + second + " " + bob.session(),
                        "update " + second + " " + bob.session(),
                        "rights " + second + " " + bob.session());
        assertThat(((JsonObject) log.get(2).data()).getString("from")).isEqualTo(ann.session());
        assertThat(((JsonObject) log.get(2).data()).getString("to")).isEqualTo(bob.session());
        assertThat(((JsonObject) log.get(4).data()).getValue("to")).isNull();
    }

    @Test
    void updatesReachTheMembersOnEveryNodeInOrderAndOnce() {
        Person ann = person(0, "ann");
        List<Person> readers = List.of(person(0, "r0"), person(1, "r1"), person(2, "r2"));
        long epoch = ann.take(document);
        readers.forEach(reader -> reader.view(document));

        List<Future<Outcome>> written = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            written.add(ann.client().update(document, epoch, "op-" + i, i));
        }
        Waiting.on(Future.all(written));

        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            expected.add(i);
        }
        for (Person reader : readers) {
            await().atMost(SOON).untilAsserted(() -> assertThat(reader.heard().entries(document))
                    .filteredOn(entry -> entry.kind().equals(Entry.UPDATE))
                    .extracting(Entry::data)
                    .isEqualTo(expected));
            List<Long> seqs =
                    reader.heard().entries(document).stream().map(Entry::seq).toList();
            assertThat(seqs)
                    .isEqualTo(LongStream.rangeClosed(seqs.get(0), seqs.get(0) + seqs.size() - 1)
                            .boxed()
                            .toList());
        }
    }

    @Test
    void aResumedReaderGetsTheRestWithoutAHole() {
        Person ann = person(0, "ann");
        Person eve = person(1, "eve");
        long epoch = ann.take(document);
        Joined joined = eve.view(document);
        ann.update(document, epoch, "one");
        await().atMost(SOON).until(() -> eve.heard().entries(document).size() == 1);
        long seen = eve.heard().entries(document).get(0).seq();
        eve.client().abort();
        ann.change(document, eve.session(), false);
        ann.update(document, epoch, "two");
        ann.update(document, epoch, "three");

        Person back = known(eve.resumeOn(nodes.get(2)));
        Joined again = Waiting.on(back.client().join(document, Mode.VIEW, seen, joined.log()));

        assertThat(again.recovered()).isTrue();
        assertThat(again.entries().stream().map(Entry::id)).containsExactly("two", "three");
    }
}
