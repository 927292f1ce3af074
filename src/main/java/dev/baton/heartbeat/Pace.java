package dev.baton.heartbeat;

import java.time.Duration;

/**
 * How often one is pinged and how long it may say nothing. Immutable; any thread.
 *
 * @param interval milliseconds from one ping to the next, at least 1
 * @param timeout milliseconds without a sign of life after which one is silent; more than {@code interval}, or whoever
 *     speaks only when pinged would be silent between two pings
 */
public record Pace(long interval, long timeout) {

    /** @throws IllegalArgumentException when out of range; the message says which and why */
    public Pace {
        if (interval < 1) {
            throw new IllegalArgumentException("interval must be at least 1 ms, not " + interval);
        }
        if (timeout <= interval) {
            throw new IllegalArgumentException(
                    "timeout must be more than the interval of " + interval + " ms, not " + timeout);
        }
    }

    /**
     * The same from durations; what is below a millisecond is cut off.
     *
     * @throws IllegalArgumentException when out of range
     */
    public static Pace of(Duration interval, Duration timeout) {
        return new Pace(interval.toMillis(), timeout.toMillis());
    }
}
