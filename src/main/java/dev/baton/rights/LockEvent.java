package dev.baton.rights;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** One thing that can happen to a document's record; travels to the member that owns the document's partition. */
public sealed interface LockEvent extends Serializable {

    /** The record after this, at {@code now} in milliseconds of cluster time. Pure, and harmless when it runs twice. */
    LockRecord apply(LockRecord record, long now);

    /**
     * Whether it can happen once in an epoch and ends it or begins it, so that it does nothing when it comes again,
     * however late.
     */
    default boolean isOnceAnEpoch() {
        return false;
    }

    /**
     * What is left to be done of this, when it met a lock whose next holder was told so before the lock was: once that
     * has heard of the grant too. Empty when it did not come too early.
     *
     * @param met the lock that this was applied to
     * @param later how many milliseconds ago that was
     */
    default Optional<LockEvent> afterGrant(EditLock met, long later) {
        return Optional.empty();
    }

    /** An event that concerns the lock alone. */
    sealed interface OfLock extends LockEvent {
        /** The lock after this. */
        EditLock apply(EditLock lock, long now);

        @Override
        default LockRecord apply(LockRecord record, long now) {
            return record.next(apply(record.lock(), now), record.audience(), now);
        }
    }

    /** A node has members of the document and wants to hear of its lock. */
    record Enter(String node) implements LockEvent {
        @Override
        public LockRecord apply(LockRecord record, long now) {
            return record.next(record.lock(), LockRecord.with(record.audience(), node), now);
        }
    }

    /** A node has members no longer, or is lost. */
    record Exit(String node) implements LockEvent {
        @Override
        public LockRecord apply(LockRecord record, long now) {
            return record.next(record.lock(), LockRecord.without(record.audience(), node), now);
        }
    }

    /** {@link EditLock#loaded}; {@code holder} has at most one element. */
    record Loaded(long epoch, List<Waiter> holder) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.loaded(epoch, holder.stream().findFirst(), now);
        }
    }

    /** {@link EditLock#enqueue}. */
    record Enqueue(Waiter waiter) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.enqueue(waiter, now);
        }
    }

    /** {@link EditLock#leave}. */
    record Leave(String session, String cause) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.leave(session, cause, now);
        }
    }

    /** {@link EditLock#expired}. */
    record Expired(String session, long generation) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.expired(session, generation, now);
        }
    }

    /** {@link EditLock#lost}. */
    record Lost(String session, long generation, Presence.Away away) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.lost(session, generation, away, now);
        }
    }

    /** {@link EditLock#connected}. */
    record Connected(String session, long generation) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.connected(session, generation, now);
        }
    }

    /** Stands in line, if not there yet, and asks the holder: {@link EditLock#ask}. */
    record Request(Waiter waiter, long until) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.enqueue(waiter, now).ask(new Ask(waiter.session(), now, until), now);
        }

        @Override
        public Optional<LockEvent> afterGrant(EditLock met, long later) {
            return met.tenure() instanceof Tenure.Claiming
                    ? Optional.of(new Asks(waiter.session(), until + later))
                    : Optional.empty();
        }
    }

    /** Asks the holder, if it stands in line: {@link EditLock#ask}. */
    record Asks(String session, long until) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.ask(new Ask(session, now, until), now);
        }
    }

    /** {@link EditLock#answer}. */
    record Answer(String session, long epoch, String asker, boolean accept) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.answer(session, epoch, asker, accept, now);
        }
    }

    /** {@link EditLock#release}; {@code to} has at most one element. */
    record Release(String session, long epoch, List<Waiter> to) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.release(session, epoch, to.stream().findFirst(), now);
        }

        @Override
        public Optional<LockEvent> afterGrant(EditLock met, long later) {
            return met.pending() && epoch > met.epoch() ? Optional.of(this) : Optional.empty();
        }

        @Override
        public boolean isOnceAnEpoch() {
            return true;
        }
    }

    /** {@link EditLock#give}. */
    record Give(Waiter to, String cause) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.give(to, cause, now);
        }
    }

    /**
     * {@link EditLock#claimed}. The revision is the next, however much later this is: so it is the same as that of what
     * nodes were told as soon as the store had the grant, unless the record has changed meanwhile; then it is a later
     * one.
     */
    record Claimed(long epoch, String session) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.claimed(epoch, session, now);
        }

        @Override
        public LockRecord apply(LockRecord record, long now) {
            return record.following(apply(record.lock(), now));
        }

        @Override
        public boolean isOnceAnEpoch() {
            return true;
        }
    }

    /** {@link EditLock#refused}. */
    record Refused(String session, boolean removed) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.refused(session, removed, now);
        }
    }

    /** {@link EditLock#vacated}. */
    record Vacated(long epoch, boolean current) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.vacated(epoch, current, now);
        }
    }

    /** {@link EditLock#confirmed}. */
    record Confirmed(String session, long seen, long generation) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.confirmed(session, seen, generation, now);
        }
    }

    /**
     * {@link EditLock#outdated}.
     *
     * @param holder the session, or {@link Move#NOBODY}
     */
    record Outdated(long epoch, String holder) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.outdated(epoch, Optional.of(holder).filter(session -> !session.equals(Move.NOBODY)), now);
        }
    }

    /** {@link EditLock#tick}. */
    record Tick() implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.tick(now);
        }
    }
}
