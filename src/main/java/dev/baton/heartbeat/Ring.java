package dev.baton.heartbeat;

/**
 * The ping slots of all beats of one interval: one turn of the ring is one interval, and each slot's time comes once a
 * turn.
 *
 * <p>Slots are not longer than the interval divided by their number, which need not be a whole number of milliseconds:
 * the time of each is reckoned from the start of the turn, so nothing adds up.
 *
 * <p>Newcomers sit down in the first slot that is not above the average, tried in strides of about 0.618 of the ring.
 * So those that come one after the other, and may leave so, lie far apart, and a few are spread as evenly as many. What
 * many departures leave uneven is evened out by those that stay: out of a slot that is above the average some move to
 * an earlier one as they are pinged, so that their next ping comes sooner, by less than a tenth of the interval.
 */
final class Ring<T> {

    /** More than this many would cost memory for intervals of minutes, and spread nothing better. */
    private static final int MOST_SLOTS = 1000;

    private final long interval;
    private final Beat<T>[] slots;
    private final int[] loads;
    private final int stride;
    private final int reach;
    private int size;
    private int seat;
    private int next;
    private long turn;

    /** @param time the wheel time at which its first turn begins; the first slot's time comes after it */
    Ring(long interval, long tick, long time) {
        this.interval = interval;
        int count = (int) Math.max(1, Math.min(MOST_SLOTS, interval / tick));
        this.slots = Beat.heads(count);
        this.loads = new int[count];
        this.stride = stride(count);
        // A ping may be one tick late too, and the promise is a tenth.
        this.reach = Math.max(0, count * 9 / 100 - 1);
        this.turn = time;
    }

    private static int stride(int count) {
        int stride = Math.max(1, (int) Math.round(count * 0.618));
        while (divisor(stride, count) != 1) {
            stride++;
        }
        return stride;
    }

    private static int divisor(int a, int b) {
        return b == 0 ? a : divisor(b, a % b);
    }

    long interval() {
        return interval;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Gives it a slot; it is in the slot's list only after {@link #sitDown}. */
    void welcome(Beat<T> beat) {
        int average = size / slots.length;
        do {
            seat = (seat + stride) % slots.length;
        } while (loads[seat] > average);
        beat.ring = this;
        beat.slot = seat;
        loads[seat]++;
        size++;
    }

    /** Takes its slot away. */
    void dismiss(Beat<T> beat) {
        beat.leavePings();
        beat.ring = null;
        loads[beat.slot]--;
        size--;
    }

    /** Puts it in the list of its slot. */
    void sitDown(Beat<T> beat) {
        beat.pingIn(slots[beat.slot]);
    }

    /** The same after a ping, when it may get another slot. */
    void sitDownAgain(Beat<T> beat) {
        int average = size / slots.length;
        if (loads[beat.slot] > average + 1) {
            moveBack(beat, average);
        }
        sitDown(beat);
    }

    /** As far as to a slot that is not above the average; where there is none in reach, all the way towards one. */
    private void moveBack(Beat<T> beat, int average) {
        loads[beat.slot]--;
        for (int step = 1; step <= reach; step++) {
            beat.slot = beat.slot == 0 ? slots.length - 1 : beat.slot - 1;
            if (loads[beat.slot] <= average) {
                break;
            }
        }
        loads[beat.slot]++;
    }

    /** Pours the lists of all slots whose time has come by {@code time} into {@code due}. */
    void collect(long time, Beat<T> due) {
        while (turn + (next + 1) * interval / slots.length <= time) {
            slots[next].pourPings(due);
            next++;
            if (next == slots.length) {
                next = 0;
                turn += interval;
            }
        }
    }
}
