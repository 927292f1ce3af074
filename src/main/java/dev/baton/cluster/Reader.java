package dev.baton.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Asks one kind of question that is answered from many entries of a shared map, which Hazelcast does while a thread
 * waits. Such a question, asked while a member is silent or a lost member's partitions are being taken over, can hang
 * until the time for a call is up; asked again a moment later it is answered at once. So it fails soon, for whoever
 * asks to ask again, and with each failure in a row it is given twice as long, so that a large map or a slow machine
 * gets its answer in the end. Any context.
 */
public final class Reader {
    /** Reading takes milliseconds when nothing is in the way. In milliseconds, like the next. */
    private static final long FIRST = 150;

    private static final long LONGEST = 10_000;

    /** A question was open when a node was lost. No trouble: asked anew, it is answered. */
    static final class LostMeanwhile extends RuntimeException {
        private static final long serialVersionUID = 1;

        private LostMeanwhile() {
            super("asked before a node was lost", null, false, false);
        }
    }

    private final Vertx vertx;
    private final WorkerExecutor threads;

    /** What has no answer yet. Who takes something out of here answers it. */
    private final Set<Promise<?>> open = ConcurrentHashMap.newKeySet();

    /** Read and written from several threads; a lost update costs a wait that is half or twice as long. */
    private volatile long patience = FIRST;

    Reader(Vertx vertx, WorkerExecutor threads) {
        this.vertx = vertx;
        this.threads = threads;
    }

    /** Reads on a thread that may wait; the future completes on the caller's context, or fails as described. */
    public <T> Future<T> read(Callable<T> reading) {
        long bound = patience;
        Promise<T> answer = ((ContextInternal) vertx.getOrCreateContext()).promise();
        open.add(answer);
        threads.executeBlocking(reading, false)
                .timeout(bound, TimeUnit.MILLISECONDS)
                .onComplete(done -> {
                    if (open.remove(answer)) {
                        patience = done.succeeded() ? FIRST : Math.min(LONGEST, 2 * bound);
                        answer.handle(done);
                    }
                });
        return answer.future();
    }

    /**
     * What stood in the way of an answer is gone: whatever is still open was most likely asked of it, and fails now as
     * {@link LostMeanwhile}, so that it is asked anew; and nothing has failed in a row.
     */
    void startOver() {
        patience = FIRST;
        for (Promise<?> answer : List.copyOf(open)) {
            if (open.remove(answer)) {
                answer.fail(new LostMeanwhile());
            }
        }
    }
}
