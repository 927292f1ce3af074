package dev.baton.log;

import java.util.Optional;

/**
 * The connection that a write came on.
 *
 * @param session whose
 * @param generation which of the session's connections, counted from 1
 * @param follows the id of the session's operation in the same document that has to be in the log before this one is
 *     written
 */
public record Sender(String session, long generation, Optional<String> follows) {

    /** Of a write that follows nothing. */
    public Sender(String session, long generation) {
        this(session, generation, Optional.empty());
    }

    /** A session on whose behalf a node acts: whichever connection it has, as long as it was not removed. */
    static Sender onBehalfOf(String session) {
        return new Sender(session, Long.MAX_VALUE - 1);
    }
}
