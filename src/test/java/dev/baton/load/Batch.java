package dev.baton.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sockets that are opened together, and what they share. Any thread. */
final class Batch {

    private final Plan plan;
    private final Promises promises;
    private final long start;
    private final boolean stays;
    private final CountDownLatch ready;
    private final CountDownLatch over;

    /**
     * @param start what {@link System#nanoTime} was when the swarm began
     * @param stays whether they stay for the whole time, and are watched, or only come and go
     */
    Batch(Plan plan, Promises promises, long start, int sockets, boolean stays) {
        this.plan = plan;
        this.promises = promises;
        this.start = start;
        this.stays = stays;
        this.ready = new CountDownLatch(sockets);
        this.over = new CountDownLatch(sockets);
    }

    Plan plan() {
        return plan;
    }

    Promises promises() {
        return promises;
    }

    boolean stays() {
        return stays;
    }

    /** Microseconds since the swarm began. */
    long now() {
        return (System.nanoTime() - start) / 1000;
    }

    /** One of them has all it came for, or never will. */
    void ready() {
        ready.countDown();
    }

    /** One of them is closed. */
    void over() {
        over.countDown();
    }

    /** Waits until all are ready; returns how many are not when the time is over. */
    long awaitReady(long seconds) throws InterruptedException {
        return ready.await(seconds, TimeUnit.SECONDS) ? 0 : ready.getCount();
    }

    /** Waits until all are closed, or the time is over. */
    void awaitOver(long seconds) throws InterruptedException {
        if (!over.await(seconds, TimeUnit.SECONDS)) {
            return; // The loops end next, and their channels with them.
        }
    }
}
