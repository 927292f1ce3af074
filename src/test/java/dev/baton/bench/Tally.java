package dev.baton.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What some clients saw. Written on the load's loop, read from anywhere. */
final class Tally {
    private static final Pattern OFFLINE = Pattern.compile("\"online\":false");

    final AtomicInteger welcomed = new AtomicInteger();
    final AtomicInteger resumed = new AtomicInteger();
    final AtomicInteger joined = new AtomicInteger();
    final AtomicInteger gone = new AtomicInteger();
    final LongAdder pings = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder frames = new LongAdder();
    final LongAdder applied = new LongAdder();
    final LongAdder presences = new LongAdder();
    final LongAdder offlines = new LongAdder();
    private final Map<String, Integer> failures = new ConcurrentSkipListMap<>();
    private final Recorder latency = new Recorder(60_000_000, 3);
    private volatile long from = Long.MAX_VALUE;
    private volatile long to = Long.MAX_VALUE;

    void welcomed(boolean again) {
        if (again) {
            resumed.incrementAndGet();
        }
        welcomed.incrementAndGet();
    }

    void presence(String frame) {
        presences.increment();
        for (Matcher each = OFFLINE.matcher(frame); each.find(); ) {
            offlines.increment();
        }
    }

    /** Counts what was meant to be sent within this time, from now on. */
    void window(long begin, long end) {
        latency.getIntervalHistogram();
        from = begin;
        to = end;
    }

    /** Something that was meant to be sent then has come now. */
    void latency(long now, long meant) {
        if (meant - from >= 0 && to - meant > 0) {
            latency.recordValue(Math.min(60_000_000, Math.max(0, (now - meant) / 1_000)));
        }
    }

    /** Microseconds of what {@link #window} said; the next call begins anew. */
    Histogram latencies() {
        return latency.getIntervalHistogram();
    }

    void failed(String why) {
        failures.merge(why, 1, Integer::sum);
    }

    /** What went wrong, and how often. */
    Map<String, Integer> failures() {
        return new TreeMap<>(failures);
    }

    /** Fails when anything went wrong. */
    void check() {
        if (!failures.isEmpty()) {
            throw new IllegalStateException("not worth measuring: " + failures());
        }
    }
}
