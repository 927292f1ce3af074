package dev.baton.gateway;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of unfinished messages, which come in parts, one node keeps for all its clients. Thread-safe. */
public final class PartsBudget {
    private final long most;
    private final AtomicLong used = new AtomicLong();

    /** {@code most} bytes, at least 1. */
    PartsBudget(long most) {
        this.most = most;
    }

    /** Takes so many bytes; false, and nothing has changed, when they are not there. */
    boolean tryTake(long bytes) {
        if (used.addAndGet(bytes) > most) {
            used.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives back what {@link #tryTake} took. */
    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    /** The bytes that are taken now. */
    public long used() {
        return used.get();
    }
}
