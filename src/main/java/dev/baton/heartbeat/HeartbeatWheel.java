package dev.baton.heartbeat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Says whom to ping, evenly spread over time, and who is silent, for all sockets of one event loop. Confined to that
 * loop: every method must be called there, and it has no lock. {@code now} is always the same monotonic clock, in
 * milliseconds; it may start anywhere, and must not go back.
 *
 * <p>What it promises while it is ticked in time:
 *
 * <ul>
 *   <li>The first ping comes within one interval after {@link #add}, at the next tick after {@link #repace}, and the
 *   one
 *       after that within an interval; from then on the time between two pings is the interval give or take a tenth,
 *       and exactly the interval on average. A tick being the finest step, that takes an interval of at least ten
 *       ticks.
 *   <li>With many beats, every piece of an interval has its share of the pings. When many leave at once so that it has
 *   not,
 *       those that stay are spread again within about twelve intervals.
 *   <li>Whoever was not heard for its timeout is reported once, never early, and at most two ticks late.
 * </ul>
 *
 * <p>When ticks are late: up to a quarter of a second is caught up in the next tick. More counts as a pause of this
 * node. Nobody's deadline comes nearer in a pause, the tick after it reports nobody, as what came meanwhile may be
 * still to be read, and the pings that would have been in it are not made up for.
 *
 * <p>A tick allocates nothing but what a report of silence takes. Adding and removing are done in constant time, but
 * for the search of a slot; hearing is the writing of a field.
 *
 * @param <T> what is pinged
 */
public final class HeartbeatWheel<T> {

    /** A tick short enough to report a deadline of seconds within a twentieth of a second. */
    public static final Duration TICK = Duration.ofMillis(20);

    private final long tick;
    private final WheelClock clock;
    private final Deadlines<T> deadlines;

    /** One an interval; two or three at most in practice, so a list is searched. */
    private final List<Ring<T>> rings = new ArrayList<>(4);

    /** Those to be pinged at the next tick, whatever their slot. */
    private final Beat<T> prompt = Beat.head();

    /** Those to be pinged in this tick. */
    private final Beat<T> due = Beat.head();

    private int size;

    /**
     * An empty wheel.
     *
     * @param tick how often {@link #tick} is going to be called, from 1 ms to 250 ms; what is below a millisecond is
     *     cut off
     * @throws IllegalArgumentException for another tick
     */
    public HeartbeatWheel(Duration tick, long now) {
        this.tick = tick.toMillis();
        if (this.tick < 1 || this.tick > WheelClock.PAUSE) {
            throw new IllegalArgumentException(
                    "tick must be from 1 ms to " + WheelClock.PAUSE + " ms, not " + this.tick);
        }
        this.clock = new WheelClock(this.tick, now);
        this.deadlines = new Deadlines<>(this.tick);
    }

    /** Takes in a subject, which counts as heard {@code now}. */
    public Beat<T> add(T subject, Pace pace, long now) {
        Beat<T> beat = new Beat<>(subject, pace, clock.at(now));
        ring(pace.interval()).welcome(beat);
        beat.ring.sitDown(beat);
        deadlines.put(beat, clock.atMost(now) + pace.timeout());
        size++;
        return beat;
    }

    /** Takes it out: no more is said of it, and nothing of it stays. Without effect when it is out already. */
    public void remove(Beat<T> beat) {
        if (beat.live()) {
            beat.ring.dismiss(beat);
            deadlines.remove(beat);
            size--;
        }
    }

    /**
     * Changes the pace. It is pinged at the next tick, and its timeout begins anew {@code now}, since under a shorter
     * one somebody healthy could be silent at once. Without effect when it has that pace already, or is out of the
     * wheel.
     */
    public void repace(Beat<T> beat, Pace pace, long now) {
        if (!beat.live() || beat.pace.equals(pace)) {
            return;
        }
        beat.ring.dismiss(beat);
        beat.pace = pace;
        beat.heard = Math.max(beat.heard, clock.at(now));
        ring(pace.interval()).welcome(beat);
        beat.pingIn(prompt);
        deadlines.put(beat, clock.atMost(now) + pace.timeout());
    }

    /** A sign of life: a pong or any other frame. */
    public void heard(Beat<T> beat, long now) {
        beat.heard = clock.at(now);
    }

    /**
     * Milliseconds since it was last heard or repaced, less the pauses of this node; also of one that is out of the
     * wheel, as long as there was no pause since.
     */
    public long silence(Beat<T> beat, long now) {
        return Math.max(0, clock.at(now) - beat.heard);
    }

    /**
     * Turns the wheel to {@code now}: reports the silent, then asks for the pings that are due. To be called by one
     * periodic timer; calls that come too often do no harm.
     *
     * @return by how many milliseconds this tick is late, 0 when in time. This node stood still or was too busy for
     *     that long, which the caller may have to answer for: its lease may be over.
     */
    public long tick(long now, Visitor<T> visitor) {
        long before = clock.time();
        long late = clock.advance(now);
        long time = clock.time();
        if (clock.paused()) {
            deadlines.heardBy(time);
            reportSilent(before, visitor);
        } else {
            reportSilent(time, visitor);
        }
        ping(time, now, visitor);
        return late;
    }

    private void reportSilent(long time, Visitor<T> visitor) {
        var silent = deadlines.next(time);
        while (silent.isPresent()) {
            remove(silent.get());
            visitor.silent(silent.get().subject());
            silent = deadlines.next(time);
        }
    }

    private void ping(long time, long now, Visitor<T> visitor) {
        prompt.pourPings(due);
        for (int i = rings.size() - 1; i >= 0; i--) {
            Ring<T> ring = rings.get(i);
            if (ring.isEmpty()) {
                rings.remove(i);
            } else {
                ring.collect(time, due);
            }
        }
        for (Beat<T> beat = due.firstToPing(); beat != due; beat = due.firstToPing()) {
            beat.ring.sitDownAgain(beat);
            beat.pinged(now);
            visitor.ping(beat.subject());
        }
    }

    /** How many are in it. */
    public int size() {
        return size;
    }

    private Ring<T> ring(long interval) {
        for (Ring<T> ring : rings) {
            if (ring.interval() == interval) {
                return ring;
            }
        }
        Ring<T> ring = new Ring<>(interval, tick, clock.time());
        rings.add(ring);
        return ring;
    }
}
