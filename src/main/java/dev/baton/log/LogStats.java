package dev.baton.log;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How the log is doing on this node, since it was opened.
 *
 * @param waiting writes accepted and not answered yet
 * @param waitingBytes what they hold, roughly
 * @param commits transactions committed
 * @param entries entries written by them
 * @param retries transactions that had to be tried again
 * @param commitMicros how long all of those that were committed took together, each from its begin to the end of its
 *     commit
 * @param lastCommitMicros the same of the last one
 * @param compacted entries that went behind snapshots
 * @param refused writes that the store did not take, by cause: each of {@link #CAUSES}
 * @param oneMachine whether what is committed is on one machine only when it is answered
 */
public record LogStats(
        int waiting,
        long waitingBytes,
        long commits,
        long entries,
        long retries,
        long commitMicros,
        long lastCommitMicros,
        long compacted,
        Map<String, Long> refused,
        boolean oneMachine) {

    /** Why the store can refuse writes, in words for metrics. */
    public static final List<String> CAUSES =
            Arrays.stream(Refusal.Cause.values()).map(Refusal.Cause::word).toList();
}
