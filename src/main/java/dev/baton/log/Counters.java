package dev.baton.log;

import java.util.concurrent.atomic.AtomicLong;

/** What the committer counts; read from any thread. */
final class Counters {
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final AtomicLong compacted = new AtomicLong();
    private final AtomicLong commitMicros = new AtomicLong();
    private volatile long lastCommitMicros;

    void committed(int written, long micros) {
        commits.incrementAndGet();
        entries.addAndGet(written);
        commitMicros.addAndGet(micros);
        lastCommitMicros = micros;
    }

    void retried() {
        retries.incrementAndGet();
    }

    void compacted(int folded) {
        compacted.addAndGet(folded);
    }

    LogStats stats(WriteQueue queue) {
        return new LogStats(
                queue.count(),
                queue.bytes(),
                commits.get(),
                entries.get(),
                retries.get(),
                commitMicros.get(),
                lastCommitMicros,
                compacted.get());
    }
}
