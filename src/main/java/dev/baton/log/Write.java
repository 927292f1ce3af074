package dev.baton.log;

import io.vertx.core.Promise;
import java.util.Optional;

/**
 * A write that waits for its commit. Its state is touched by the committer's thread alone, the promise apart.
 *
 * @param <R> the answer
 */
final class Write<R> {
    /** Decides on a ledger, see {@link Ledger} for {@code ours}. */
    interface Rule<R> {
        R decide(Ledger ledger, boolean ours);
    }

    /** What an object, its promise and its names take besides the text they carry. */
    private static final int OVERHEAD = 256;

    private final String document;
    private final boolean creates;
    private final Optional<Ledger.Operation> operation;
    private final long bytes;
    private final Rule<R> rule;
    private final Promise<R> promise;
    private R answer;
    private boolean wrote;
    private boolean ours;

    /**
     * @param creates whether it can write to a document that does not exist yet
     * @param operation what must be looked up for it to be decided
     * @param characters of text it carries
     */
    Write(
            String document,
            boolean creates,
            Optional<Ledger.Operation> operation,
            int characters,
            Rule<R> rule,
            Promise<R> promise) {
        this.document = document;
        this.creates = creates;
        this.operation = operation;
        this.bytes = (long) OVERHEAD + characters;
        this.rule = rule;
        this.promise = promise;
    }

    String document() {
        return document;
    }

    boolean creates() {
        return creates;
    }

    Optional<Ledger.Operation> operation() {
        return operation;
    }

    long bytes() {
        return bytes;
    }

    void decide(Ledger ledger) {
        int entries = ledger.entries();
        answer = rule.decide(ledger, ours);
        wrote = ledger.entries() > entries;
    }

    /** The last decision may or may not have been committed: what it wrote, if it is found, is this write's own. */
    void leftOpen() {
        ours |= wrote;
    }

    void answer() {
        promise.tryComplete(answer);
    }

    void fail(LogException failure) {
        promise.tryFail(failure);
    }
}
