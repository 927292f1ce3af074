package dev.baton.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writes that wait for the committer, in the order they came. Bounded by count and size over all that is not
 * answered yet, those in the running transaction included. Any thread puts, the committer takes.
 */
final class WriteQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();
    private final Deque<Write<?>> waiting = new ArrayDeque<>();
    private final int mostCount;
    private final long mostBytes;
    private int count;
    private long bytes;
    private boolean closed;
    private boolean nudged;
    private volatile long retryMillis = 100;

    WriteQueue(int mostCount, long mostBytes) {
        this.mostCount = mostCount;
        this.mostBytes = mostBytes;
    }

    /**
     * Takes the write on, or says why not. One that is larger than the whole queue is taken when the queue is empty.
     */
    Optional<LogException> offer(Write<?> write) {
        lock.lock();
        try {
            if (closed) {
                return Optional.of(LogException.unavailable("the log is closed"));
            }
            if (count >= mostCount || (count > 0 && bytes + write.bytes() > mostBytes)) {
                return Optional.of(LogException.busy(
                        retryMillis, "too many writes wait for the store: " + count + " with " + bytes + " bytes"));
            }
            waiting.add(write);
            count++;
            bytes += write.bytes();
            something.signal();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What came so far, at most so much at once. Waits for the first; empty after that time, when nudged, or when
     * closed and all is taken.
     */
    List<Write<?>> take(long waitNanos, int most, long mostBytesAtOnce) {
        List<Write<?>> taken = new ArrayList<>();
        lock.lock();
        try {
            long left = waitNanos;
            while (waiting.isEmpty() && !closed && !nudged && left > 0) {
                left = something.awaitNanos(left);
            }
            nudged = false;
            long size = 0;
            while (!waiting.isEmpty() && taken.size() < most && size < mostBytesAtOnce) {
                Write<?> write = waiting.remove();
                size += write.bytes();
                taken.add(write);
            }
        } catch (InterruptedException e) {
            // Nobody interrupts the committer; if somebody does, it looks at the queue again.
        } finally {
            lock.unlock();
        }
        return taken;
    }

    /** All that waits and is not taken yet. */
    List<Write<?>> drain() {
        lock.lock();
        try {
            List<Write<?>> drained = List.copyOf(waiting);
            waiting.clear();
            return drained;
        } finally {
            lock.unlock();
        }
    }

    /** These were answered: their place is free. */
    void release(List<Write<?>> answered) {
        lock.lock();
        try {
            for (Write<?> write : answered) {
                count--;
                bytes -= write.bytes();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends a waiting {@link #take} early. */
    void nudge() {
        lock.lock();
        try {
            nudged = true;
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing on any more; what waits can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** What a write that finds no room is told. */
    void retryIn(long millis) {
        retryMillis = Math.max(50, Math.min(2_000, millis));
    }

    int count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
