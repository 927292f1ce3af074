package dev.baton.log;

/**
 * How the log is doing on this node, since it was opened.
 *
 * @param waiting writes accepted and not answered yet
 * @param waitingBytes what they hold, roughly
 * @param commits transactions committed
 * @param entries entries written by them
 * @param retries transactions that had to be tried again
 * @param lastCommitMicros how long the last transaction took from its begin to the end of its commit
 * @param compacted entries that went behind snapshots
 */
public record LogStats(
        int waiting,
        long waitingBytes,
        long commits,
        long entries,
        long retries,
        long lastCommitMicros,
        long compacted) {}
