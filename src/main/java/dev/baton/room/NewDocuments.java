package dev.baton.room;

import dev.baton.protocol.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How many documents may be made: by one user in a minute, and in all. Joining a document that nobody has written to
 * counts as making it. Pure but for its lock; times are milliseconds of a clock that does not go back. Thread-safe.
 */
public final class NewDocuments {
    /** After so many joins, users who could make as many as ever are forgotten. */
    private static final int ROUND = 1_024;

    private static final long MINUTE = 60_000;
    private static final long NANOS = 1_000_000;

    private final int perMinute;
    private final OptionalInt most;

    /** For each user when all documents made so far are paid for, at an even pace; in nanoseconds. */
    private final Map<String, Long> paid = new HashMap<>();

    private long stored;
    private int joins;
    private long tooFast;
    private long tooMany;

    /**
     * Nobody has made any yet.
     *
     * @param perMinute of one user, at least 1; as many at once
     * @param most in the store, empty for any number
     */
    public NewDocuments(int perMinute, OptionalInt most) {
        this.perMinute = perMinute;
        this.most = most;
    }

    /** Whether it matters how many the store holds. */
    boolean counts() {
        return most.isPresent();
    }

    /** The store holds that many. */
    synchronized void stored(long documents) {
        stored = documents;
    }

    /** A user makes another one, unless this returns why not. */
    synchronized Optional<Refusal> make(String user, long millis) {
        if (most.isPresent() && stored >= most.getAsInt()) {
            tooMany++;
            return Optional.of(new Refusal(
                    ErrorCode.FORBIDDEN,
                    "there are " + most.getAsInt()
                            + " documents, which is all there may be (limits.documents); this one is"
                            + " not among them"));
        }
        long now = millis * NANOS;
        long step = MINUTE * NANOS / perMinute;
        long next = Math.max(paid.getOrDefault(user, now), now) + step;
        long ahead = next - now - MINUTE * NANOS;
        if (ahead > 0) {
            tooFast++;
            return Optional.of(new Refusal(
                    ErrorCode.RATE_LIMITED,
                    "this user has made " + perMinute
                            + " documents within a minute, which is all there may be (limits.documents-per-minute)",
                    OptionalLong.of(Math.max(1, (ahead + NANOS - 1) / NANOS))));
        }
        paid.put(user, next);
        stored++;
        joins++;
        if (joins % ROUND == 0) {
            paid.values().removeIf(until -> until <= now);
        }
        return Optional.empty();
    }

    /** How often a user made them too fast. Any thread. */
    public synchronized long refusedByRate() {
        return tooFast;
    }

    /** How often there were too many. Any thread. */
    public synchronized long refusedByNumber() {
        return tooMany;
    }

    /** How many users are remembered. */
    synchronized int users() {
        return paid.size();
    }
}
