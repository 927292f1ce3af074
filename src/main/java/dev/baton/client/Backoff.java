package dev.baton.client;

import java.time.Duration;

/**
 * How long to wait before each attempt to come back: a bound that doubles from attempt to attempt, and a moment
 * anywhere below it, so that the clients of a node that went away do not come back all at once.
 *
 * @param least the shortest wait, and where the bound starts
 * @param most the longest wait
 */
public record Backoff(Duration least, Duration most) {

    /** 250 ms to 10 s. */
    public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(10));

    /** Checks that there is something to choose from. */
    public Backoff {
        if (least.isNegative() || least.isZero() || most.compareTo(least) < 0) {
            throw new IllegalArgumentException("back-off needs 0 < least <= most, not " + least + " and " + most);
        }
    }

    /**
     * The wait before an attempt.
     *
     * @param attempt how many failed before, from 0
     * @param chance at random, 0 to 1
     */
    public Duration delay(int attempt, double chance) {
        // 2^30 times the least is beyond any bound; more would overflow.
        long doubled = least.toMillis() << Math.min(attempt + 1, 30);
        long bound = Math.min(most.toMillis(), doubled);
        return Duration.ofMillis(least.toMillis() + (long) ((bound - least.toMillis()) * chance));
    }
}
