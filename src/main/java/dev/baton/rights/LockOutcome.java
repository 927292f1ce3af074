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

    /**
     * Whether this very event, of that moment, completed a hand-over. It says so again when it comes again: where the copy of a record was
     * dropped on its way, the first answer is late.
     */
    boolean granted(long moment) {
        return after.lock().tenure() instanceof Tenure.Held held
                && (after.lock().epoch() > before.lock().epoch() || (!applied() && held.granted() == moment));
    }
}
