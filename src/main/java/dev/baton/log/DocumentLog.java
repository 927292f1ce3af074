package dev.baton.log;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The durable log of documents.
 *
 * <p>For each document there is one sequence of entries, dense from 1, and one fencing token, the <em>epoch</em>: it
 * rises by one with each granted claim, for ever, and an update is written only under the current one by its holder.
 * What a future of this interface reports as done is committed to disk, and holds for every node that uses the same
 * store.
 *
 * <p><strong>Threads.</strong> Every method may be called from any thread and none blocks. Futures complete on the
 * Vert.x context of the caller, or on one made for the calling thread when it has none. Writes of one document that are
 * handed in by one thread are done in that order.
 *
 * <p><strong>Failures.</strong> A future fails with {@link LogException} and nothing else. Arguments that break what a
 * parameter promises are answered by {@link IllegalArgumentException} at the call.
 *
 * <p><strong>Retries.</strong> Every write may be repeated, through any node, when its outcome is unknown: an append is
 * known by (document, session, id) as long as its entry is in the log and {@link LogSettings#retries()} beyond, a claim
 * by its claimant and epoch, a vacating by its session and epoch.
 */
public interface DocumentLog {
    /**
     * The id of the store, made once by the node that opened it first; survives restarts and is the same for all its
     * nodes.
     */
    String id();

    /**
     * Which continuous history the store holds: 0 at first, and a greater number each time that history was lost or
     * forked. Epochs granted in an incarnation are greater than it; entries and epochs of earlier ones may be gone, and
     * their tokens are refused.
     */
    long incarnation();

    /**
     * Sets the handler that is told, on the context this is called from, of each later incarnation that this node goes
     * on to; replaces the one before. Everything known of documents has to be read again then.
     */
    void incarnationHandler(Handler<Long> handler);

    /**
     * Another node works in that incarnation of the store; to be repeated while it does, since it counts for some
     * seconds.
     */
    void heard(long incarnation);

    /**
     * Whether another node works in a later incarnation. Then this node's connections lead to an old copy, and are of
     * no use.
     */
    boolean behind();

    /**
     * Raises the incarnation, since history is known to be lost; gives the one that follows. {@code cause} goes to the
     * node's log.
     */
    Future<Long> raise(String cause);

    /** Where the document stands; {@link DocumentState#untouched} for one that nobody wrote to. */
    Future<DocumentState> state(String document);

    /** The documents that the session holds, by name; empty when there is none. */
    Future<List<DocumentState>> heldBy(String session);

    /**
     * Raises the epoch by one and makes the claimant the holder, if the epoch is still the expected one. The same claim
     * again is granted again, with the first entry, as long as the epoch has not moved on and the claimant holds it.
     */
    Future<ClaimResult> claim(Claim claim);

    /**
     * The holder goes and nobody follows. The epoch stays; with nobody to hold it, what the old holder sends late is
     * fenced.
     *
     * @param epoch at which the session holds the document
     * @param cause why, for the entry in the log
     * @param at now, in milliseconds since 1970
     */
    Future<VacateResult> vacate(String document, long epoch, String session, String cause, long at);

    /** Writes an update or a message once. */
    default Future<AppendResult> append(Append append) {
        return append(append, Optional.empty());
    }

    /**
     * The same of what came on a connection; fails as {@link LogException.Reason#SUPERSEDED} when the session has gone
     * on with another one before it was committed.
     */
    Future<AppendResult> append(Append append, Optional<Sender> sender);

    /**
     * The session goes on with a connection, its {@code generation}-th: when this completes, nothing that came on an
     * earlier one is under way here, and nothing of that will be written. Any other failure of the store does not fail
     * this.
     */
    Future<Void> supersede(String session, long generation);

    /**
     * The session was removed: from when this completes, no node makes it a holder or writes for it, for ever. Fails as
     * unavailable, and may be repeated.
     */
    Future<Void> remove(String session);

    /**
     * The sessions that were removed within the last so many milliseconds, by the clock of the store; the newest
     * thousand at most.
     */
    Future<List<String>> removedSince(long millis);

    /**
     * Sets what is asked right before each commit, on the committer's thread: whether this node may write at that
     * moment. Where it may not, writes fail as unavailable and nothing of them is stored.
     */
    void commitOnlyIf(BooleanSupplier permitted);

    /**
     * Stores the content of a document, for those who open it later; what lies far enough behind it is compacted in
     * time.
     */
    default Future<SnapshotResult> snapshot(Snapshot snapshot) {
        return snapshot(snapshot, Optional.empty());
    }

    /** The same of what came on a connection, see {@link #append(Append, Optional)}. */
    Future<SnapshotResult> snapshot(Snapshot snapshot, Optional<Sender> sender);

    /**
     * What someone who joins needs, consistent in itself.
     *
     * @param after the last seq the joiner has; with the equal {@code logId} and nothing lost since, the opening is
     *     recovered. When the rest is longer than one page and a snapshot leads closer to the head, the snapshot is
     *     given instead
     * @param logId the {@link Opening#log()} the joiner got {@code after} with; when it is the current one and
     *     {@code after} is beyond the head, history was lost: the incarnation is raised, unless that was done on a
     *     reader's word in the last ten minutes
     */
    Future<Opening> open(String document, OptionalLong after, Optional<String> logId);

    /**
     * The entries that follow {@code after}, in seq order and without gaps among themselves: at most {@code limit}, and
     * no more than a page ({@link LogSettings#pageEntries()}, {@link LogSettings#pageBytes()}), but at least one if
     * there is one. When the first is not {@code after + 1}, what lay between was compacted: open the document again
     * instead.
     *
     * @param after 0 or more
     * @param limit 1 or more
     */
    Future<List<Entry>> read(String document, long after, int limit);

    /**
     * How far the documents have come, {@link Head#NONE} for one that does not exist; one query for up to a thousand of
     * them.
     */
    Future<Map<String, Head>> heads(Collection<String> documents);

    /** How many documents the store holds; reads them all, so not for every request. */
    Future<Long> documents();

    /** Whether the store answers in time as far as is known now; while it does not, writes fail at once. */
    boolean available();

    /**
     * Why nothing can be written now, as a cause and words for operators with the database's own code; empty while
     * {@link #available()}. It holds no content.
     */
    Optional<String> obstacle();

    /**
     * Sets who is told, on the context this is called from, each time {@link #available()} changes; replaces the one
     * before.
     */
    void availabilityHandler(Handler<Boolean> handler);

    /** How this node's log is doing. */
    LogStats stats();

    /**
     * Says in the store that the node is there, and gives what every node's line says, this one's included. A node that
     * hears nothing of another one can tell from it whether that one is dead. Waits behind no other write; at most a
     * few can be under way.
     *
     * @param mine what to say; {@code age} is ignored, and {@code serving} only ends what {@link #serve} began: a node
     *     whose signature ran out has to {@link #serve} again
     */
    Future<Map<String, Signature>> sign(String node, Signature mine);

    /**
     * Says in the store that a node that has signed acts for clients, unless nodes do that are not among {@code own}:
     * then gives those, and nothing is said. Of several nodes that try at once one is first.
     */
    Future<Map<String, Signature>> serve(String node, Set<String> own);

    /** Says in the store that the node goes. */
    Future<Void> strike(String node);

    /**
     * Finishes the writes that were accepted, refuses new ones, and lets go of the store. Calls after it fail as
     * unavailable. Never takes longer than the store is waited for, {@link LogSettings#patience()}, twice.
     */
    Future<Void> close();
}
