package dev.baton.presence;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One node's members of one document, at a version that rises with each change. Immutable.
 *
 * @param version 0 for a roster that was never filled
 * @param seats by session, in the order in which they joined
 */
public record Roster(long version, Map<String, Seat> seats) implements Serializable {

    /** Nobody. */
    public static final Roster EMPTY = new Roster(0, Map.of());

    /** Takes over a copy. */
    public Roster {
        seats = new LinkedHashMap<>(seats);
    }

    /**
     * A number that two nodes can compare instead of their rosters: differs, as good as surely, when the versions do.
     */
    public static long digest(String document, long version) {
        long mixed = document.hashCode() * 0x9E3779B97F4A7C15L ^ version * 0xC2B2AE3D27D4EB4FL;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        return mixed ^ (mixed >>> 32);
    }
}
