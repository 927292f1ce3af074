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

    /** An edit under the pen's epoch. */
    record Update(Optional<Json> ref, String document, long epoch, String id, Json data) implements OfDocument {}

    /** The whole content as of {@code seq}. */
    record Snapshot(Optional<Json> ref, String document, long epoch, long seq, Json data) implements OfDocument {}

    /** A message to all, kept in the log. */
    record Say(Optional<Json> ref, String document, String id, Json data) implements OfDocument {}

    /** A cursor or the like: not kept, the latest wins. */
    record Signal(Optional<Json> ref, String document, Json data) implements OfDocument {}

    /** The session ends: it will not be resumed. */
    record Bye(Optional<Json> ref) implements ClientMessage {}

    /** Are you there? */
    record Ping(Optional<Json> ref) implements ClientMessage {}
}
