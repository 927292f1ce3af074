package dev.baton.log;

import java.util.Optional;

/** What became of a {@link DocumentLog#vacate}. */
public sealed interface VacateResult {
    /**
     * Nobody holds the document now.
     *
     * @param entry the {@link Kind#RIGHTS} entry that says so
     * @param again whether the same holder had vacated it at this epoch before; the entry is the first one then
     */
    record Vacated(Entry entry, boolean again) implements VacateResult {}

    /**
     * The session does not hold the document at that epoch; nothing changed.
     *
     * @param epoch the current one
     * @param holder who holds the document at it
     */
    record Fenced(long epoch, Optional<Tenant> holder) implements VacateResult {}
}
