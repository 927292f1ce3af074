package dev.baton.cluster;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Asks one kind of question that is answered from many entries of a shared map, which Hazelcast does while a thread waits. Such
 * a question, asked while a lost member's partitions are being taken over, can hang until the time for a call is up; asked
 * again a moment later it is answered at once. So it fails soon, for whoever asks to ask again, and with each failure in a row it
 * is given twice as long, so that a large map or a slow machine gets its answer in the end. Any context.
 */
public final class Reader {
    /** Reading takes milliseconds when nothing is in the way. In milliseconds, like the next. */
    private static final long FIRST = 150;

    private static final long LONGEST = 10_000;

    private final WorkerExecutor threads;

    /** Read and written from several threads; a lost update costs a wait that is half or twice as long. */
    private volatile long patience = FIRST;

    Reader(WorkerExecutor threads) {
        this.threads = threads;
    }

    /** Reads on a thread that may wait; the future completes on the caller's context, or fails as described. */
    public <T> Future<T> read(Callable<T> reading) {
        long bound = patience;
        return threads.executeBlocking(reading, false)
                .timeout(bound, TimeUnit.MILLISECONDS)
                .onSuccess(read -> patience = FIRST)
                .onFailure(failure -> patience = Math.min(LONGEST, 2 * bound));
    }
}
