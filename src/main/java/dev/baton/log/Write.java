package dev.baton.log;

import io.vertx.core.Promise;
import java.sql.Connection;
import java.sql.SQLException;
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

    /** A shorter way for a write that nothing else is committed with. */
    @FunctionalInterface
    interface AtOnce<R> {
        /**
         * Does and commits it by one statement, on a connection that is in no transaction; leaves the connection so.
         *
         * @return empty when nothing was written, so that it is to be decided on a ledger
         */
        Optional<R> perform(Connection connection) throws SQLException;
    }

    /** What an object, its promise and its names take besides the text they carry. */
    private static final int OVERHEAD = 256;

    private final String document;
    private final boolean creates;
    private final Optional<Ledger.Operation> operation;
    private final long bytes;
    private final Rule<R> rule;
    private final Optional<AtOnce<R>> atOnce;
    private final Optional<Sender> sender;
    private final Promise<R> promise;
    private R answer;
    private boolean wrote;
    private boolean ours;

    /**
     * @param creates whether it can write to a document that does not exist yet
     * @param operation what must be looked up for it to be decided
     * @param characters of text it carries
     * @param atOnce a shorter way, where there is one
     * @param sender the connection it came on, where it came on one
     */
    Write(
            String document,
            boolean creates,
            Optional<Ledger.Operation> operation,
            int characters,
            Rule<R> rule,
            Optional<AtOnce<R>> atOnce,
            Optional<Sender> sender,
            Promise<R> promise) {
        this.document = document;
        this.creates = creates;
        this.operation = operation;
        this.bytes = (long) OVERHEAD + characters;
        this.rule = rule;
        this.atOnce = atOnce;
        this.sender = sender;
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

    /** The connection it came on; empty when a node writes of its own. */
    Optional<Sender> sender() {
        return sender;
    }

    /** The operation that has to be in the log before; empty when it follows none. */
    Optional<Ledger.Operation> follows() {
        return sender.flatMap(came -> came.follows().map(before -> new Ledger.Operation(came.session(), before)));
    }

    long bytes() {
        return bytes;
    }

    void decide(Ledger ledger) {
        int entries = ledger.entries();
        answer = rule.decide(ledger, ours);
        wrote = ledger.entries() > entries;
    }

    /** Whether there is a shorter way than a decision, see {@link AtOnce}. */
    boolean canGoAtOnce() {
        return atOnce.isPresent();
    }

    /** Goes the shorter way; false when that led nowhere and nothing was written. */
    boolean goAtOnce(Connection connection) throws SQLException {
        wrote = true; // until the database has said otherwise
        Optional<R> done = atOnce.orElseThrow().perform(connection);
        done.ifPresent(result -> answer = result);
        wrote = done.isPresent();
        return wrote;
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
