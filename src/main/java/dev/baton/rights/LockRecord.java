package dev.baton.rights;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What the cluster keeps of one document: the lock, and the nodes that want to hear of it because they have members.
 *
 * @param lock the pen
 * @param audience ids of the nodes with members, sorted
 * @param revision rises with every change, also across a loss of the record, since it is at least the time of the
 *     change in milliseconds of cluster time, or for a grant the next one; who hears of two changes keeps the later
 */
public record LockRecord(EditLock lock, List<String> audience, long revision) implements Serializable {

    /** The record of a document that nobody has spoken of yet. */
    public static final LockRecord EMPTY = new LockRecord(EditLock.UNLOADED, List.of(), 0);

    /** Keeps the list immutable. */
    public LockRecord {
        audience = List.copyOf(audience);
    }

    /** Whether nothing would be lost by forgetting it. */
    boolean idle() {
        return audience.isEmpty() && lock.idle();
    }

    LockRecord next(EditLock newLock, List<String> newAudience, long now) {
        if (newLock.equals(lock) && newAudience.equals(audience)) {
            return this;
        }
        return new LockRecord(newLock, newAudience, Math.max(revision + 1, now));
    }

    /** With the next revision, however late it is. */
    LockRecord following(EditLock newLock) {
        return newLock.equals(lock) ? this : new LockRecord(newLock, audience, revision + 1);
    }

    static List<String> with(List<String> audience, String node) {
        if (audience.contains(node)) {
            return audience;
        }
        List<String> more = new ArrayList<>(audience);
        more.add(node);
        return more.stream().sorted().toList();
    }

    static List<String> without(List<String> audience, String node) {
        return audience.stream().filter(other -> !other.equals(node)).toList();
    }
}
