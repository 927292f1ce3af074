package dev.baton.rights;

import java.io.Serializable;

/** Where the pen is. A hand-over passes through {@link Claiming}: it is real when the store has it, and not before. */
public sealed interface Tenure extends Serializable {

    /** Nothing is known yet; the store must be asked which epoch it is and who held the pen. */
    record Unloaded() implements Tenure {}

    /** Nobody has it, and the store knows. */
    record Free() implements Tenure {}

    /**
     * It is to be somebody's; the store is being told.
     *
     * @param by who gets it
     * @param gone whether that one left meanwhile, so that the pen must move on at once
     * @param move where it comes from
     */
    record Claiming(Waiter by, boolean gone, Move move) implements Tenure {}

    /**
     * Somebody has it, and the store knows. While that one is away, the pen is reserved.
     *
     * @param holder who
     * @param move how it came to be theirs
     * @param granted when the store had it, in milliseconds of cluster time
     */
    record Held(Waiter holder, Move move, long granted) implements Tenure {}

    /**
     * Nobody has it any more; the store is being told, so that what the last holder sends late is refused.
     *
     * @param move who had it, and why it is no longer theirs
     */
    record Vacating(Move move) implements Tenure {}
}
