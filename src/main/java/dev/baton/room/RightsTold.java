package dev.baton.room;

import dev.baton.protocol.Frames;
import dev.baton.protocol.Member;
import dev.baton.protocol.RightsState;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What each member was last told of a document's lock, so that a change is told to those for whom something is new: the
 * holder, the first who wait, or a member's own position. How many wait in all is told with that, or by itself now and
 * then. So a crowd that waits costs each change one short frame a member at most. No I/O, no clock. Confined to one
 * context.
 */
final class RightsTold {
    private record Core(long epoch, Optional<Member> holder, OptionalLong deadline, List<String> shown, String cause) {}

    private record Told(long version, RightsState.Place place, int position, int waiting) {}

    private final Map<String, Told> told = new HashMap<>();
    private Optional<Core> core = Optional.empty();
    private long version;

    private RightsState now;
    private Map<String, Integer> positions = Map.of();
    private final Map<RightsState.Place, String> shared = new EnumMap<>(RightsState.Place.class);
    private boolean owes;

    /**
     * That is how it stands; the frames from now on are about it.
     *
     * @param deadline when a reservation ends, in milliseconds of any one clock
     */
    void stands(RightsState rights, OptionalLong deadline) {
        Core fresh = new Core(rights.epoch(), rights.holder(), deadline, List.copyOf(rights.shown()), rights.cause());
        if (core.filter(fresh::equals).isEmpty()) {
            core = Optional.of(fresh);
            version++;
        }
        now = rights;
        shared.clear();
        owes = false;
        Map<String, Integer> places = new HashMap<>();
        int position = 0;
        for (String session : rights.queue()) {
            places.putIfAbsent(session, ++position);
        }
        positions = places;
    }

    /**
     * What a member is to be told; empty when nothing is new for it.
     *
     * @param count whether it is also told when no more is new than how many wait
     */
    Optional<String> frame(String session, boolean count) {
        Told fresh = toldNow(session);
        Told before = told.get(session);
        if (fresh.equals(before)) {
            return Optional.empty();
        }
        boolean same = before != null
                && before.version == fresh.version
                && before.place == fresh.place
                && before.position == fresh.position;
        if (same && !count) {
            owes = true;
            return Optional.empty();
        }
        told.put(session, fresh);
        return Optional.of(
                fresh.position > 0
                        ? Frames.rights(Optional.empty(), now, fresh.place, fresh.position)
                        : shared.computeIfAbsent(fresh.place, place -> Frames.rights(Optional.empty(), now, place, 0)));
    }

    /** A member was told how it stands in another way. */
    void knows(String session) {
        told.put(session, toldNow(session));
    }

    /** Nobody knows what a member was told: its connection is another one. */
    void forget(String session) {
        told.remove(session);
    }

    /** These are the members; what others were told is of no use. */
    void only(Collection<String> sessions) {
        told.keySet().retainAll(sessions);
    }

    /** Whether somebody was not told how many wait since {@link #stands}. */
    boolean owes() {
        return owes;
    }

    private Told toldNow(String session) {
        int position = positions.getOrDefault(session, 0);
        boolean holds =
                now.holder().filter(holder -> holder.session().equals(session)).isPresent();
        RightsState.Place place =
                holds ? RightsState.Place.HOLDER : position > 0 ? RightsState.Place.QUEUED : RightsState.Place.VIEWER;
        return new Told(version, place, holds ? 0 : position, now.queue().size());
    }
}
