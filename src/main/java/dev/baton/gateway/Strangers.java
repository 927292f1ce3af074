package dev.baton.gateway;

import java.time.Duration;

/**
 * How many more connections that come to nothing a loop bears. Each connection counts as one of them until it is
 * welcomed, or given a page, and again when it is gone soon after the welcome: so those that mean harm, or only try,
 * have so many a second between them, while a herd that says who it is and stays is let in as fast as the node can.
 * Counted by client address as well, so that those wait whose address has the most of them. Pure: the time is a
 * parameter, in milliseconds of a clock that does not go back. Confined to its loop.
 */
final class Strangers {

    /** Who is gone within this time of the welcome has cost more than it was there for. */
    static final Duration BRIEF = Duration.ofSeconds(5);

    /** Seconds' worth of strangers that are taken at once after a quiet time. */
    static final int BURST = 5;

    private final TokenBucket bucket;
    private final Debts debts;

    /** So many a second, at least 1; counted by address too, for all loops together. */
    Strangers(int rate, Debts debts, long now) {
        this.bucket = new TokenBucket(rate, (long) BURST * rate, now);
        this.debts = debts;
    }

    /** Whether there is room for one more. */
    boolean haveRoom(long now) {
        return bucket.has(1, now);
    }

    /** One more of that address comes in, and counts. */
    void letIn(String address, long now) {
        bucket.take(1);
        debts.charge(address, now);
    }

    /** How many of that address have come to nothing. */
    long debt(String address, long now) {
        return debts.of(address, now);
    }

    /**
     * A trusted proxy says of one that came in that it is of that address, which counts it from now on.
     *
     * @return false when the address has as many already as all of a node may have, or more
     */
    boolean identified(String address, int most, long now) {
        if (debts.of(address, now) >= most) {
            return false;
        }
        debts.charge(address, now);
        return true;
    }

    /** One of those of that address who came in has come to something. */
    void proven(String address, long now) {
        bucket.giveBack(1);
        debts.excuse(address, now);
    }

    /**
     * One of that address who was welcomed then is gone. The node owes nothing: what was not there to be taken delays
     * nobody.
     */
    void gone(String address, long welcomed, long now) {
        if (now - welcomed < BRIEF.toMillis()) {
            debts.charge(address, now);
            if (bucket.has(1, now)) {
                bucket.take(1);
            }
        }
    }
}
