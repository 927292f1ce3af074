package dev.baton.faults;

import dev.baton.client.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How things must stand when the harm is over. Pure; each method gives what breaks one invariant. */
final class Endings {
    /** The gauges of a node that count what belongs to sessions. */
    private static final List<String> OF_SESSIONS = List.of(
            "baton_sockets",
            "baton_sessions",
            "baton_beats",
            "baton_rooms",
            "baton_seats",
            "baton_lock_timers",
            "baton_session_records",
            "baton_lock_records",
            "baton_roster_records");

    private Endings() {}

    /**
     * Whether those who want a document's pen were all told one and the same, in which each of them has its place;
     * until that is so it is not known who waits before whom.
     *
     * @param wanting the sessions that want the pen and are connected
     * @param told what each of those was told last; of somebody who was told nothing yet there is nothing
     */
    static boolean agreed(Set<String> wanting, List<Event.Told> told) {
        return told.size() == wanting.size()
                && told.stream().allMatch(one -> places(one).containsAll(wanting))
                && told.stream().map(Endings::places).distinct().count() <= 1;
    }

    private static List<String> places(Event.Told told) {
        List<String> places = new ArrayList<>(told.queue());
        told.holder().ifPresent(holder -> places.add(0, holder));
        return places;
    }

    /**
     * What each session was told last of a document's pen on the connection that it has now: what it was told on an
     * earlier one it may have been told before the lock knew that it went away.
     */
    static Map<String, Event.Told> lastTold(List<Event> events, String document) {
        Map<String, Event.Told> last = new HashMap<>();
        for (Event event : events) {
            if (event instanceof Event.Connected came) {
                last.remove(came.session());
            } else if (event instanceof Event.Told told && told.document().equals(document)) {
                last.put(told.session(), told);
            }
        }
        return last;
    }

    /** Those of some sessions whose connection has not ended since then; one that comes back at once was away too. */
    static Set<String> steady(List<Event> events, Set<String> sessions, long since) {
        Set<String> steady = new HashSet<>(sessions);
        for (Event event : events) {
            if (event.at() > since && event instanceof Event.Closed closed) {
                steady.remove(closed.session());
            }
        }
        return steady;
    }

    /**
     * 6: whoever was in line had the pen, in the order of the line.
     *
     * @param line as it was when the holders began to give the pen back
     * @param connected the sessions that were connected all the time since; others in line are passed over, and rightly
     * @param served who was told that it holds the pen since then, each once, in that order
     */
    static List<Violation> served(String document, List<String> line, Set<String> connected, List<String> served) {
        List<String> due = line.stream().filter(connected::contains).toList();
        List<String> had = served.stream().filter(due::contains).toList();
        return had.equals(due)
                ? List.of()
                : List.of(new Violation(
                        6,
                        document + " had the line " + line + ", of whom " + due + " were connected, and served "
                                + served));
    }

    /** 8: a node shows the members of a document that there are, and counts them right. */
    static List<Violation> members(int node, String document, Set<String> there, Set<String> shown, long count) {
        return shown.equals(there) && count == there.size()
                ? List.of()
                : List.of(new Violation(
                        8,
                        "node " + node + " shows in " + document + " " + count + " members " + shown
                                + ", and there are " + there));
    }

    /** 3: what readers were told is what the log says. */
    static List<Violation> retold(String document, List<Entry> log, Book book) {
        return log.stream()
                .filter(entry -> !book.tells(entry))
                .map(entry -> new Violation(3, "readers of " + document + " were told something else than " + entry))
                .toList();
    }

    /** 3: a reader has read its document to the end. */
    static List<Violation> read(String reader, String document, List<Entry> log, long read) {
        long head = log.isEmpty() ? 0 : log.get(log.size() - 1).seq();
        return read == head
                ? List.of()
                : List.of(new Violation(3, reader + " has read " + document + " to " + read + " of " + head));
    }

    /** 9: nothing of any session is left on a node, by its own gauges; one that it does not show counts as wrong. */
    static List<Violation> left(int node, Map<String, Long> gauges) {
        return OF_SESSIONS.stream()
                .filter(gauge -> gauges.getOrDefault(gauge, -1L) != 0)
                .map(gauge -> new Violation(9, "node " + node + " has " + gauge + " " + gauges.get(gauge)))
                .toList();
    }
}
