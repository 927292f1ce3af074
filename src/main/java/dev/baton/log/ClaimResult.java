package dev.baton.log;

import java.util.Optional;

/** What became of a {@link Claim}. */
public sealed interface ClaimResult {
    /**
     * The claimant holds the document.
     *
     * @param epoch the new fencing token
     * @param entry the {@link Kind#RIGHTS} entry of this grant
     * @param again whether this claim had been granted to the same claimant before; the entry is the first one then
     */
    record Granted(long epoch, Entry entry, boolean again) implements ClaimResult {}

    /**
     * The expected epoch is not the current one; nothing changed.
     *
     * @param epoch the current one
     * @param holder who holds the document at it
     */
    record Refused(long epoch, Optional<Tenant> holder) implements ClaimResult {}
}
