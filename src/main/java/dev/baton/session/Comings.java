package dev.baton.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often sessions came and went, as far as this node was the one to notice; so each change is counted on one node.
 * Any thread.
 */
public final class Comings {

    private record What(Liveness.State state, String cause) {}

    /** As many as there are states and causes, which are few. */
    private final Map<What, LongAdder> counts = new ConcurrentHashMap<>();

    void count(Liveness.State state, String cause) {
        counts.computeIfAbsent(new What(state, cause), first -> new LongAdder()).increment();
    }

    /** How often that happened for that cause. */
    public long of(Liveness.State state, String cause) {
        LongAdder count = counts.get(new What(state, cause));
        return count == null ? 0 : count.sum();
    }
}
