package dev.baton.gateway;

import dev.baton.room.Rooms;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The documents that the client of one connection takes part in, or is about to: no more than so many. No I/O. Confined
 * to the connection's loop.
 */
final class Attendance {
    private final int most;
    private final Set<String> documents = new HashSet<>();

    /** How many joins of each have no answer yet. */
    private final Map<String, Integer> joining = new HashMap<>();

    /**
     * Those that the client has asked to leave last: it may join another as soon as it is told, which is before this
     * side is.
     */
    private final Set<String> leaving = new HashSet<>();

    /** In none yet, and never in more than {@code most} at a time. */
    Attendance(int most) {
        this.most = most;
    }

    /**
     * The client asks to join. What comes of it is to be told to {@link #joined}.
     *
     * @return false, and nothing has changed, when that would be one document too many
     */
    boolean joins(String document) {
        if (!documents.contains(document) && documents.size() - leaving.size() >= most) {
            return false;
        }
        documents.add(document);
        leaving.remove(document);
        joining.merge(document, 1, Integer::sum);
        return true;
    }

    /** The client asks to leave. What comes of it is to be told to {@link #left}. */
    void leaves(String document) {
        if (documents.contains(document)) {
            leaving.add(document);
        }
    }

    /** What came of a join. When it has been asked to leave since, what comes of that is still to be told. */
    void joined(String document, Rooms.Result result) {
        joining.computeIfPresent(document, (same, count) -> count > 1 ? count - 1 : null);
        if (result == Rooms.Result.IN) {
            documents.add(document);
        } else {
            remove(document);
        }
    }

    /**
     * What came of the asking to leave. When it has been asked to join again since, what comes of that is still to be
     * told.
     */
    void left(String document, Rooms.Result result) {
        if (result == Rooms.Result.OUT) {
            remove(document);
        } else {
            leaving.remove(document);
            documents.add(document);
        }
    }

    private void remove(String document) {
        if (!joining.containsKey(document)) {
            documents.remove(document);
            leaving.remove(document);
        }
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
