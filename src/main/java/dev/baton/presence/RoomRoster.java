package dev.baton.presence;

import dev.baton.protocol.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All members of one document as one node sees them: its own roster, those of the others, and what was shown last.
 *
 * <p>Changes gather until {@link #flush}, which says what became different for those who watch; {@link #localDiff} says
 * what became different in this node's own roster, for the other nodes. No I/O and no clock. Confined to one context.
 */
public final class RoomRoster {
    private final String document;
    private final String node;
    private final Map<String, Seat> local = new LinkedHashMap<>();
    private final Map<String, Roster> remote = new LinkedHashMap<>();
    private final Map<String, Member> shown = new LinkedHashMap<>();

    /** Sessions whose seats changed since the last flush, each with the cause it would leave with. */
    private final Map<String, String> touched = new LinkedHashMap<>();

    /**
     * Sessions that {@link #MOVED} and whose new seat has not been told of yet, shown as they were; each with whether a
     * {@link #settle} has gone by.
     */
    private final Map<String, Boolean> expected = new LinkedHashMap<>();

    private final Set<String> put = new LinkedHashSet<>();
    private final Map<String, String> gone = new LinkedHashMap<>();
    private long version;

    /** Since the last {@link #localDiff} more has changed than what signals are kept. */
    private boolean moved;

    /**
     * An empty document, seen from a node.
     *
     * @param version to count from; higher than any this node has told of the document before
     */
    public RoomRoster(String document, String node, long version) {
        this.document = document;
        this.node = node;
        this.version = version;
    }

    // ---- this node's own ------------------------------------------------------------------------------------------

    /** Puts a member of this node, new or changed. */
    public void seat(Seat seat) {
        Seat before = local.put(seat.session(), seat);
        if (!seat.equals(before)) {
            moved |= before == null || !seat.isLike(before);
            put.add(seat.session());
            gone.remove(seat.session());
            touched.put(seat.session(), "");
        }
    }

    /** Takes a member of this node away. */
    public void unseat(String session, String cause) {
        if (local.remove(session) != null) {
            moved = true;
            put.remove(session);
            gone.put(session, cause);
            touched.put(session, cause);
        }
    }

    /** A member of this node. */
    public Optional<Seat> local(String session) {
        return Optional.ofNullable(local.get(session));
    }

    /** The members of this node; do not change it while walking. */
    public Collection<Seat> locals() {
        return local.values();
    }

    /** What changed in this node's roster since the last call, and a new version; empty when nothing did. */
    public Optional<RosterDiff> localDiff() {
        if (put.isEmpty() && gone.isEmpty()) {
            return Optional.empty();
        }
        List<Seat> seats = put.stream().map(local::get).toList();
        RosterDiff diff = new RosterDiff(document, node, version, version + 1, seats, new LinkedHashMap<>(gone));
        version++;
        moved = false;
        put.clear();
        gone.clear();
        return Optional.of(diff);
    }

    /**
     * Whether the next {@link #localDiff} holds more than kept signals. Those alone need not be written down at once: a
     * node that comes is told all of the roster anyway, at a later version.
     */
    public boolean moved() {
        return moved;
    }

    /** This node's whole roster, for a node that knows nothing of it. */
    public RosterDiff whole() {
        return new RosterDiff(document, node, 0, version, List.copyOf(local.values()), Map.of());
    }

    /** This node's whole roster, to be kept. */
    public Roster roster() {
        return new Roster(version, local);
    }

    /** Stands for this node's roster in a comparison. */
    public long digest() {
        return Roster.digest(document, version);
    }

    /** The version of this node's roster, as of the last {@link #localDiff}. */
    public long version() {
        return version;
    }

    // ---- the others' ----------------------------------------------------------------------------------------------

    /** Takes over a whole roster, unless a newer one is here. */
    public void load(String other, Roster roster) {
        Roster before = remote.get(other);
        if (before != null && before.version() >= roster.version()) {
            return;
        }
        replace(other, roster, Map.of());
    }

    /**
     * Takes over what another node says of its roster.
     *
     * @return false when something before it is missing here; ask for the whole roster then
     */
    public boolean apply(RosterDiff diff) {
        Roster before = remote.getOrDefault(diff.node(), Roster.EMPTY);
        if (diff.to() <= before.version()) {
            return true;
        }
        Map<String, Seat> seats;
        if (diff.from() == 0) {
            seats = new LinkedHashMap<>();
        } else if (diff.from() == before.version()) {
            seats = new LinkedHashMap<>(before.seats());
        } else {
            return false;
        }
        diff.put().forEach(seat -> seats.put(seat.session(), seat));
        diff.gone().keySet().forEach(seats::remove);
        replace(diff.node(), new Roster(diff.to(), seats), diff.gone());
        return true;
    }

    /** Forgets a node's roster: it is dead, or has no members any more. */
    public void forget(String other, String cause) {
        Roster before = remote.remove(other);
        if (before != null) {
            before.seats().keySet().forEach(session -> touched.put(session, cause));
        }
    }

    private void replace(String other, Roster roster, Map<String, String> causes) {
        Roster before = remote.getOrDefault(other, Roster.EMPTY);
        Set<String> sessions = new HashSet<>(before.seats().keySet());
        sessions.addAll(roster.seats().keySet());
        for (String session : sessions) {
            Seat was = before.seats().get(session);
            Seat is = roster.seats().get(session);
            if (is == null || !is.equals(was)) {
                touched.put(session, causes.getOrDefault(session, "left"));
            }
        }
        if (roster.seats().isEmpty()) {
            remote.remove(other);
        } else {
            remote.put(other, roster);
        }
    }

    /** The nodes whose rosters are held here, each with the version. */
    public Map<String, Long> held() {
        Map<String, Long> versions = new LinkedHashMap<>();
        remote.forEach((other, roster) -> versions.put(other, roster.version()));
        return versions;
    }

    /**
     * Whether that session is connected to another node, which has a seat of it that outranks the one here. One of a
     * connection that is over proves nothing: it may be of a count that came to nothing.
     */
    public boolean movedAway(String session) {
        Seat here = local.get(session);
        return here != null
                && remote.values().stream()
                        .map(roster -> roster.seats().get(session))
                        .anyMatch(seat -> seat != null && seat.member().online() && seat.outranks(here));
    }

    // ---- what is shown --------------------------------------------------------------------------------------------

    /** Whether a flush would show anything. */
    public boolean dirty() {
        return !touched.isEmpty() || !put.isEmpty() || !gone.isEmpty();
    }

    /**
     * To be called in regular intervals, longer than news take between nodes: who moved and has not been seen elsewhere
     * for a whole interval has left.
     */
    public void settle() {
        expected.forEach((session, late) -> {
            if (late) {
                touched.put(session, "left");
            }
        });
        expected.values().removeIf(late -> late);
        expected.replaceAll((session, late) -> true);
    }

    /** What is different from what was shown last; it counts as shown from now on. */
    public PresenceDiff flush() {
        List<Member> joined = new ArrayList<>();
        List<Member> changed = new ArrayList<>();
        Map<String, String> left = new LinkedHashMap<>();
        Map<String, String> kept = new LinkedHashMap<>();
        touched.forEach((session, cause) -> {
            Optional<Member> now = best(session).map(Seat::member);
            Member before = shown.get(session);
            if (now.isEmpty() && before != null && cause.equals(MOVED)) {
                // The news of the old seat's end was faster than that of the new one.
                expected.putIfAbsent(session, false);
                return;
            }
            expected.remove(session);
            if (now.isEmpty()) {
                if (before != null) {
                    shown.remove(session);
                    left.put(session, cause);
                }
            } else if (!now.get().equals(before)) {
                shown.put(session, now.get());
                if (before == null) {
                    joined.add(now.get());
                    return;
                }
                if (!now.get().keeping("").equals(before.keeping(""))) {
                    changed.add(now.get());
                }
                if (!now.get().kept().equals(before.kept()) && !local.containsKey(session)) {
                    kept.put(session, now.get().kept());
                }
            }
        });
        touched.clear();
        return new PresenceDiff(joined, left, changed, kept);
    }

    private Optional<Seat> best(String session) {
        Seat best = local.get(session);
        for (Roster roster : remote.values()) {
            Seat seat = roster.seats().get(session);
            if (seat != null && (best == null || seat.outranks(best))) {
                best = seat;
            }
        }
        return Optional.ofNullable(best);
    }

    /** How many members were shown last. */
    public int count() {
        return shown.size();
    }

    /** A member as shown last. */
    public Optional<Member> member(String session) {
        return Optional.ofNullable(shown.get(session));
    }

    /**
     * Everybody as shown last, or, in a large room, those who matter and the newest.
     *
     * @param matter sessions that are always among them, as far as they are members: the holder, the queue
     */
    public List<Member> members(Collection<String> matter) {
        if (shown.size() <= LARGE) {
            return List.copyOf(shown.values());
        }
        Map<String, Member> cut = new LinkedHashMap<>();
        matter.forEach(session -> member(session).ifPresent(member -> cut.put(session, member)));
        shown.values().stream()
                .sorted((a, b) -> Long.compare(b.since(), a.since()))
                .limit(NEWEST)
                .forEach(member -> cut.put(member.session(), member));
        return List.copyOf(cut.values());
    }

    /** The cause with which a session's seat goes that has one on another node; never shown. */
    public static final String MOVED = "moved";

    /** Above this many members the list is cut: a list of thousands is read by nobody and sent to everybody. */
    public static final int LARGE = 200;

    /** How many of the newest stay in a cut list. */
    public static final int NEWEST = 100;
}
