package dev.baton.gateway;

import java.time.Duration;

/**
 * How many more connections that come to nothing a loop bears. Each connection counts as one of them until it is welcomed, or given a
 * page, and again when it is gone soon after the welcome: so those that mean harm, or only try, have so many a second between
 * them, while a herd that says who it is and stays is let in as fast as the node can. Pure: the time is a parameter, in
 * milliseconds of a clock that does not go back. Confined to its loop.
 */
final class Strangers {

    /** Who is gone within this time of the welcome has cost more than it was there for. */
    static final Duration BRIEF = Duration.ofSeconds(5);

    /** Seconds' worth of strangers that are taken at once after a quiet time. */
    static final int BURST = 5;

    private final TokenBucket bucket;

    /** So many a second, at least 1. */
    Strangers(int rate, long now) {
        this.bucket = new TokenBucket(rate, (long) BURST * rate, now);
    }

    /** Whether one more may come in, which then counts. */
    boolean letIn(long now) {
        boolean in = bucket.has(1, now);
        if (in) {
            bucket.take(1);
        }
        return in;
    }

    /** One of those who came in has come to something. */
    void proven() {
        bucket.giveBack(1);
    }

    /** One who was welcomed then is gone. Nothing is owed: what was not there to be taken delays nobody. */
    void gone(long welcomed, long now) {
        if (now - welcomed < BRIEF.toMillis()) {
            letIn(now);
        }
    }
}
