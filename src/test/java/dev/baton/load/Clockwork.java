package dev.baton.load;

/**
 * The time of one event loop, and how late the loop itself is: what it reads while it is late came earlier, nobody
 * knows when, and nothing of that can be held against a node. Confined to its loop.
 */
final class Clockwork {

    /** How often the loop has to come by, in microseconds. */
    static final long TICK = 20_000;

    /** Later than this, what is read has no time of its own, in microseconds. */
    private static final long LATE = 100_000;

    final Tally lag = new Tally(1_000);
    private final long start;
    private long due;

    /** @param start what {@link System#nanoTime} was when the swarm began */
    Clockwork(long start) {
        this.start = start;
        this.due = now() + TICK;
    }

    /** Microseconds since the swarm began. */
    long now() {
        return (System.nanoTime() - start) / 1000;
    }

    /** To be called by a timer of the loop. */
    void tick() {
        long now = now();
        lag.add(Math.max(0, now - due));
        due = now + TICK;
    }

    /** Whether the loop is so late that what it reads may have come long ago. */
    boolean late() {
        return now() - due > LATE;
    }

    void addAll(Clockwork other) {
        lag.addAll(other.lag);
    }
}
