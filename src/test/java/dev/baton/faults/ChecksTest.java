package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Rights;
import dev.baton.client.Snapshot;
import dev.baton.client.User;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Each checker sees a history that breaks its invariant, and has nothing to say of one that does not. */
class ChecksTest {
    private static final String DOC = "doc";
    private static final User USER = new User("u", "U");

    private final List<Entry> log = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();

    private Entry entry(String kind, long epoch, String session, String id) {
        Entry entry = new Entry(log.size() + 1, kind, epoch, session, USER, id, 0, "data");
        log.add(entry);
        return entry;
    }

    private void grant(long epoch, String session) {
        entry(Entry.RIGHTS, epoch, session, "");
    }

    private void wrote(String session, long epoch, String id, Event.Result result, long number) {
        wrote(session, epoch, id, result, number, Optional.empty());
    }

    private void wrote(
            String session, long epoch, String id, Event.Result result, long number, Optional<String> holder) {
        events.add(new Event.Wrote(10, 20, session, session, 0, DOC, epoch, id, result, number, holder));
    }

    private void update(long epoch, String session, String id) {
        wrote(
                session,
                epoch,
                id,
                Event.Result.APPLIED,
                entry(Entry.UPDATE, epoch, session, id).seq());
    }

    private void told(String session, long epoch) {
        events.add(new Event.Told(
                5, session, session, 0, DOC, epoch, Rights.Place.HOLDER, Optional.of(session), List.of()));
    }

    private List<Integer> broken() {
        return Checks.all(events, Map.of(DOC, log)).stream()
                .map(Violation::invariant)
                .distinct()
                .toList();
    }

    private void goodHistory() {
        grant(1, "ann");
        told("ann", 1);
        update(1, "ann", "a1");
        update(1, "ann", "a2");
        grant(2, "bob");
        told("bob", 2);
        update(2, "bob", "b1");
        wrote("ann", 1, "a3", Event.Result.FENCED, 2);
        entry(Entry.MESSAGE, 0, "ann", "m1");
        entry(Entry.RIGHTS, 2, "", "");
        grant(3, "ann");
        wrote("ann", 3, "a4", Event.Result.UNKNOWN, 0);
    }

    @Test
    void aGoodHistoryIsGood() {
        goodHistory();
        assertThat(broken()).isEmpty();
    }

    private void gaveBack(long at, String session, long epoch, boolean answered) {
        events.add(new Event.GaveBack(at, at + 1, session, session, 0, DOC, epoch, answered));
    }

    @Test
    void whoIsFencedUnderTheEpochThatItHoldsIsSeen() {
        goodHistory();
        wrote("ann", 3, "a5", Event.Result.FENCED, 3);
        assertThat(broken()).containsExactly(2);
    }

    @Test
    void whoIsFencedByItsOwnWishToGiveThePenBackHasNothingToComplainOfIfItWasNotToldThatItWasNotDone() {
        goodHistory();
        wrote("ann", 3, "a5", Event.Result.FENCED, 3);
        gaveBack(15, "ann", 3, false);
        assertThat(broken()).isEmpty();
    }

    @Test
    void whoIsFencedUnderAnEpochThatItHoldsAfterAnAnswerOrByAnotherWishIsSeen() {
        goodHistory();
        wrote("ann", 3, "a5", Event.Result.FENCED, 3);
        gaveBack(15, "ann", 3, true);
        gaveBack(15, "ann", 2, false);
        gaveBack(15, "bob", 3, false);
        gaveBack(21, "ann", 3, false);
        assertThat(broken()).containsExactly(2);
    }

    @Test
    void whoIsFencedByAnotherHolderOfItsEpochOrByAnEarlierOneIsSeenWhateverItWished() {
        goodHistory();
        gaveBack(15, "ann", 3, false);
        wrote("ann", 3, "a5", Event.Result.FENCED, 3, Optional.of("bob"));
        wrote("ann", 3, "a6", Event.Result.FENCED, 2);
        assertThat(Checks.all(events, Map.of(DOC, log))).hasSize(2).allMatch(found -> found.invariant() == 2);
    }

    @Test
    void anEpochThatGoesDownIsSeen() {
        goodHistory();
        grant(2, "bob");
        assertThat(broken()).contains(1);
    }

    @Test
    void anEpochThatNobodyGaveIsSeen() {
        goodHistory();
        told("bob", 3);
        assertThat(broken()).contains(1);
    }

    @Test
    void anUpdateOfAFormerHolderIsSeen() {
        goodHistory();
        update(2, "bob", "b2");
        assertThat(broken()).contains(2);
    }

    @Test
    void anUpdateUnderTheRightEpochByAnotherIsSeen() {
        goodHistory();
        update(3, "bob", "b2");
        assertThat(broken()).contains(2);
    }

    @Test
    void aFencedUpdateThatIsInTheLogIsSeen() {
        goodHistory();
        entry(Entry.UPDATE, 3, "ann", "a3");
        assertThat(broken()).contains(2);
    }

    @Test
    void anAppliedUpdateThatIsNotInTheLogIsSeen() {
        goodHistory();
        wrote("ann", 3, "a5", Event.Result.APPLIED, log.size() + 1);
        assertThat(broken()).contains(3);
    }

    @Test
    void anAppliedUpdateThatIsElsewhereInTheLogIsSeen() {
        goodHistory();
        update(3, "ann", "a5");
        wrote("ann", 3, "a6", Event.Result.APPLIED, log.size());
        assertThat(broken()).contains(3);
    }

    @Test
    void aHoleInTheLogIsSeen() {
        goodHistory();
        log.remove(3);
        assertThat(broken()).contains(3);
    }

    @Test
    void anIdThatIsAppliedTwiceIsSeen() {
        goodHistory();
        update(3, "ann", "a5");
        entry(Entry.UPDATE, 3, "ann", "a5");
        assertThat(broken()).contains(4);
    }

    @Test
    void aRetryThatGetsAnotherAnswerIsSeen() {
        goodHistory();
        update(3, "ann", "a5");
        update(3, "ann", "a5");
        assertThat(broken()).contains(4);
    }

    @Test
    void twoHoldersOfOneEpochAreSeen() {
        goodHistory();
        told("ann", 3);
        told("bob", 3);
        assertThat(broken()).contains(5);
    }

    @Test
    void aNodeThatAcknowledgesWhileItIsGivenUpIsSeen() {
        long second = 1_000_000_000L;
        events.add(new Event.Harm(0, 20 * second, Nemesis.Kind.CUT_OFF.words(), List.of(1), ""));
        events.add(new Event.Wrote(
                2 * second, 3 * second, "ann", "ann", 1, DOC, 1, "early", Event.Result.APPLIED, 2, Optional.empty()));
        events.add(new Event.Wrote(
                8 * second,
                9 * second,
                "ann",
                "ann",
                0,
                DOC,
                1,
                "elsewhere",
                Event.Result.APPLIED,
                3,
                Optional.empty()));
        assertThat(Checks.silentWhenGivenUp(events, 5_500)).isEmpty();
        events.add(new Event.Wrote(
                8 * second, 9 * second, "ann", "ann", 1, DOC, 1, "late", Event.Result.APPLIED, 4, Optional.empty()));
        assertThat(Checks.silentWhenGivenUp(events, 5_500)).hasSize(1);
    }

    @Test
    void aQueueThatGrewBeyondItsLimitIsSeen() {
        assertThat(Checks.bounded(1, Map.of("baton_store_queue", 10_000L))).isEmpty();
        assertThat(Checks.bounded(1, Map.of("baton_store_queue", 10_001L, "baton_room_queue", 20_001L)))
                .extracting(Violation::invariant)
                .containsExactly(11, 11);
    }

    @Test
    void aReaderThatMissesOrRepeatsAnEntryOrIsToldAnotherOneIsSeen() {
        goodHistory();
        History history = new History();
        History.Reading reading = history.new Reading("eve", DOC);
        reading.joined(joined(false, List.of(log.get(0), log.get(1))), 0);
        reading.joined(joined(true, List.of(log.get(1), log.get(2))), 1);
        assertThat(history.violations()).isEmpty();
        reading.entries(List.of(log.get(4)));
        assertThat(history.violations()).hasSize(1);
        reading.entries(List.of(log.get(4)));
        assertThat(history.violations()).hasSize(2);
        Entry other = new Entry(6, Entry.UPDATE, 9, "mallory", USER, "x", 0, "data");
        history.new Reading("joe", DOC).joined(joined(false, log.subList(0, 6)), 0);
        History.Reading late = history.new Reading("ian", DOC);
        late.joined(joined(false, log.subList(0, 5)), 0);
        late.joined(joined(true, List.of(other)), 5);
        assertThat(history.violations()).hasSize(3);
    }

    @Test
    void anotherContentThanTheEntriesAmountToIsSeen() {
        goodHistory();
        History history = new History();
        History.Reading reading = history.new Reading("eve", DOC);
        reading.joined(joined(false, log.subList(0, 3)), 0);
        long sum = reading.sum().orElseThrow();
        history.new Reading("joe", DOC)
                .joined(joined("log", false, new Snapshot(3, new JsonObject().put("sum", sum))), 0);
        assertThat(history.violations()).isEmpty();
        history.new Reading("ian", DOC)
                .joined(joined("log", false, new Snapshot(3, new JsonObject().put("sum", 7))), 0);
        assertThat(history.violations()).extracting(Violation::invariant).containsExactly(3);
    }

    private static Joined joined(boolean recovered, List<Entry> entries) {
        return joined("log", recovered, entries);
    }

    static Joined joined(String log, boolean recovered, List<Entry> entries) {
        return joined(log, recovered, Optional.empty(), entries);
    }

    private static Joined joined(String log, boolean recovered, Snapshot snapshot) {
        return joined(log, recovered, Optional.of(snapshot), List.of());
    }

    private static Joined joined(String log, boolean recovered, Optional<Snapshot> snapshot, List<Entry> entries) {
        Rights rights = new Rights(
                DOC,
                1,
                Optional.empty(),
                Rights.State.FREE,
                OptionalLong.empty(),
                List.of(),
                0,
                OptionalInt.empty(),
                Rights.Place.VIEWER,
                "none");
        return new Joined(DOC, log, 9, recovered, snapshot, entries, List.of(), 0, rights);
    }
}
