package dev.baton.log;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What the committer counts; read from any thread. */
final class Counters {
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final AtomicLong compacted = new AtomicLong();
    private final AtomicLong commitMicros = new AtomicLong();
    private final Map<Refusal.Cause, AtomicLong> refused = new EnumMap<>(Refusal.Cause.class);
    private volatile long lastCommitMicros;
    private volatile boolean oneMachine;

    Counters() {
        for (Refusal.Cause cause : Refusal.Cause.values()) {
            refused.put(cause, new AtomicLong());
        }
    }

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
        refused.get(cause).addAndGet(writes);
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
        refused.forEach((cause, count) -> causes.put(cause.word(), count.get()));
        return causes;
    }
}
