package dev.baton.log;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What the committer counts; read from any thread. */
final class Counters {
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final AtomicLong compacted = new AtomicLong();
    private final AtomicLong commitMicros = new AtomicLong();
    private final AtomicLongArray refused = new AtomicLongArray(Refusal.Cause.values().length);
    private volatile long lastCommitMicros;
    private volatile boolean oneMachine;

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

    /** So many writes were refused. */
    void refused(Refusal.Cause cause, int writes) {
        refused.addAndGet(cause.ordinal(), writes);
    }

    void commitsOnOneMachine(boolean only) {
        oneMachine = only;
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
                compacted.get(),
                byCause(),
                oneMachine);
    }

    private Map<String, Long> byCause() {
        Map<String, Long> causes = new HashMap<>();
        for (Refusal.Cause cause : Refusal.Cause.values()) {
            causes.put(cause.word(), refused.get(cause.ordinal()));
        }
        return causes;
    }
}
