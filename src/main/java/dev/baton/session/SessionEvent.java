package dev.baton.session;

import dev.baton.auth.Roles;
import java.io.Serializable;
import java.util.Optional;

/** One thing that can happen to a session's record; travels to the member that owns the session's partition. Pure. */
sealed interface SessionEvent extends Serializable {

    /** Whether this happens to the record as it stands. News of an earlier connection does not. */
    boolean applies(SessionRecord record, long now);

    /** The record after this; called only if it applies. */
    SessionRecord apply(SessionRecord record, long now);

    /** Whether the record is gone after this. */
    default boolean ends() {
        return false;
    }

    /** The record that this begins with where there is none; empty for what happens to a record alone. */
    default Optional<SessionRecord> begins() {
        return Optional.empty();
    }

    /** The store knows of a session that the cluster has forgotten. Where somebody else was faster, nothing. */
    record Adopt(SessionRecord record) implements SessionEvent {
        @Override
        public boolean applies(SessionRecord there, long now) {
            return false;
        }

        @Override
        public SessionRecord apply(SessionRecord there, long now) {
            return there;
        }

        @Override
        public Optional<SessionRecord> begins() {
            return Optional.of(record);
        }
    }

    /** A session is connected, and its record was lost with its members, or is that of an earlier connection. */
    record Restore(SessionRecord record) implements SessionEvent {
        @Override
        public boolean applies(SessionRecord there, long now) {
            return there.generation() < record.generation() && !there.ended();
        }

        @Override
        public SessionRecord apply(SessionRecord there, long now) {
            return record;
        }

        @Override
        public Optional<SessionRecord> begins() {
            return Optional.of(record);
        }
    }

    /** Somebody with those roles shows the secret on a node. */
    record Resume(String hash, String user, String node, Roles roles, long attempt) implements SessionEvent {

        /** Stands for whoever the session belongs to. */
        static final String ANY_USER = "";

        @Override
        public boolean applies(SessionRecord record, long now) {
            boolean expired = record.link() instanceof SessionRecord.Offline offline && now >= offline.until();
            boolean same = user.equals(ANY_USER) || user.equals(record.user().id());
            boolean again = record.attempts().contains(attempt) && !record.takenUpBy(attempt);
            return ResumeSecret.matches(hash, record.secretHash()) && same && !expired && !record.ended() && !again;
        }

        /** The same attempt once more changes nothing: else the session would be on a connection that nobody has. */
        @Override
        public SessionRecord apply(SessionRecord record, long now) {
            return record.takenUpBy(attempt) ? record : record.connectedTo(node, roles, attempt);
        }

        @Override
        public String toString() {
            return "Resume[" + node + "]";
        }
    }

    /** The connection of that generation was lost, at {@code since}; it can be resumed for {@code expiry} from now. */
    record Lose(long generation, String cause, long since, long expiry) implements SessionEvent {
        @Override
        public boolean applies(SessionRecord record, long now) {
            return record.online() && record.generation() == generation;
        }

        @Override
        public SessionRecord apply(SessionRecord record, long now) {
            return record.with(new SessionRecord.Offline(cause, since, now + expiry));
        }
    }

    /** The session takes part in a document, or in another mode. */
    record Enter(long generation, String document, Standing standing) implements SessionEvent {
        @Override
        public boolean applies(SessionRecord record, long now) {
            return record.generation() == generation && !record.ended();
        }

        @Override
        public SessionRecord apply(SessionRecord record, long now) {
            return record.in(document, standing);
        }
    }

    /** The session takes part in a document no longer. */
    record Exit(long generation, String document) implements SessionEvent {
        @Override
        public boolean applies(SessionRecord record, long now) {
            return record.generation() == generation && record.documents().containsKey(document);
        }

        @Override
        public SessionRecord apply(SessionRecord record, long now) {
            return record.notIn(document);
        }
    }

    /** The user on that connection has other roles now. */
    record Authorize(long generation, Roles roles) implements SessionEvent {
        @Override
        public boolean applies(SessionRecord record, long now) {
            return record.generation() == generation && !record.ended();
        }

        @Override
        public SessionRecord apply(SessionRecord record, long now) {
            return record.with(roles);
        }
    }

    /** The client on that connection ends it; its record lingers, as after {@link Remove}. */
    record Leave(long generation, long lingers) implements SessionEvent {
        @Override
        public boolean applies(SessionRecord record, long now) {
            return record.generation() == generation && !record.ended();
        }

        @Override
        public SessionRecord apply(SessionRecord record, long now) {
            return record.with(new SessionRecord.Offline(SessionRecord.LEFT, now, now + lingers));
        }
    }

    /** Somebody ends it; its record lingers for a while, for those who would otherwise put it back. */
    record Remove(long lingers) implements SessionEvent {
        @Override
        public boolean applies(SessionRecord record, long now) {
            return !record.ended();
        }

        @Override
        public SessionRecord apply(SessionRecord record, long now) {
            return record.with(new SessionRecord.Offline(SessionRecord.REMOVED, now, now + lingers));
        }
    }

    /** Nobody came back in time. */
    record Expire() implements SessionEvent {
        @Override
        public boolean applies(SessionRecord record, long now) {
            return record.link() instanceof SessionRecord.Offline offline && now >= offline.until();
        }

        @Override
        public SessionRecord apply(SessionRecord record, long now) {
            return record;
        }

        @Override
        public boolean ends() {
            return true;
        }
    }
}
