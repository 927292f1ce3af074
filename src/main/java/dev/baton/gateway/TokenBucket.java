package dev.baton.gateway;

/**
 * So much a second, and a burst on top when it was quiet. Pure: whoever asks says what time it is. Nothing runs and
 * nothing is made while it is used. For one thread.
 */
final class TokenBucket {

    /** A rate in units a second is as many thousandths of a unit a millisecond, so whole numbers are exact. */
    private static final long PART = 1_000;

    private final long rate;
    private final long most;
    private long level;
    private long at;

    /**
     * A full one.
     *
     * @param rate units a second, at least 1
     * @param burst units that it holds, at least 1
     * @param now milliseconds of any clock that does not go back
     */
    TokenBucket(long rate, long burst, long now) {
        this.rate = rate;
        this.most = burst * PART;
        this.level = most;
        this.at = now;
    }

    /** Whether so many units are there. */
    boolean has(long amount, long now) {
        refill(now);
        return level >= amount * PART;
    }

    /**
     * Takes units, also such as are not there: then they are owed, and there are none until that has been made up for.
     */
    void take(long amount) {
        level -= amount * PART;
    }

    /** Puts units back that were taken; beyond what it holds they are lost. */
    void giveBack(long amount) {
        level = Math.min(level + amount * PART, most);
    }

    /**
     * In how many milliseconds so many units will be there; more than it holds are never, and count as all it holds.
     */
    long delay(long amount, long now) {
        refill(now);
        long missing = Math.min(amount * PART, most) - level;
        return missing <= 0 ? 0 : (missing + rate - 1) / rate;
    }

    private void refill(long now) {
        long passed = Math.max(0, now - at);
        at = Math.max(at, now);
        // Compared first: a product of a long silence and a high rate does not fit.
        level = passed >= (most - level + rate - 1) / rate ? most : level + passed * rate;
    }
}
