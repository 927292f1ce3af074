package dev.baton.log;

/**
 * The connection that a write came on.
 *
 * @param session whose
 * @param generation which of the session's connections, counted from 1
 */
public record Sender(String session, long generation) {

    /** A session on whose behalf a node acts: whichever connection it has, as long as it was not removed. */
    static Sender onBehalfOf(String session) {
        return new Sender(session, Long.MAX_VALUE - 1);
    }
}
