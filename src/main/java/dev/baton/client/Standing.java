package dev.baton.client;

import java.util.List;
import java.util.OptionalLong;

/**
 * Whether this session may write to a document. To hold the lock is not enough: an edit of the holder before may still
 * be on its way here. An entry of the new epoch proves that none is; so does a join that was sent since. And a client
 * that has not heard from the node for long may have lost the lock without knowing. Pure.
 */
final class Standing {
    private boolean holder;
    private boolean doubted;
    private long epoch = -1;
    private long seen = -1;
    private long joinedKnowing = -1;
    private long head;
    private long proven = -1;

    /** The node told who holds the lock. */
    void rights(Rights now) {
        holder = now.you() == Rights.Place.HOLDER;
        epoch = now.epoch();
        doubted = false;
    }

    /** What was last known of the lock, for {@link #joined}; −1 if nothing. */
    long epoch() {
        return epoch;
    }

    /**
     * The document was joined.
     *
     * @param knowing the epoch known when the join was sent
     * @param reached the log's head then
     * @param sameLog whether it is the log of before
     */
    void joined(long knowing, long reached, boolean sameLog) {
        joinedKnowing = knowing;
        head = reached;
        seen = sameLog ? seen : -1;
    }

    /** The log is told up to {@code seq}. */
    void told(List<Entry> entries, long seq) {
        entries.forEach(entry -> seen = Math.max(seen, entry.epoch()));
        prove(seq);
    }

    /**
     * Finds out whether everything written before this session held the lock has been told, now that the log is told up
     * to {@code seq}.
     */
    void prove(long seq) {
        if (holder && (seen >= epoch || (joinedKnowing >= epoch && seq >= head))) {
            proven = epoch;
        }
    }

    /** The lock may be elsewhere by now. */
    void doubt() {
        doubted = true;
    }

    /** The node has answered since, and would have told. */
    void trust() {
        doubted = false;
    }

    /** Whether the lock is here, as far as the node told last. */
    boolean holder() {
        return holder;
    }

    /** Whether the lock is here, and it is not known yet that everything written before has been told. */
    boolean unproven() {
        return holder && proven != epoch;
    }

    /** The epoch to write under; empty when nothing may be written. */
    OptionalLong writable() {
        return holder && !doubted && proven == epoch ? OptionalLong.of(epoch) : OptionalLong.empty();
    }
}
