package dev.baton.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Who holds the pen of a document.
 *
 * @param document the document
 * @param epoch the fencing token; goes with every update and snapshot
 * @param holder who has the pen, online or away
 * @param state what the pen is now
 * @param untilMillis while it is reserved, for how many milliseconds from when this was sent
 * @param queue sessions in line, in order; of many only the first 50
 * @param waiting how many are in line in all
 * @param position this session's own place in line, 1 for the next one; empty when it does not wait
 * @param you what this session is to the pen
 * @param cause what moved the pen last, in the node's word; empty when it did not say
 */
public record Rights(
        String document,
        long epoch,
        Optional<Member> holder,
        State state,
        OptionalLong untilMillis,
        List<String> queue,
        int waiting,
        OptionalInt position,
        Place you,
        String cause) {

    /** What the pen can be. */
    public enum State {
        /** Somebody online has it. */
        HELD,
        /** Its holder is away, and has until {@link Rights#untilMillis()} to come back. */
        RESERVED,
        /** Nobody has it. */
        FREE
    }

    /** What a session can be to the pen. */
    public enum Place {
        HOLDER,
        QUEUED,
        VIEWER
    }
}
