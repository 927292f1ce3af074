package dev.baton.room;

import dev.baton.rights.HandOverMeters;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** What the rooms count and measure, since the node started. Any thread. */
public final class RoomMeters {

    /**
     * How many requests wait for the rooms' context at most; the next one is told {@code busy}. More than all sockets
     * of a full node can ask when they come back at once, and less than would take long to work off.
     */
    public static final int MOST_WAITING = 20_000;

    private final LongAdder handed = new LongAdder();
    private final LongAdder begun = new LongAdder();
    private final LongAdder applied = new LongAdder();
    private final LongAdder fenced = new LongAdder();
    private final LongAdder falseOfflines = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongConsumer waits;
    private final HandOverMeters handOvers;

    /**
     * Meters at zero.
     *
     * @param waits takes how long each request waited for the rooms' context, in nanoseconds
     * @param handOvers takes how long grants were on their way
     */
    public RoomMeters(LongConsumer waits, HandOverMeters handOvers) {
        this.waits = waits;
        this.handOvers = handOvers;
    }

    /** A new holder was told so, that many milliseconds after the grant. */
    void delivered(long millis) {
        handOvers.took(HandOverMeters.Phase.DELIVERY, TimeUnit.MILLISECONDS.toNanos(Math.max(0, millis)));
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

    /** A session was found offline whose connection was here all the time. */
    void falselyOffline() {
        falseOfflines.increment();
    }

    /** That many entries that were told here are in the store no more. */
    void lost(long entries) {
        lost.add(entries);
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

    /** Sessions that were taken offline while their connections were here: the others took this node for lost. */
    public long falseOfflines() {
        return falseOfflines.sum();
    }

    /** Entries told here that the store was found to have lost. */
    public long losses() {
        return lost.sum();
    }

    /** Updates and snapshots that were refused, since the pen was elsewhere. */
    public long fences() {
        return fenced.sum();
    }
}
