package dev.baton.log;

/**
 * A claim of the right to edit.
 *
 * @param document whose
 * @param expectedEpoch the epoch the claimant believes is current; the claim counts only if it is
 * @param claimant who shall hold it
 * @param cause why it moves, for the entry in the log
 * @param at now, in milliseconds since 1970
 */
public record Claim(String document, long expectedEpoch, Tenant claimant, String cause, long at) {
    /** Refuses what could not be stored. */
    public Claim {
        Text.requireName("document", document);
        Text.require("cause", cause);
        if (expectedEpoch < 0) {
            throw new IllegalArgumentException("expectedEpoch must not be negative, but is " + expectedEpoch);
        }
    }
}
