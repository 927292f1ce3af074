package dev.baton.heartbeat;

/**
 * Wheel time: milliseconds since the wheel was made, without the pauses of this node. Its steps are the ticks.
 *
 * <p>A tick that is late by more than {@link #PAUSE} shows that this node stood still: it could not have heard anybody,
 * so that time counts for nobody, and wheel time goes on by one tick. What is late by less is caught up. That something
 * was a pause is known only at the tick after it, so a time from in between, as of {@link #at}, may turn out to be
 * ahead.
 */
final class WheelClock {

    /**
     * Late by more than this many milliseconds is a pause. Collections of garbage, a burst of frames or a busy core
     * make a tick late by tens of milliseconds, seldom by two hundred; if those stopped the clock, a busy node would
     * find the silent too late. A quarter of a second is still little against the seconds a healthy socket has in hand.
     */
    static final long PAUSE = 250;

    private final long tick;
    private long offset;
    private long last;
    private boolean paused;

    WheelClock(long tick, long now) {
        this.tick = tick;
        this.offset = now;
        this.last = now;
    }

    /** Goes on to {@code now}; returns how late that is for a tick, 0 when in time. Never goes back. */
    long advance(long now) {
        long late = Math.max(0, now - last - tick);
        paused = late > PAUSE;
        if (paused) {
            offset += late;
        }
        last = Math.max(last, now);
        return late;
    }

    /** Whether the last tick came after a pause. */
    boolean paused() {
        return paused;
    }

    /** Wheel time of the last tick. */
    long time() {
        return last - offset;
    }

    /** Wheel time at {@code now}, if there is no pause going on. */
    long at(long now) {
        return now - offset;
    }

    /** Wheel time at {@code now}, or sooner, whether or not there is a pause going on. */
    long atMost(long now) {
        return Math.min(at(now), time() + tick);
    }
}
