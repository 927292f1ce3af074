package dev.baton.rights;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** One thing that can happen to a document's record; travels to the member that owns the document's partition. */
public sealed interface LockEvent extends Serializable {

    /** The record after this, at {@code now} in milliseconds of cluster time. Pure, and harmless when it runs twice. */
    LockRecord apply(LockRecord record, long now);

    /** Whether it can happen once in an epoch and ends it or begins it, so that it does nothing when it comes again, however late. */
    default boolean isOnceAnEpoch() {
        return false;
    }

    /**
     * Whether it is meant for a holder. Where the pen is on its way, its next holder may have been told so already, and others of it:
     * the event has to wait until the record says so too.
     */
    default boolean isForHolder() {
        return false;
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
        public boolean isForHolder() {
            return true;
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
        public boolean isForHolder() {
            return true;
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
     * {@link EditLock#claimed}. The record that it was decided upon becomes, whenever that is, the one that {@link #told} the nodes;
     * a record that has changed meanwhile becomes a later one.
     *
     * @param upon the revision of the record that the claim was decided upon
     */
    record Claimed(long epoch, String session, long upon) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.claimed(epoch, session, now);
        }

        @Override
        public LockRecord apply(LockRecord record, long now) {
            return record.revision() == upon ? told(record, now) : OfLock.super.apply(record, now);
        }

        /**
         * The record of that grant as nodes may be told of it before it is there, as the store has it. Its revision is the first after
         * that of {@code decided}, whatever the time: so whoever has heard of anything that came of it keeps that.
         */
        LockRecord told(LockRecord decided, long now) {
            return decided.following(apply(decided.lock(), now));
        }

        @Override
        public boolean isOnceAnEpoch() {
            return true;
        }
    }

    /** {@link EditLock#refused}. */
    record Refused(String session) implements OfLock {
        @Override
        public EditLock apply(EditLock lock, long now) {
            return lock.refused(session, now);
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
