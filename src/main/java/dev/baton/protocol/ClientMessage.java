package dev.baton.protocol;

import java.util.Optional;
import java.util.OptionalLong;

/** What a client can say, one record a type. Made by {@link MessageReader}, so every field is within its bounds. */
public sealed interface ClientMessage {

    /** The client's mark on a request, echoed in the answer. */
    Optional<Json> ref();

    /** A message that speaks of a document. */
    sealed interface OfDocument extends ClientMessage {
        /** The document's name, valid by {@link DocumentName}. */
        String document();
    }

    /** The first frame: who is there, or who is back. */
    record Hello(Optional<Json> ref, Optional<String> token, Optional<User> user, Optional<String> resume)
            implements ClientMessage {
        /** Without the token and the secret. */
        @Override
        public String toString() {
            return "Hello[user=" + user + ", token=" + token.isPresent() + ", resume=" + resume.isPresent() + "]";
        }
    }

    /** Take part in a document; {@code after} and {@code log} say what was seen of it before. */
    record Join(Optional<Json> ref, String document, Mode mode, OptionalLong after, Optional<String> log)
            implements OfDocument {}

    /** Take part no longer. */
    record Leave(Optional<Json> ref, String document) implements OfDocument {}

    /** Ask the holder for the pen. */
    record Request(Optional<Json> ref, String document) implements OfDocument {}

    /** The holder's answer to a request. */
    record Answer(Optional<Json> ref, String document, long epoch, String session, boolean accept)
            implements OfDocument {}

    /** Give the pen back, or to somebody. */
    record Release(Optional<Json> ref, String document, long epoch, Optional<String> to) implements OfDocument {}

    /** A moderator gives the pen to a session. */
    record HandOver(Optional<Json> ref, String document, String session) implements OfDocument {}

    /** A moderator ends a session. */
    record Remove(Optional<Json> ref, String document, String session) implements OfDocument {}

    /**
     * An edit under the lock's epoch.
     *
     * @param follows the id of the session's edit that has to be in the log before this one is
     */
    record Update(Optional<Json> ref, String document, long epoch, String id, Optional<String> follows, Json data)
            implements OfDocument {
        /** One that follows nothing. */
        public Update(Optional<Json> ref, String document, long epoch, String id, Json data) {
            this(ref, document, epoch, id, Optional.empty(), data);
        }
    }

    /** The whole content as of {@code seq}. */
    record Snapshot(Optional<Json> ref, String document, long epoch, long seq, Json data) implements OfDocument {}

    /** What can come in parts. */
    enum Divided {
        UPDATE("update"),
        SNAPSHOT("snapshot");

        private final String word;

        Divided(String word) {
            this.word = word;
        }

        /** The type on the wire. */
        public String word() {
            return word;
        }
    }

    /**
     * One part of an update or a snapshot whose data does not fit into a message. A series of parts is known by
     * everything here but {@code ref}, {@code part} and {@code data}.
     *
     * @param id the operation id of an update; empty for a snapshot
     * @param seq of a snapshot; 0 for an update
     * @param part from 1 to {@code parts}
     * @param parts how many there are
     * @param data a piece of the data's text
     */
    record Part(
            Optional<Json> ref,
            String document,
            Divided kind,
            long epoch,
            String id,
            long seq,
            int part,
            int parts,
            String data)
            implements OfDocument {

        /** Whether that one belongs to the same series. */
        public boolean follows(Part other) {
            return kind == other.kind
                    && document.equals(other.document)
                    && epoch == other.epoch
                    && id.equals(other.id)
                    && seq == other.seq
                    && parts == other.parts;
        }

        /** Names the series, for the client that sent it. */
        public String series() {
            return kind == Divided.UPDATE ? "update '" + id + "'" : "snapshot of seq " + seq;
        }

        /** The message that the parts are, with the data put together. */
        public OfDocument whole(Json all) {
            return kind == Divided.UPDATE
                    ? new Update(ref, document, epoch, id, all)
                    : new Snapshot(ref, document, epoch, seq, all);
        }

        /** Without the data. */
        @Override
        public String toString() {
            return "Part[" + document + ", " + kind + " " + part + " of " + parts + "]";
        }
    }

    /** A message to all, kept in the log. */
    record Say(Optional<Json> ref, String document, String id, Json data) implements OfDocument {}

    /** A cursor or the like, of which the latest counts; {@code keep}: those who come later are told it, too. */
    record Signal(Optional<Json> ref, String document, Json data, boolean keep) implements OfDocument {}

    /** The session ends: it will not be resumed. */
    record Bye(Optional<Json> ref) implements ClientMessage {}

    /** Are you there? */
    record Ping(Optional<Json> ref) implements ClientMessage {}
}
