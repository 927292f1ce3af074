package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Entry;
import dev.baton.client.Rights;
import dev.baton.client.User;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each of these checks sees an end that breaks its invariant, and has nothing to say of one that does not. */
class EndingsTest {
    private static final String DOC = "doc";
    private static final Set<String> ALL = Set.of("ann", "bob", "eve");

    private static Event.Told told(String to, String holder, String... queue) {
        return new Event.Told(
                1,
                to,
                to,
                0,
                DOC,
                7,
                to.equals(holder) ? Rights.Place.HOLDER : Rights.Place.QUEUED,
                Optional.of(holder).filter(name -> !name.isEmpty()),
                List.of(queue));
    }

    private static Entry entry(long seq, String data) {
        return new Entry(seq, Entry.UPDATE, 1, "ann", new User("u", "U"), "id" + seq, 0, data);
    }

    @Test
    void aLineIsKnownWhenAllWhoWantThePenWereToldTheSame() {
        Event.Told ann = told("ann", "ann", "bob", "gone", "eve");
        Event.Told bob = told("bob", "ann", "bob", "gone", "eve");
        assertThat(Endings.agreed(ALL, List.of(ann, bob, told("eve", "ann", "bob", "gone", "eve"))))
                .isTrue();
        assertThat(Endings.agreed(ALL, List.of(ann, bob))).isFalse();
        assertThat(Endings.agreed(ALL, List.of(ann, bob, told("eve", "ann", "eve", "gone", "bob"))))
                .isFalse();
        Event.Told shorter = told("ann", "ann", "bob");
        assertThat(Endings.agreed(ALL, List.of(shorter, told("bob", "ann", "bob"), told("eve", "ann", "bob"))))
                .as("eve was forgotten")
                .isFalse();
    }

    @Test
    void whatWasToldOnAnEarlierConnectionDoesNotCount() {
        Event.Told before = told("ann", "bob", "ann");
        Event.Connected back = new Event.Connected(2, "ann", "ann", 1, true);
        Event.Told after = told("ann", "ann", "bob");

        assertThat(Endings.lastTold(List.of(before), DOC)).containsOnly(Map.entry("ann", before));
        assertThat(Endings.lastTold(List.of(before, back), DOC)).isEmpty();
        assertThat(Endings.lastTold(List.of(before, back, after), DOC)).containsOnly(Map.entry("ann", after));
    }

    @Test
    void whoseConnectionEndedSinceThenWasNotThereAllTheTime() {
        List<Event> events =
                List.of(new Event.Closed(5, "bob", "bob", 0, 1001), new Event.Closed(15, "eve", "eve", 0, 1001));

        assertThat(Endings.steady(events, ALL, 10)).containsExactlyInAnyOrder("ann", "bob");
    }

    @Test
    void aLineThatIsServedInItsOrderIsGoodAndWhoIsNotThereIsPassedOver() {
        assertThat(Endings.served(DOC, List.of("gone", "bob", "eve"), ALL, List.of("ann", "bob", "eve")))
                .isEmpty();
    }

    @Test
    void whoIsPassedOverThoughThereIsSeen() {
        assertThat(Endings.served(DOC, List.of("bob", "eve"), ALL, List.of("ann", "eve")))
                .extracting(Violation::invariant)
                .containsExactly(6);
    }

    @Test
    void whoIsServedBeforeTheTurnIsSeen() {
        assertThat(Endings.served(DOC, List.of("bob", "eve"), ALL, List.of("ann", "eve", "bob")))
                .extracting(Violation::invariant)
                .containsExactly(6);
    }

    @Test
    void aGhostAndAMissingMemberAndAWrongCountAreSeen() {
        assertThat(Endings.members(0, DOC, ALL, ALL, 3)).isEmpty();
        assertThat(Endings.members(0, DOC, ALL, Set.of("ann", "bob", "eve", "ghost"), 4))
                .hasSize(1);
        assertThat(Endings.members(0, DOC, ALL, Set.of("ann", "bob"), 2)).hasSize(1);
        assertThat(Endings.members(0, DOC, ALL, ALL, 4))
                .extracting(Violation::invariant)
                .containsExactly(8);
    }

    @Test
    void anEntryThatReadersWereToldOtherwiseIsSeen() {
        Entry entry = entry(1, "data");
        Book book = new Book();
        book.tells(entry);
        assertThat(Endings.retold(DOC, List.of(entry, entry(2, "unread")), book))
                .isEmpty();
        assertThat(Endings.retold(DOC, List.of(entry(1, "other")), book))
                .extracting(Violation::invariant)
                .containsExactly(3);
    }

    @Test
    void aReaderThatDoesNotHaveTheLastEntryIsSeen() {
        List<Entry> log = List.of(entry(1, "a"), entry(2, "b"));
        assertThat(Endings.read("viewer", DOC, log, 2)).isEmpty();
        assertThat(Endings.read("viewer", DOC, List.of(), 0)).isEmpty();
        assertThat(Endings.read("viewer", DOC, log, 1))
                .extracting(Violation::invariant)
                .containsExactly(3);
    }

    @Test
    void whateverIsLeftOfASessionIsSeen() {
        Map<String, Long> gauges = new HashMap<>();
        List.of("sockets", "sessions", "beats", "rooms", "seats").forEach(what -> gauges.put("baton_" + what, 0L));
        List.of("lock_timers", "session_records", "lock_records", "roster_records")
                .forEach(what -> gauges.put("baton_" + what, 0L));
        assertThat(Endings.left(0, gauges)).isEmpty();
        gauges.put("baton_lock_timers", 1L);
        gauges.remove("baton_beats");
        assertThat(Endings.left(0, gauges)).extracting(Violation::invariant).containsExactly(9, 9);
    }
}
