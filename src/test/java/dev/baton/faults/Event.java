package dev.baton.faults;

import dev.baton.client.Rights;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One thing that somebody saw from outside. Times as {@link System#nanoTime()} counts. */
sealed interface Event {
    /** When, or when it was begun. */
    long at();

    /** The same by the machine's clock, to find it in the nodes' logs. */
    default Instant time() {
        return Instant.now().minusNanos(System.nanoTime() - at());
    }

    /** An actor's session is on a node from now on. */
    record Connected(long at, String actor, String session, int node, boolean resumed) implements Event {}

    /** Its connection is over. */
    record Closed(long at, String actor, String session, int node, int code) implements Event {}

    /** It asked to take part, and does, or was told why not. */
    record Joined(long at, String actor, String session, int node, String document, String answer) implements Event {}

    /** It was told where a pen is. */
    record Told(
            long at,
            String actor,
            String session,
            int node,
            String document,
            long epoch,
            Rights.Place you,
            Optional<String> holder,
            List<String> queue)
            implements Event {}

    /** It wrote, and this came of it. */
    record Wrote(
            long at,
            long end,
            String actor,
            String session,
            int node,
            String document,
            long epoch,
            String id,
            Result result,
            long number,
            Optional<String> holder)
            implements Event {}

    /** What came of a write; the number beside it is the seq, or the epoch that fenced it, which that holder has. */
    enum Result {
        APPLIED,
        FENCED,
        /** The node said that it was not done. */
        REFUSED,
        /** Nobody said anything, or that it could not be known. */
        UNKNOWN
    }

    /**
     * It asked to give the pen of that epoch back, and was answered, or was not: then it may have been done, at once or later, and it may
     * not.
     */
    record GaveBack(
            long at, long end, String actor, String session, int node, String document, long epoch, boolean answered)
            implements Event {}

    /** Somebody did harm, until {@code end}. */
    record Harm(long at, long end, String kind, List<Integer> nodes, String what) implements Event {}
}
