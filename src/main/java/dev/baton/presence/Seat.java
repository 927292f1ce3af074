package dev.baton.presence;

import dev.baton.protocol.Member;
import java.io.Serializable;

/**
 * A member, on the node that its session is or was last connected to.
 *
 * @param member as shown to others
 * @param generation how often its session has been connected: of two seats of one session the higher one counts
 */
public record Seat(Member member, long generation) implements Serializable {

    String session() {
        return member.session();
    }

    /** Whether it is the same but for the signal that is kept. */
    public boolean isLike(Seat other) {
        return generation == other.generation && member.keeping("").equals(other.member.keeping(""));
    }

    /** Whether this one counts, of two seats of one session on two nodes. */
    public boolean outranks(Seat other) {
        return generation != other.generation
                ? generation > other.generation
                : member.online() && !other.member.online();
    }
}
