package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.auth.Roles;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import dev.baton.session.SessionRecord;
import dev.baton.session.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a lock missed of a session it learns from the session's record; what it knows it is not told again. */
class ReconciliationTest {
    private static final Reservations RESERVATIONS =
            new Reservations(Duration.ofSeconds(3), Duration.ZERO, Duration.ofSeconds(4), Duration.ofMinutes(2));
    private static final User ANN = new User("ann", "Ann");
    private static final Presence.Away CLOSED = new Presence.Away("closed", 1_000, 4_000, 121_000);

    @Test
    void whatIsKnownIsNotTold() {
        assertThat(told(waiter(2, Presence.HERE), online(2), 5_000)).isEmpty();
        assertThat(told(waiter(2, CLOSED), offline(2), 5_000)).isEmpty();
    }

    @Test
    void aLossThatWasMissedIsToldWithTheTimesOfTheLoss() {
        assertThat(told(waiter(2, Presence.HERE), offline(2), 5_000)).contains(new LockEvent.Lost("s", 2, CLOSED));
    }

    @Test
    void anEndByAModeratorThatWasMissedIsToldAsALeave() {
        SessionRecord removed = new SessionRecord(
                "s",
                ANN,
                "hash",
                "n",
                2,
                new SessionRecord.Offline(SessionRecord.REMOVED, 1_000, 11_000),
                Map.of(),
                Roles.EDIT_ALL);
        assertThat(told(waiter(2, Presence.HERE), removed, 5_000)).contains(new LockEvent.Leave("s", "removed"));
        assertThat(told(waiter(2, CLOSED), removed, 5_000)).contains(new LockEvent.Leave("s", "removed"));
    }

    @Test
    void whoTakesNoPartInTheDocumentAnyMoreHasOutlivedItsPlace() {
        SessionRecord in = new SessionRecord(
                "s",
                ANN,
                "hash",
                "n",
                2,
                new SessionRecord.Online(),
                Map.of("d", new Standing(Mode.EDIT, 1)),
                Roles.EDIT_ALL);
        assertThat(Reconciliation.outlived("d", in)).isFalse();
        assertThat(Reconciliation.outlived("another", in)).isTrue();
        assertThat(Reconciliation.outlived("d", offline(2))).isTrue();
        assertThat(Reconciliation.outlived("d", null))
                .as("may be lost, and put back")
                .isFalse();
    }

    @Test
    void aReturnThatWasMissedIsTold() {
        assertThat(told(waiter(2, CLOSED), online(3), 5_000)).contains(new LockEvent.Connected("s", 3));
    }

    @Test
    void aReturnAndALossThatWereMissedAreToldAsTheLaterLoss() {
        assertThat(told(waiter(2, CLOSED), offline(3), 5_000)).contains(new LockEvent.Lost("s", 3, CLOSED));
    }

    @Test
    void aLaterConnectionIsToldToWhoThinksOfAnEarlierOne() {
        assertThat(told(waiter(2, Presence.HERE), online(3), 5_000)).contains(new LockEvent.Connected("s", 3));
    }

    @Test
    void oldNewsOfTheRecordChangeNoLock() {
        // The lock heard of the third connection's loss before the record's copy here did.
        EditLock lock = held(waiter(3, CLOSED));
        EditLock after = told(waiter(3, CLOSED), online(2), 5_000)
                .map(event -> ((LockEvent.OfLock) event).apply(lock, 5_000))
                .orElse(lock);
        assertThat(after).isEqualTo(lock);
    }

    @Test
    void aRecordThatStaysBehindTheLockIsRight() {
        // The lock and the record are of two sides of a split, or the news of a loss was false.
        assertThat(Reconciliation.contradicts(waiter(3, CLOSED), online(2))).isTrue();
        assertThat(Reconciliation.contradicts(waiter(3, Presence.HERE), online(2)))
                .isTrue();
        assertThat(Reconciliation.contradicts(waiter(2, CLOSED), online(2))).isTrue();
        for (Waiter known : List.of(waiter(3, CLOSED), waiter(3, Presence.HERE))) {
            EditLock lock = held(known);
            EditLock after = new LockEvent.Confirmed("s", 3, 2).apply(lock, 2_000);
            assertThat(after.holder()).contains(waiter(2, Presence.HERE));
            assertThat(new LockEvent.Confirmed("s", 2, 2).apply(lock, 2_000))
                    .as("there is news since it was found out")
                    .isEqualTo(lock);
        }
    }

    @Test
    void aRecordThatSaysTheSameOrIsAheadContradictsNothing() {
        assertThat(Reconciliation.contradicts(waiter(2, Presence.HERE), online(2)))
                .isFalse();
        assertThat(Reconciliation.contradicts(waiter(2, CLOSED), online(3))).isFalse();
        assertThat(Reconciliation.contradicts(waiter(2, CLOSED), offline(2))).isFalse();
        assertThat(Reconciliation.contradicts(waiter(3, CLOSED), offline(2))).isFalse();
        assertThat(Reconciliation.contradicts(waiter(3, CLOSED), null)).isFalse();
    }

    @Test
    void aSessionWithoutARecordIsAwayFromWhenItWasFirstMissed() {
        LockEvent.Lost missed = new LockEvent.Lost("s", 2, RESERVATIONS.forgotten(5_000));
        assertThat(told(waiter(2, Presence.HERE), null, 5_000)).contains(missed);
        Waiter missing = waiter(2, missed.away());
        assertThat(told(missing, null, 6_000)).isEmpty();
        assertThat(told(missing, null, 124_999)).isEmpty();
        assertThat(told(missing, null, 125_000)).contains(new LockEvent.Expired("s", 2));
    }

    @Test
    void aSessionThatWasMissedAndIsFoundAgainIsHere() {
        Waiter missing = waiter(2, RESERVATIONS.forgotten(5_000));
        EditLock lock = held(missing);
        LockEvent found = told(missing, online(2), 6_000).orElseThrow();
        EditLock after = ((LockEvent.OfLock) found).apply(lock, 6_000);
        assertThat(after.holder().map(Waiter::online)).contains(true);
    }

    @Test
    void aSessionThatWasMissedAndIsFoundLostIsAwayFromItsLossAndNotFromWhenItWasMissed() {
        Waiter missing = waiter(2, RESERVATIONS.forgotten(5_000));
        LockEvent found = told(missing, offline(2), 6_000).orElseThrow();
        EditLock after = ((LockEvent.OfLock) found).apply(held(missing), 6_000);
        assertThat(after.holder().map(Waiter::presence)).contains(CLOSED);
        assertThat(told(after.holder().orElseThrow(), offline(2), 6_000)).isEmpty();
    }

    @Test
    void whateverIsToldTwiceChangesNothingTheSecondTime() {
        for (Waiter waiter : List.of(waiter(2, Presence.HERE), waiter(2, CLOSED), waiter(1, Presence.HERE))) {
            for (SessionRecord record : List.of(online(2), offline(2), online(3), offline(3))) {
                EditLock once = tell(held(waiter), record);
                assertThat(tell(once, record)).isEqualTo(once);
            }
        }
    }

    private static EditLock tell(EditLock lock, SessionRecord record) {
        return told(lock.holder().orElseThrow(), record, 2_000)
                .map(event -> ((LockEvent.OfLock) event).apply(lock, 2_000))
                .orElse(lock);
    }

    private static Optional<LockEvent> told(Waiter waiter, SessionRecord record, long now) {
        return Reconciliation.of(waiter, record, RESERVATIONS, now);
    }

    private static EditLock held(Waiter holder) {
        return EditLock.UNLOADED.loaded(1, Optional.of(holder), 1_000);
    }

    private static Waiter waiter(long generation, Presence presence) {
        return new Waiter("s", ANN, "keep", 0, generation, presence);
    }

    private static SessionRecord online(long generation) {
        return record(generation, new SessionRecord.Online());
    }

    private static SessionRecord offline(long generation) {
        return record(generation, new SessionRecord.Offline("closed", 1_000, 121_000));
    }

    private static SessionRecord record(long generation, SessionRecord.Link link) {
        return new SessionRecord("s", ANN, "hash", "n", generation, link, Map.of(), Roles.EDIT_ALL);
    }
}
