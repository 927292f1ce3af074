package dev.baton.log;

/**
 * How the log is doing on this node, since it was opened.
 *
 * @param waiting writes accepted and not answered yet
 * @param waitingBytes what they hold, roughly
 * @param commits transactions committed
 * @param entries entries written by them
 * @param retries transactions that had to be tried again
 * @param commitMicros how long all of those that were committed took together, each from its begin to the end of its commit
 * @param lastCommitMicros the same of the last one
 * @param compacted entries that went behind snapshots
 */
public record LogStats(
        int waiting,
        long waitingBytes,
        long commits,
        long entries,
        long retries,
        long commitMicros,
        long lastCommitMicros,
        long compacted) {}
