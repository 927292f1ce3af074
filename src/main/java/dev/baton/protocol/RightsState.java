package dev.baton.protocol;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who holds the pen of a document, as told to its members.
 *
 * @param document the document
 * @param epoch the fencing token now
 * @param holder who has the pen, online or away
 * @param until while the holder is away, how long the pen stays reserved, in milliseconds from now
 * @param queue all sessions in line, in order
 * @param cause what moved the pen last
 */
public record RightsState(
        String document, long epoch, Optional<Member> holder, OptionalLong until, List<String> queue, String cause) {

    /** How many of those who wait are named to the members. */
    public static final int SHOWN = 50;

    /** What one member is to the pen. */
    public enum Place {
        HOLDER("holder"),
        QUEUED("queued"),
        VIEWER("viewer");

        private final String word;

        Place(String word) {
            this.word = word;
        }

        /** The word on the wire. */
        public String word() {
            return word;
        }
    }

    /** {@code held}, {@code reserved} or {@code free}. */
    public String state() {
        if (holder.isEmpty()) {
            return "free";
        }
        return holder.get().online() ? "held" : "reserved";
    }

    /** Those who wait, as they are named to the members: the first {@link #SHOWN}. */
    public List<String> shown() {
        return queue.size() <= SHOWN ? queue : queue.subList(0, SHOWN);
    }

    /** The place of a session among those who wait, 1 for the next one; 0 when it does not wait. */
    public int positionOf(String session) {
        return queue.indexOf(session) + 1;
    }

    /** What the given session is to the pen. */
    public Place placeOf(String session) {
        if (holder.isPresent() && holder.get().session().equals(session)) {
            return Place.HOLDER;
        }
        return queue.contains(session) ? Place.QUEUED : Place.VIEWER;
    }
}
