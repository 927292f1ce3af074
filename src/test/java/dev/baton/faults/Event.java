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

    /**
     * It asked to take part, at {@code at}, and does since {@code end}, or was told why not; or was told at once,
     * without having asked, where it takes part when the store went back.
     *
     * @param seq the head that it was told; 0 if it does not take part
     * @param log the log's id; empty if it does not take part
     * @param answer {@link #ANSWERED}, {@link #TOLD}, or why not
     */
    record Joined(
            long at,
            long end,
            String actor,
            String session,
            int node,
            String document,
            long seq,
            boolean recovered,
            String log,
            String answer)
            implements Event {
        static final String ANSWERED = "answered";
        static final String TOLD = "told";
    }

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

    /** It wrote, and this came of it. A message is written under epoch 0. */
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
     * It asked to give the pen of that epoch back, and was answered, or was not: then it may have been done, at once or
     * later, and it may not.
     */
    record GaveBack(
            long at, long end, String actor, String session, int node, String document, long epoch, boolean answered)
            implements Event {}

    /** A moderator removed that session, and was told so. */
    record Removed(long at, String session) implements Event {}

    /**
     * A document that was deleted at {@code at} is there again, as somebody saw at {@code seen}; which is wrong unless the
     * store lost the deletion.
     */
    record Back(long at, long seen, String words) implements Event {}

    /**
     * The store went back. What was acknowledged between {@code at} and {@code end}, under epochs up to that
     * incarnation, may be gone: nothing else, and nothing at all if it did not lose anything.
     */
    record Loss(long at, long end, long incarnation, boolean loses) implements Event {

        /** Whether what was acknowledged at that time, under that epoch, may be gone. */
        boolean excuses(long acknowledged, long epoch) {
            return loses && acknowledged >= at && acknowledged <= end && epoch <= incarnation;
        }
    }

    /**
     * Nodes of a cluster did not see each other from their start on, until {@code end}; each is a cluster of its own.
     */
    record Apart(long at, long end) implements Event {}

    /** Somebody did harm, until {@code end}. */
    record Harm(long at, long end, String kind, List<Integer> nodes, String what) implements Event {}
}
