package dev.baton.log;

import java.util.Optional;

/**
 * Where a document stands, read at one moment.
 *
 * @param document its name
 * @param epoch the current fencing token; 0 when it was never claimed
 * @param holder who may edit; empty when nobody does
 * @param head seq of the newest entry; 0 when there is none
 * @param snapshotSeq seq the newest snapshot stands for; 0 when there is none
 */
public record DocumentState(String document, long epoch, Optional<Tenant> holder, long head, long snapshotSeq) {
    /** Whether nobody has written to it or held its lock so far. */
    public boolean isNew() {
        return head == 0;
    }

    /** How every document begins. */
    public static DocumentState untouched(String document) {
        return new DocumentState(document, 0, Optional.empty(), 0, 0);
    }
}
