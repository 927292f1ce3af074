package dev.baton.rights;

import dev.baton.session.SessionRecord;
import java.util.Optional;

/** Compares what a lock believes of a session with the session's own record. Pure. */
final class Reconciliation {

    private Reconciliation() {}

    /**
     * What the lock must be told; empty when it knows.
     *
     * @param record the session's record, or null when there is none
     */
    static Optional<LockEvent> of(Waiter waiter, SessionRecord record, Reservations reservations, long now) {
        if (record == null) {
            return missing(waiter, reservations, now);
        }
        if (record.ended()) {
            return Optional.of(
                    new LockEvent.Leave(waiter.session(), record.lostBy().orElseThrow()));
        }
        if (record.link() instanceof SessionRecord.Offline offline) {
            boolean known = !waiter.online() && !EditLock.missed(waiter) && waiter.generation() >= record.generation();
            return known
                    ? Optional.empty()
                    : Optional.of(new LockEvent.Lost(
                            waiter.session(),
                            record.generation(),
                            reservations.away(offline.cause(), offline.since(), offline.until())));
        }
        boolean known = waiter.online() && waiter.generation() >= record.generation();
        return known ? Optional.empty() : Optional.of(new LockEvent.Connected(waiter.session(), record.generation()));
    }

    /**
     * Whether the lock takes a session for away whose record says that this very connection is there, or counts more
     * connections of it than there were, as after a split of which the other side's record was kept. Seen once, it may
     * be that the loss was noted just between the two looks; seen twice, the news of the loss was false.
     *
     * @param record the session's record, or null when there is none
     */
    static boolean contradicts(Waiter waiter, SessionRecord record) {
        return record != null
                && record.online()
                && (waiter.generation() > record.generation()
                        || (waiter.generation() == record.generation() && !waiter.online()));
    }

    /**
     * Whether the lock has a place for a session that takes no part in the document any more: the pen was given to it
     * while it left, or its leaving did not come through. Seen once, its record may just be put together again after a
     * loss.
     *
     * @param record the session's record, or null when there is none
     */
    static boolean outlived(String document, SessionRecord record) {
        return record != null && !record.ended() && !record.documents().containsKey(document);
    }

    /**
     * A session that nobody knows is given the time it would have had offline, counted from when it was first missed.
     */
    private static Optional<LockEvent> missing(Waiter waiter, Reservations reservations, long now) {
        if (waiter.presence() instanceof Presence.Away away) {
            return now >= away.expires()
                    ? Optional.of(new LockEvent.Expired(waiter.session(), waiter.generation()))
                    : Optional.empty();
        }
        return Optional.of(new LockEvent.Lost(waiter.session(), waiter.generation(), reservations.forgotten(now)));
    }
}
