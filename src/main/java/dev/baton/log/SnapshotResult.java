package dev.baton.log;

import java.util.Optional;

/** What became of a {@link Snapshot}. */
public sealed interface SnapshotResult {
    /** A snapshot at least as new as this one is in the store. */
    record Stored() implements SnapshotResult {}

    /**
     * The session does not hold the document at that epoch; nothing was written.
     *
     * @param epoch the current one
     * @param holder who holds the document at it
     */
    record Fenced(long epoch, Optional<Tenant> holder) implements SnapshotResult {}

    /**
     * It claims to contain entries that do not exist; nothing was written.
     *
     * @param head the newest there is
     */
    record Ahead(long head) implements SnapshotResult {}
}
