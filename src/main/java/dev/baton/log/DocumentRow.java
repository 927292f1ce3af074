package dev.baton.log;

import java.util.Optional;

/**
 * A row of {@code baton_document}: all that decides what may be written.
 *
 * @param num its key in the store; 0 for a document that has no row yet
 * @param rights the newest entry of kind RIGHTS
 * @param floor up to here entries have lost their data
 * @param swept up to here entries are gone
 */
record DocumentRow(
        long num,
        String name,
        long epoch,
        long head,
        Optional<Tenant> holder,
        Optional<Entry> rights,
        long snapshotSeq,
        long floor,
        long swept) {

    static DocumentRow untouched(String name) {
        return new DocumentRow(0, name, 0, 0, Optional.empty(), Optional.empty(), 0, 0, 0);
    }

    /** A document that was deleted and not written to since, with its last epoch and the seq of the deletion. */
    static DocumentRow deleted(String name, long epoch, long seq) {
        return new DocumentRow(0, name, epoch, seq, Optional.empty(), Optional.empty(), 0, seq, seq);
    }

    /**
     * The row as it counts in that incarnation of the store. An epoch of an earlier one is no token any more, and its
     * holder holds nothing: grants of lost history may have been greater.
     */
    DocumentRow under(long incarnation) {
        return epoch > incarnation || incarnation == 0
                ? this
                : new DocumentRow(num, name, incarnation, head, Optional.empty(), rights, snapshotSeq, floor, swept);
    }

    DocumentState state() {
        return new DocumentState(name, epoch, holder, head, snapshotSeq);
    }

    boolean isHeldBy(long atEpoch, String session) {
        return epoch == atEpoch && holder.isPresent() && holder.get().session().equals(session);
    }

    DocumentRow withRights(Optional<Tenant> next, Entry entry) {
        return new DocumentRow(
                num, name, entry.epoch(), entry.seq(), next, Optional.of(entry), snapshotSeq, floor, swept);
    }

    DocumentRow withHead(long next) {
        return new DocumentRow(num, name, epoch, next, holder, rights, snapshotSeq, floor, swept);
    }

    DocumentRow withSnapshot(long seq) {
        return new DocumentRow(num, name, epoch, head, holder, rights, seq, floor, swept);
    }
}
