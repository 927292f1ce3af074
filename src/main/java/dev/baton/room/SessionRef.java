package dev.baton.room;

import dev.baton.protocol.User;

/**
 * A session as a room knows it.
 *
 * @param session its public id
 * @param user who is behind it
 * @param generation which of its connections this is
 * @param keep what the store keeps with a holder, by which its session is known again
 */
public record SessionRef(String session, User user, long generation, String keep) {
    /** Without what is kept. */
    @Override
    public String toString() {
        return "SessionRef[" + session + ", generation=" + generation + "]";
    }
}
