package dev.baton.room;

import dev.baton.auth.Roles;
import dev.baton.protocol.User;

/**
 * A session as a room knows it.
 *
 * @param session its public id
 * @param user who is behind it
 * @param generation which of its connections this is
 * @param keep what the store keeps with a holder, by which its session is known again
 * @param roles what its user may do where
 */
public record SessionRef(String session, User user, long generation, String keep, Roles roles) {
    /** The same with other roles. */
    public SessionRef with(Roles other) {
        return new SessionRef(session, user, generation, keep, other);
    }

    /** Without what is kept. */
    @Override
    public String toString() {
        return "SessionRef[" + session + ", generation=" + generation + "]";
    }
}
