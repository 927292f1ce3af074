package dev.baton.gateway;

/**
 * How much one connection may send. What comes within the rate and its burst is taken; of what comes beyond, as much again is
 * refused with an answer; whoever goes on beyond that too is closed. Control frames count as messages, since each
 * is answered. Pure, makes nothing while it is used, for one thread.
 */
final class Throttle {

    /** What becomes of a frame. */
    enum Verdict {
        /** It is taken. */
        TAKE,
        /** It, or the message it is a part of, is answered with {@code rate-limited} and not handled. */
        REFUSE,
        /** Enough: the connection is closed. */
        CLOSE
    }

    /** A fragment costs at least as much as this many bytes: an endless row of empty ones has an end. */
    private static final int LEAST_FRAGMENT = 1_024;

    private final Quota allowed;
    private final Quota beyond;
    private long size;
    private boolean refused;
    private Limit reached = Limit.MESSAGES;

    /**
     * A fresh one.
     *
     * @param rate messages a second
     * @param bytes a second
     * @param largest bytes of one message, which must always find room in a burst
     * @param now milliseconds of a clock that does not go back
     */
    Throttle(int rate, int bytes, int largest, long now) {
        this.allowed = new Quota(rate, bytes, largest, now);
        this.beyond = new Quota(rate, bytes, largest, now);
    }

    /** The first, or only, frame of a message. */
    Verdict first(int length, long now) {
        size = length;
        refused = false;
        return spend(1, length, now);
    }

    /** A further frame of that message. */
    Verdict further(int length, long now) {
        int cost = Math.max(length, LEAST_FRAGMENT);
        size += cost;
        return spend(0, cost, now);
    }

    /** A ping or a pong, which may come between the frames of a message. */
    Verdict control(long now) {
        return charge(1, 0, now);
    }

    /** Whether the message that is coming in, or has just come in, is refused. */
    boolean refused() {
        return refused;
    }

    /** In how many milliseconds a message of that size would be taken; at least 1. */
    long retry(long now) {
        return Math.max(1, allowed.delay(1, size, now));
    }

    /** Which of the two limits the last refusal ran into. */
    Limit reached() {
        return reached;
    }

    private Verdict spend(int messages, int bytes, long now) {
        Verdict verdict = refused ? over(messages, bytes, now) : charge(messages, bytes, now);
        refused |= verdict != Verdict.TAKE;
        return verdict;
    }

    private Verdict charge(int messages, int bytes, long now) {
        if (allowed.take(messages, bytes, now)) {
            return Verdict.TAKE;
        }
        reached = allowed.messages.has(messages, now) ? Limit.BYTES : Limit.MESSAGES;
        return over(messages, bytes, now);
    }

    private Verdict over(int messages, int bytes, long now) {
        return beyond.take(messages, bytes, now) ? Verdict.REFUSE : Verdict.CLOSE;
    }

    /** Messages and bytes, each by its own measure. */
    private static final class Quota {
        private final TokenBucket messages;
        private final TokenBucket bytes;

        Quota(int rate, int bytesRate, int largest, long now) {
            messages = new TokenBucket(rate, 2L * rate, now);
            bytes = new TokenBucket(bytesRate, Math.max(2L * bytesRate, largest), now);
        }

        boolean take(int some, int size, long now) {
            if (!messages.has(some, now) || !bytes.has(size, now)) {
                return false;
            }
            messages.take(some);
            bytes.take(size);
            return true;
        }

        long delay(int some, long size, long now) {
            return Math.max(messages.delay(some, now), bytes.delay(size, now));
        }
    }
}
