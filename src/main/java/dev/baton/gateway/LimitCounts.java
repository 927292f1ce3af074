package dev.baton.gateway;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often each limit was reached on this node. Thread-safe. */
public final class LimitCounts {
    private final Map<Limit, LongAdder> counts = new EnumMap<>(Limit.class);

    LimitCounts() {
        for (Limit limit : Limit.values()) {
            counts.put(limit, new LongAdder());
        }
    }

    /** Somebody ran into it. */
    void reached(Limit limit) {
        counts.get(limit).increment();
    }

    /** How often since the start. */
    public long of(Limit limit) {
        return counts.get(limit).sum();
    }
}
