package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.User;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * What nodes are told of a grant before its record says so is what the record then says, or older than what it says.
 */
class EarlyWordPropertyTest {
    private static final long EPOCH = 7;
    private static final Waiter ANN = waiter("ann");
    private static final Waiter BOB = waiter("bob");

    @Property(tries = 2_000)
    void isWhatTheRecordBecomesOrOlder(
            @ForAll("events") List<LockEvent> meanwhile, @ForAll @IntRange(min = 0, max = 3) int clock) {
        LockRecord decided = claiming();
        LockEvent.Claimed claimed = new LockEvent.Claimed(EPOCH + 1, "ann");
        long time = decided.revision() - 1 + clock; // a record that changes often is ahead of the clock

        LockRecord told = claimed.apply(decided, time);
        LockRecord record = decided;
        for (LockEvent event : meanwhile) {
            record = event.apply(record, time);
        }
        LockRecord after = claimed.apply(record, time);

        if (after.revision() == told.revision()) {
            assertThat(after).as("the same change").isEqualTo(told);
        } else {
            assertThat(after.revision()).as("a later change").isGreaterThan(told.revision());
        }
    }

    @Property(tries = 200)
    void comesTooLateForWhoHasHeardWhatCameOfIt(@ForAll("events") List<LockEvent> later) {
        LockRecord decided = claiming();
        LockEvent.Claimed claimed = new LockEvent.Claimed(EPOCH + 1, "ann");

        LockRecord record = claimed.apply(decided, decided.revision() + 1);
        for (LockEvent event : later) {
            record = event.apply(record, decided.revision() + 2);
        }
        LockRecord told = claimed.apply(decided, decided.revision() + 60_000); // by a node that stood still meanwhile

        assertThat(told.revision()).isLessThanOrEqualTo(record.revision());
    }

    @Provide
    Arbitrary<List<LockEvent>> events() {
        return Arbitraries.<LockEvent>of(
                        new LockEvent.Enter("n1"),
                        new LockEvent.Enter("n2"),
                        new LockEvent.Exit("n1"),
                        new LockEvent.Enqueue(waiter("eve")),
                        new LockEvent.Leave("ann", "left"),
                        new LockEvent.Leave("bob", "left"),
                        new LockEvent.Lost("ann", 1, new Presence.Away("closed", 0, 0, 60_000)),
                        new LockEvent.Claimed(EPOCH + 1, "ann"),
                        new LockEvent.Release("ann", EPOCH + 1, List.of()),
                        new LockEvent.Tick())
                .list()
                .ofMaxSize(4);
    }

    /** Bob's pen is about to be Ann's. */
    private static LockRecord claiming() {
        LockRecord record = LockRecord.EMPTY;
        for (LockEvent event : List.of(
                new LockEvent.Enter("n1"),
                new LockEvent.Loaded(EPOCH, List.of(BOB)),
                new LockEvent.Enqueue(ANN),
                new LockEvent.Release("bob", EPOCH, List.of(ANN)))) {
            record = event.apply(record, 1_000);
        }
        assertThat(record.lock().tenure()).isInstanceOf(Tenure.Claiming.class);
        return record;
    }

    private static Waiter waiter(String session) {
        return new Waiter(session, new User(session, session), "", 1_000, 1, Presence.HERE);
    }
}
