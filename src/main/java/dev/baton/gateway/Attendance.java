package dev.baton.gateway;

import dev.baton.room.Rooms;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The documents that the client of one connection takes part in, or is about to: no more than so many. No I/O. Confined to the
 * connection's loop.
 */
final class Attendance {
    private final int most;
    private final Set<String> documents = new HashSet<>();

    /** Those of them that the client has asked to leave: it may join another as soon as it is told, which is before this side is. */
    private final Set<String> leaving = new HashSet<>();

    /** Nobody yet, and never more than {@code most} documents at a time. */
    Attendance(int most) {
        this.most = most;
    }

    /**
     * The client asks to join.
     *
     * @return false, and nothing has changed, when that would be one document too many
     */
    boolean joins(String document) {
        if (!documents.contains(document) && documents.size() - leaving.size() >= most) {
            return false;
        }
        documents.add(document);
        leaving.remove(document);
        return true;
    }

    /** The client asks to leave. */
    void leaves(String document) {
        if (documents.contains(document)) {
            leaving.add(document);
        }
    }

    /** What came of a join. When it has been asked to leave since, that is still to come. */
    void joined(String document, Rooms.Result result) {
        if (result == Rooms.Result.IN) {
            documents.add(document);
        } else {
            remove(document);
        }
    }

    /** What came of the asking to leave; it may be joined again by now, and that is still to come. */
    void left(String document, Rooms.Result result) {
        if (result == Rooms.Result.OUT) {
            remove(document);
        } else {
            leaving.remove(document);
            documents.add(document);
        }
    }

    private void remove(String document) {
        documents.remove(document);
        leaving.remove(document);
    }

    /** The session takes part in those already, however many. */
    void resumes(Set<String> before) {
        documents.addAll(before);
    }

    /** Forgets the documents of which that is not true. */
    void keepOnly(Predicate<String> allowed) {
        documents.removeIf(allowed.negate());
        leaving.retainAll(documents);
    }

    /** All of them, those about to be left among them; a copy. */
    Set<String> documents() {
        return Set.copyOf(documents);
    }
}
