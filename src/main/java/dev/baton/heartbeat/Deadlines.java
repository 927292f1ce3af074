package dev.baton.heartbeat;

import java.util.Optional;

/**
 * Who has been silent for too long: a hashed wheel of buckets, one tick wide, in which each beat lies once, not later
 * than its deadline. That a beat is heard moves nothing: when the time of its bucket comes, its deadline is reckoned
 * anew, and it is put where that belongs. One further off than a turn of this wheel is looked at once a turn, and put
 * back.
 */
final class Deadlines<T> {

    /** At 20 ms a tick a turn is 10 s: a common timeout lies within one. A power of two. */
    private static final int BUCKETS = 512;

    private final long tick;
    private final Beat<T>[] buckets = Beat.heads(BUCKETS);

    /** Those whose bucket's time has come, to be looked at. */
    private final Beat<T> due = Beat.head();

    /** The last bucket whose time has come. */
    private long done;

    Deadlines(long tick) {
        this.tick = tick;
    }

    /** @param deadline its deadline in wheel time, or sooner */
    void put(Beat<T> beat, long deadline) {
        long bucket = (deadline + tick - 1) / tick;
        beat.dueIn(bucket(Math.max(done + 1, bucket)));
    }

    void remove(Beat<T> beat) {
        beat.leaveDeadlines();
    }

    /** Takes out one whose deadline has passed at this wheel time; empty when there are no more. */
    Optional<Beat<T>> next(long time) {
        while (true) {
            Beat<T> beat = due.firstDue();
            if (beat != due) {
                if (beat.due() <= time) {
                    beat.leaveDeadlines();
                    return Optional.of(beat);
                }
                put(beat, beat.due());
            } else if ((done + 1) * tick <= time) {
                done++;
                bucket(done).pourDeadlines(due);
            } else {
                return Optional.empty();
            }
        }
    }

    /** After a pause: what was heard during it was heard at {@code time}, the end of it. */
    void heardBy(long time) {
        heardBy(time, due);
        for (Beat<T> bucket : buckets) {
            heardBy(time, bucket);
        }
    }

    private static <T> void heardBy(long time, Beat<T> head) {
        for (Beat<T> beat = head.firstDue(); beat != head; beat = beat.nextDue()) {
            beat.heard = Math.min(beat.heard, time);
        }
    }

    private Beat<T> bucket(long number) {
        return buckets[(int) (number & (BUCKETS - 1))];
    }
}
