package dev.baton.rights;

import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import java.io.Serializable;

/**
 * A session that stands in line for a pen, or holds it.
 *
 * @param session its public id
 * @param user who is behind it
 * @param keep opaque text that the store keeps with the holder, by which its session is known again after a loss
 * @param since when it stood in line, in milliseconds of cluster time
 * @param generation of its session's connection; it rises with each, and news of an earlier one is old news
 * @param presence whether it is there
 */
public record Waiter(String session, User user, String keep, long since, long generation, Presence presence)
        implements Serializable {

    /** Whether it is connected. */
    public boolean online() {
        return presence instanceof Presence.Here;
    }

    /** This waiter as a member of the document. */
    public Member asMember() {
        return new Member(session, user, Mode.EDIT, since, online());
    }

    Waiter with(long newGeneration, Presence newPresence) {
        return new Waiter(session, user, keep, since, newGeneration, newPresence);
    }

    boolean is(String other) {
        return session.equals(other);
    }

    /** Without what is kept. */
    @Override
    public String toString() {
        return "Waiter[" + session + ", generation=" + generation + ", " + presence + "]";
    }
}
