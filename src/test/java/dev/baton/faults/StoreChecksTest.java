package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Entry;
import dev.baton.client.Rights;
import dev.baton.client.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Each checker sees a history that breaks its invariant, and has nothing to say of one that does not. Times in seconds.
 */
class StoreChecksTest {
    private static final String DOC = "doc";
    private static final long SECOND = 1_000_000_000L;
    private static final long INCARNATION = 1_000;

    private final List<Entry> log = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();

    private long entry(String kind, long epoch, String session, String id) {
        log.add(new Entry(log.size() + 1, kind, epoch, session, new User("u", "U"), id, 0, "data"));
        return log.size();
    }

    private void wrote(long at, String session, int node, long epoch, String id, Event.Result result, long seq) {
        events.add(new Event.Wrote(
                at * SECOND, at * SECOND + 1, session, session, node, DOC, epoch, id, result, seq, Optional.empty()));
    }

    private void applied(long at, String session, long epoch, String id, long seq) {
        wrote(at, session, 0, epoch, id, Event.Result.APPLIED, seq);
    }

    private void update(long at, String session, long epoch, String id) {
        applied(at, session, epoch, id, entry(Entry.UPDATE, epoch, session, id));
    }

    private void connected(long at, String session, boolean resumed) {
        events.add(new Event.Connected(at * SECOND, session, session, 0, resumed));
    }

    private void closed(long at, String session) {
        events.add(new Event.Closed(at * SECOND, session, session, 0, 1006));
    }

    private void joined(long at, String session, long seq, String id) {
        events.add(new Event.Joined(
                at * SECOND, at * SECOND + 1, session, session, 0, DOC, seq, true, id, Event.Joined.ANSWERED));
    }

    private void told(long at, String session, long epoch) {
        events.add(new Event.Told(
                at * SECOND, session, session, 0, DOC, epoch, Rights.Place.HOLDER, Optional.of(session), List.of()));
    }

    private Event.Loss lost(long from, long to, boolean loses) {
        Event.Loss loss = new Event.Loss(from * SECOND, to * SECOND, INCARNATION, loses);
        events.add(loss);
        return loss;
    }

    private List<Integer> broken() {
        return Checks.all(events, Map.of(DOC, log)).stream()
                .map(Violation::invariant)
                .distinct()
                .toList();
    }

    // ---- 12 -------------------------------------------------------------------------------------------------------

    /** Two entries survive a loss, and the lost one's seq is used again. */
    private void aLoss(boolean loses) {
        entry(Entry.RIGHTS, 1, "ann", "");
        update(1, "ann", 1, "kept");
        applied(3, "ann", 1, "lost", 3);
        lost(2, 5, loses);
        entry(Entry.RIGHTS, INCARNATION + 1, "ann", "");
        told(7, "ann", INCARNATION + 1);
        update(8, "ann", INCARNATION + 1, "new");
    }

    @Test
    void whatIsLostMayBeGone() {
        aLoss(true);
        assertThat(broken()).isEmpty();
    }

    @Test
    void whatIsGoneThoughNothingWasLostIsSeen() {
        aLoss(false);
        assertThat(broken()).contains(3);
    }

    @Test
    void whatIsGoneThoughItWasAnsweredBeforeTheLossOrAfterItIsSeen() {
        aLoss(true);
        applied(1, "ann", 1, "before", 3);
        assertThat(broken()).contains(3);
        events.remove(events.size() - 1);
        applied(6, "ann", INCARNATION + 1, "after", 5);
        assertThat(broken()).contains(3);
    }

    @Test
    void aTokenThatOutlivesItsHistoryIsSeen() {
        aLoss(true);
        told(7, "ben", 2);
        assertThat(broken()).contains(12);
    }

    @Test
    void aWriteUnderATokenThatOutlivesItsHistoryIsSeen() {
        aLoss(true);
        update(6, "ann", 1, "late");
        assertThat(broken()).contains(12);
    }

    @Test
    void whoIsNotToldOfALossInTimeIsSeenAndWhoWasAwayIsNotAskedFor() {
        connected(0, "ann", false);
        joined(1, "ann", 3, "log.0");
        joined(1, "ben", 3, "log.0");
        joined(1, "cem", 3, "log.0");
        Event.Loss loss = lost(2, 5, true);
        joined(6, "ann", 2, "log.1");
        joined(12, "ben", 2, "log.1");
        closed(6, "cem");
        assertThat(StoreChecks.told(events, loss, 4 * SECOND, 10_000).violations())
                .isEmpty();
        StoreChecks.Told told = StoreChecks.told(events, loss, 4 * SECOND, 5_000);
        assertThat(told.millis()).containsExactly(2_000L);
        assertThat(told.violations())
                .singleElement()
                .matches(found -> found.invariant() == 12 && found.words().startsWith("ben"));
    }

    @Test
    void whoGoesOnInAnotherLogIsSeen() {
        History history = new History();
        History.Reading reading = history.new Reading("ann", DOC);
        reading.joined(ChecksTest.joined("log.0", false, List.of()), 0);
        reading.joined(ChecksTest.joined("log.1", false, List.of()), 0);
        assertThat(history.violations()).isEmpty();
        reading.joined(ChecksTest.joined("log.2", true, List.of()), 0);
        assertThat(history.violations()).extracting(Violation::invariant).containsExactly(12);
    }

    // ---- 13 -------------------------------------------------------------------------------------------------------

    private void unanswered(String id) {
        connected(0, "ann", false);
        joined(0, "ann", 0, "log");
        entry(Entry.MESSAGE, 0, "ben", "b");
        wrote(1, "ann", 0, 0, id, Event.Result.UNKNOWN, 0);
        connected(2, "ann", true);
    }

    @Test
    void whatArrivesAfterItsSessionWasToldWhatIsThereIsSeen() {
        unanswered("late");
        joined(3, "ann", 1, "log");
        entry(Entry.MESSAGE, 0, "ann", "late");
        assertThat(broken()).containsExactly(13);
    }

    @Test
    void whatArrivesBeforeItsSessionIsToldWhatIsThereIsRight() {
        unanswered("early");
        entry(Entry.MESSAGE, 0, "ann", "early");
        joined(3, "ann", 2, "log");
        assertThat(broken()).isEmpty();
    }

    @Test
    void whatItWroteAgainMayComeLater() {
        unanswered("again");
        joined(3, "ann", 1, "log");
        applied(4, "ann", 0, "again", entry(Entry.MESSAGE, 0, "ann", "again"));
        assertThat(broken()).isEmpty();
    }

    // ---- 14 -------------------------------------------------------------------------------------------------------

    @Test
    void twoClustersThatServeOneStoreAreSeen() {
        events.add(new Event.Apart(0, 9 * SECOND));
        wrote(1, "ann", 0, 0, "a", Event.Result.APPLIED, entry(Entry.MESSAGE, 0, "ann", "a"));
        wrote(2, "ben", 0, 0, "b", Event.Result.APPLIED, entry(Entry.MESSAGE, 0, "ben", "b"));
        wrote(10, "cem", 1, 0, "c", Event.Result.APPLIED, entry(Entry.MESSAGE, 0, "cem", "c"));
        assertThat(broken()).isEmpty();
        wrote(3, "dee", 1, 0, "d", Event.Result.APPLIED, entry(Entry.MESSAGE, 0, "dee", "d"));
        assertThat(broken()).contains(14);
    }

    // ---- 15 -------------------------------------------------------------------------------------------------------

    private void removed() {
        connected(0, "ann", false);
        events.add(new Event.Removed(2 * SECOND, "ann"));
        connected(4, "ann2", false);
        update(5, "ann2", 0, "x");
        log.clear();
        events.removeIf(Event.Wrote.class::isInstance);
    }

    @Test
    void whoComesBackAsSomebodyElseAfterARemovalIsRight() {
        removed();
        assertThat(broken()).isEmpty();
    }

    @Test
    void aRemovedSessionThatIsResumedIsSeen() {
        removed();
        connected(5, "ann", true);
        assertThat(broken()).containsExactly(15);
    }

    @Test
    void aRemovedSessionThatWritesIsSeen() {
        removed();
        applied(5, "ann", 0, "x", entry(Entry.MESSAGE, 0, "ann", "x"));
        assertThat(broken()).containsExactly(15);
    }

    @Test
    void aDeletedDocumentThatIsBackIsSeenUnlessTheStoreLostTheDeletion() {
        events.add(new Event.Back(SECOND, 7 * SECOND, "back"));
        assertThat(broken()).containsExactly(15);
        lost(0, 2, true);
        assertThat(broken()).isEmpty();
    }

    // ---- 16 -------------------------------------------------------------------------------------------------------

    @Test
    void whatIsBegunAfterAnAnswerAndComesBeforeItIsSeen() {
        long first = entry(Entry.MESSAGE, 0, "ann", "a");
        long second = entry(Entry.MESSAGE, 0, "ben", "b");
        applied(1, "ann", 0, "a", first);
        applied(2, "ben", 0, "b", second);
        assertThat(broken()).isEmpty();
        events.clear();
        applied(2, "ann", 0, "a", first);
        applied(1, "ben", 0, "b", second);
        assertThat(broken()).containsExactly(16);
    }

    @Test
    void whoJoinsAndIsNotToldWhatWasAnsweredBeforeIsSeen() {
        applied(1, "ann", 0, "a", entry(Entry.MESSAGE, 0, "ann", "a"));
        joined(2, "ben", 1, "log");
        assertThat(broken()).isEmpty();
        joined(3, "cem", 0, "log");
        assertThat(broken()).containsExactly(16);
    }

    @Test
    void whatIsAnsweredAgainWasBegunWhenItWasFirstTried() {
        wrote(1, "ann", 0, 0, "a", Event.Result.UNKNOWN, 0);
        long first = entry(Entry.MESSAGE, 0, "ann", "a");
        applied(2, "ben", 0, "b", entry(Entry.MESSAGE, 0, "ben", "b"));
        applied(3, "ann", 0, "a", first);
        assertThat(broken()).isEmpty();
    }
}
