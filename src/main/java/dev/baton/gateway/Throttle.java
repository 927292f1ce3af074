package dev.baton.gateway;

/**
 * How much one connection may send. The rate limits what is sent without waiting: a message that comes while no other
 * one is outstanding costs nothing, so a client that waits for each answer is never refused, however fast its link. Of
 * the others, what comes within the rate and its burst is taken; of what comes beyond, as much again is refused with an
 * answer; a client that goes on beyond that too is closed. Control frames and parts of messages always count, since
 * nobody waits for their answers. Bytes are never refused: beyond their rate and its burst the connection is read no
 * further until it keeps to the rate again. Pure, makes nothing while it is used, for one thread.
 */
final class Throttle {

    /** What becomes of a message or a control frame. */
    enum Verdict {
        /** It is taken. */
        TAKE,
        /** It is answered with {@code rate-limited} and not handled. */
        REFUSE,
        /** Enough: the connection is closed. */
        CLOSE
    }

    /** A fragment costs at least as much as this many bytes: an endless row of empty ones has an end. */
    private static final int LEAST_FRAGMENT = 1_024;

    /**
     * So many times what may be sent in a second, or what is the largest message, is too much for one message, by that
     * cost.
     */
    private static final int ENDLESS = 4;

    private final TokenBucket allowed;
    private final TokenBucket beyond;
    private final TokenBucket bytes;
    private final long endless;
    private long size;

    /** Messages that were taken and are not answered yet. */
    private int outstanding;

    /**
     * A fresh one.
     *
     * @param rate messages a second
     * @param bytes a second
     * @param largest bytes of one message
     * @param now milliseconds of a clock that does not go back
     */
    Throttle(int rate, int bytes, int largest, long now) {
        this.allowed = new TokenBucket(rate, 2L * rate, now);
        this.beyond = new TokenBucket(rate, 2L * rate, now);
        this.bytes = new TokenBucket(bytes, 2L * bytes, now);
        this.endless = (long) ENDLESS * Math.max(bytes, largest);
    }

    /**
     * The first, or only, frame of a message. Returns for how many milliseconds nothing more is to be read; 0 for none.
     */
    long first(int length, long now) {
        size = length;
        return spend(length, now);
    }

    /** A further frame of that message; returns the same. */
    long further(int length, long now) {
        int cost = Math.max(length, LEAST_FRAGMENT);
        size += cost;
        return spend(cost, now);
    }

    /** Something that costs as much as so many bytes; returns the same. */
    long spend(int cost, long now) {
        bytes.has(0, now);
        bytes.take(cost);
        return bytes.delay(0, now);
    }

    /** Whether the message that is coming in has cost so much by its fragments that it will never end. */
    boolean endless() {
        return size > endless;
    }

    /** A whole message, which is outstanding from now on if it is taken: {@link #answered} ends that. */
    Verdict message(long now) {
        Verdict verdict = outstanding == 0 ? Verdict.TAKE : charge(now);
        if (verdict == Verdict.TAKE) {
            outstanding++;
        }
        return verdict;
    }

    /** A message that was taken has been answered. */
    void answered() {
        outstanding--;
    }

    /** What always counts: a ping or a pong, or a part of a message. */
    Verdict uncredited(long now) {
        return charge(now);
    }

    /** In how many milliseconds a message would be taken; at least 1. */
    long retry(long now) {
        return Math.max(1, allowed.delay(1, now));
    }

    private Verdict charge(long now) {
        if (allowed.has(1, now)) {
            allowed.take(1);
            return Verdict.TAKE;
        }
        if (beyond.has(1, now)) {
            beyond.take(1);
            return Verdict.REFUSE;
        }
        return Verdict.CLOSE;
    }
}
