package dev.baton.log;

import java.util.Optional;

/** What became of an {@link Append}. */
public sealed interface AppendResult {
    /**
     * It is in the log, durably and once.
     *
     * @param seq its place
     * @param entry what is there. When {@code again} and the entry was compacted since, its {@code user} is that of the
     *     retry
     * @param again whether it had been there before this call; the answer to a retry, also when the epoch has moved
     *     since
     */
    record Applied(long seq, Entry entry, boolean again) implements AppendResult {}

    /**
     * An update by someone who does not hold the document at that epoch; nothing was written.
     *
     * @param epoch the current one
     * @param holder who holds the document at it
     */
    record Fenced(long epoch, Optional<Tenant> holder) implements AppendResult {}

    /**
     * The session has used this operation id for other data; nothing was written.
     *
     * @param seq where the first use stands
     */
    record Reused(long seq) implements AppendResult {}

    /**
     * What it follows is not in the log; nothing was written.
     *
     * @param follows the id of that operation
     */
    record OutOfOrder(String follows) implements AppendResult {}
}
