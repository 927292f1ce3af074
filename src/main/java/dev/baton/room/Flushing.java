package dev.baton.room;

/**
 * When the changes of a room go out: at once when it was quiet, else after a window that grows with the room, so that a
 * thousand who come in a second cost a few messages each and not a thousand. Confined to the room's context.
 */
final class Flushing {

    /** The shortest time between two flushes, in milliseconds: below what a person sees. */
    private static final long WINDOW = 20;

    /** A flush of a room of this many members may wait a millisecond longer. */
    private static final int MEMBERS_A_MILLISECOND = 50;

    /** The longest time between two flushes, in milliseconds. */
    private static final long LONGEST_WINDOW = 500;

    private final RoomServices on;
    private final Runnable flush;
    private boolean planned;
    private long last;

    /** {@code flush} is run on the room's context, and says {@link #begun}. */
    Flushing(RoomServices on, Runnable flush) {
        this.on = on;
        this.flush = flush;
    }

    /**
     * Something has changed in a room of so many members: flushes as soon as it may, once for all that changes until
     * then.
     */
    void plan(int members) {
        if (planned) {
            return;
        }
        planned = true;
        long window = Math.min(LONGEST_WINDOW, WINDOW + members / MEMBERS_A_MILLISECOND);
        long wait = last + window - now();
        if (wait <= 0) {
            on.context().runOnContext(v -> flush.run());
        } else {
            on.vertx().setTimer(wait, id -> flush.run());
        }
    }

    /** A flush has begun, planned or not; what changes from now on needs another. */
    void begun() {
        planned = false;
        last = now();
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }
}
