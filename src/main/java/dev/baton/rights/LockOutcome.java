package dev.baton.rights;

import java.io.Serializable;

/**
 * What an event came to.
 *
 * @param before the record that the event met
 * @param after the record it left; the same value when the event did not apply
 * @param settled the record when all that followed was done; at first, the one it left
 */
public record LockOutcome(LockRecord before, LockRecord after, LockRecord settled) implements Serializable {

    LockOutcome(LockRecord before, LockRecord after) {
        this(before, after, after);
    }

    LockOutcome settledAs(LockRecord end) {
        return new LockOutcome(before, after, end);
    }

    /** Whether the event changed anything. */
    public boolean applied() {
        return after.revision() != before.revision();
    }

    /** Whether this very event took the holder away, which is that session. */
    boolean bereft(String session) {
        return here(before, session) && !here(after, session);
    }

    private static boolean here(LockRecord record, String holder) {
        return record.lock()
                .holder()
                .filter(Waiter::online)
                .filter(waiter -> waiter.is(holder))
                .isPresent();
    }

    /** Whether this very event completed a hand-over. */
    boolean granted() {
        return after.lock().tenure() instanceof Tenure.Held
                && after.lock().epoch() > before.lock().epoch();
    }

    /**
     * Whether the pen is held since that moment, and the event changed nothing: so it is when an event of that moment
     * that gave it comes again, as where the copy of a record was dropped on its way, and the first answer is late.
     */
    boolean heldSince(long moment) {
        return !applied() && after.lock().tenure() instanceof Tenure.Held held && held.granted() == moment;
    }
}
