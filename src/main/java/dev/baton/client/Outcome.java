package dev.baton.client;

import java.util.Optional;

/** What became of an update or a snapshot. */
public sealed interface Outcome {

    /** The document it was for. */
    String document();

    /** The operation's id; empty for a snapshot, which has none. */
    String id();

    /**
     * It is in the log, for good.
     *
     * @param seq its place; for a snapshot, the entry up to which it was taken
     */
    record Applied(String document, String id, long seq) implements Outcome {}

    /**
     * The pen is elsewhere: it was not stored, and is the caller's to keep.
     *
     * @param epoch the epoch now
     * @param holder who has the pen now
     */
    record Fenced(String document, String id, long epoch, Optional<Member> holder) implements Outcome {}
}
