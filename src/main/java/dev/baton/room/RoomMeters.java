package dev.baton.room;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** What the rooms count and measure, since the node started. Any thread. */
public final class RoomMeters {

    /**
     * How many requests wait for the rooms' context at most; the next one is told {@code busy}. More than all sockets of a
     * full node can ask when they come back at once, and less than would take long to work off.
     */
    public static final int MOST_WAITING = 20_000;

    private final LongAdder handed = new LongAdder();
    private final LongAdder begun = new LongAdder();
    private final LongAdder applied = new LongAdder();
    private final LongAdder fenced = new LongAdder();
    private final LongConsumer waits;

    /** Meters at zero; {@code waits} takes how long each request waited for the rooms' context, in nanoseconds. */
    public RoomMeters(LongConsumer waits) {
        this.waits = waits;
    }

    /** A request was handed over; gives the time to hand back to {@link #began}. */
    long handed() {
        handed.increment();
        return System.nanoTime();
    }

    void began(long handedAt) {
        begun.increment();
        waits.accept(System.nanoTime() - handedAt);
    }

    void applied() {
        applied.increment();
    }

    void fenced() {
        fenced.increment();
    }

    /** Requests that wait for the rooms' context. */
    public long waiting() {
        // In this order, so that what comes meanwhile cannot make it negative.
        long gone = begun.sum();
        return Math.max(0, handed.sum() - gone);
    }

    /** Whether no more may be handed over now. */
    boolean full() {
        return waiting() >= MOST_WAITING;
    }

    /** Updates and messages that are in the log. */
    public long applies() {
        return applied.sum();
    }

    /** Updates and snapshots that were refused, since the pen was elsewhere. */
    public long fences() {
        return fenced.sum();
    }
}
