package dev.baton.session;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * News of a session, published to the whole cluster at {@link #ADDRESS}. A hint that can be lost; the session's record
 * is what counts.
 *
 * @param session its public id
 * @param user its user's id
 * @param node the node it is or was connected to
 * @param state what it is now
 * @param cause why
 * @param documents what it takes part in
 * @param at when it happened, in milliseconds of cluster time; when offline: since when
 * @param generation which of its connections this is about
 * @param until when offline: the time at which it expires
 */
public record Liveness(
        String session,
        String user,
        String node,
        State state,
        String cause,
        List<String> documents,
        long at,
        long generation,
        long until) {

    /** Where it is published. */
    public static final String ADDRESS = "baton.liveness";

    /** What a session can be. */
    public enum State {
        ONLINE("online"),
        OFFLINE("offline"),
        GONE("gone");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The word in the news. */
        public String word() {
            return word;
        }

        static State of(String word) {
            for (State state : values()) {
                if (state.word.equals(word)) {
                    return state;
                }
            }
            throw new IllegalArgumentException("no such state: " + word);
        }
    }

    static Liveness of(SessionRecord record, State state, String cause, long now) {
        Optional<SessionRecord.Offline> offline =
                state == State.OFFLINE && record.link() instanceof SessionRecord.Offline link
                        ? Optional.of(link)
                        : Optional.empty();
        long at = offline.map(SessionRecord.Offline::since).orElse(now);
        long until = offline.map(SessionRecord.Offline::until).orElse(0L);
        Set<String> documents = record.documents().keySet();
        return new Liveness(
                record.id(),
                record.user().id(),
                record.node(),
                state,
                cause,
                documents.stream().sorted().toList(),
                at,
                record.generation(),
                until);
    }

    /** As it is published. */
    JsonObject toJson() {
        return new JsonObject()
                .put("session", session)
                .put("user", user)
                .put("node", node)
                .put("state", state.word)
                .put("cause", cause)
                .put("documents", new JsonArray(documents))
                .put("at", at)
                .put("generation", generation)
                .put("until", until);
    }

    /** What was published. */
    public static Liveness of(JsonObject json) {
        return new Liveness(
                json.getString("session"),
                json.getString("user"),
                json.getString("node"),
                State.of(json.getString("state")),
                json.getString("cause"),
                json.getJsonArray("documents").stream().map(String.class::cast).toList(),
                json.getLong("at"),
                json.getLong("generation", 0L),
                json.getLong("until", 0L));
    }
}
