package dev.baton.gateway;

import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Puts the parts of updates and snapshots of one client together. At a time there is one unfinished series for each
 * document and type; part 1 always begins one. A series that fails is answered once, and the rest of its parts is
 * dropped. Pure: the time is a parameter, in milliseconds of a clock that does not go back. Confined to the
 * connection's loop.
 */
final class Parts {

    /** A series that gets no further part for this long, in milliseconds, is dropped. */
    static final long PATIENCE = Duration.ofSeconds(30).toMillis();

    /** What a part costs besides its text, in bytes. */
    private static final int OVERHEAD = 64;

    /** What came of a part. */
    sealed interface Outcome {

        /** It is kept; more are to come. */
        record Kept() implements Outcome {}

        /** The message is complete. */
        record Whole(ClientMessage.Part last, String text) implements Outcome {}

        /** The series has failed, for the reason given, which is to be answered; the rest of it will be dropped. */
        record Failed(ErrorCode code, String message) implements Outcome {}

        /** It belongs to a series that has failed already. */
        record Dropped() implements Outcome {}
    }

    /** A series that came to nothing, and has to be answered under the {@code ref} of its last part. */
    record Abandoned(Optional<Json> ref, String message) {}

    private record Key(String document, ClientMessage.Divided kind) {}

    private static final class Series {
        private ClientMessage.Part last;
        private final List<String> pieces = new ArrayList<>();
        private boolean failed;
        private long size;
        private long cost;
        private long touched;

        Series(ClientMessage.Part first) {
            this.last = first;
        }

        String done() {
            return last.series() + " at part " + last.part() + " of " + last.parts();
        }
    }

    private final ToIntFunction<ClientMessage.Divided> largest;
    private final long most;
    private final PartsBudget budget;
    private final Map<Key, Series> all = new HashMap<>();
    private long taken;

    /**
     * Without any part.
     *
     * @param largest the most bytes of a message's data, by its type
     * @param most bytes that this client's unfinished series may take together
     * @param budget of the node
     */
    Parts(ToIntFunction<ClientMessage.Divided> largest, long most, PartsBudget budget) {
        this.largest = largest;
        this.most = most;
        this.budget = budget;
    }

    /**
     * What has to be answered before part 1 of a series is taken: another one of the same type is unfinished, and is
     * given up.
     */
    Optional<Abandoned> begins(ClientMessage.Part part) {
        Series before = all.get(key(part));
        return part.part() == 1 && before != null && !before.failed && !before.last.follows(part)
                ? Optional.of(new Abandoned(
                        before.last.ref(), before.done() + " was given up: " + part.series() + " began after it"))
                : Optional.empty();
    }

    /** Takes the next part. */
    Outcome take(ClientMessage.Part part, long now) {
        if (part.part() == 1) {
            drop(key(part));
            all.put(key(part), new Series(part));
        }
        Series series = all.get(key(part));
        if (series == null || (series.failed && !series.last.follows(part))) {
            refuse(part);
            return bad("part " + part.part() + " of " + part.series() + " came without part 1");
        }
        if (series.failed) {
            return new Outcome.Dropped();
        }
        Optional<Outcome> fault = fault(series, part).or(() -> tooMuch(series, part));
        if (fault.isPresent()) {
            refuse(part);
            return fault.get();
        }
        series.pieces.add(part.data());
        series.last = part;
        series.touched = now;
        return part.part() < part.parts() ? new Outcome.Kept() : whole(series);
    }

    private static Optional<Outcome> fault(Series series, ClientMessage.Part part) {
        int due = series.pieces.size() + 1;
        if (!series.last.follows(part)) {
            boolean sameName = series.last.series().equals(part.series()) && series.last.epoch() == part.epoch();
            return Optional.of(bad(
                    sameName
                            ? "parts of " + part.series() + " was " + series.last.parts() + " and is now "
                                    + part.parts()
                            : "part " + part.part() + " of " + part.series() + " came between the parts of "
                                    + series.last.series() + ", whose part " + due + " is due"));
        }
        return part.part() == due
                ? Optional.empty()
                : Optional.of(
                        bad("part " + part.part() + " of " + part.series() + " came where part " + due + " is due"));
    }

    /** Whether there is no room for it; else the room is taken. */
    private Optional<Outcome> tooMuch(Series series, ClientMessage.Part part) {
        long size = Json.bytes(part.data());
        long cost = size + OVERHEAD;
        int limit = largest.applyAsInt(part.kind());
        if (series.size + size > limit) {
            return Optional.of(new Outcome.Failed(
                    ErrorCode.TOO_LARGE, "data of " + part.series() + " must not exceed " + limit + " bytes"));
        }
        if (taken + cost > most) {
            return Optional.of(new Outcome.Failed(
                    ErrorCode.BUSY, "the unfinished parts of one session must not exceed " + most + " bytes"));
        }
        if (!budget.tryTake(cost)) {
            return Optional.of(
                    new Outcome.Failed(ErrorCode.BUSY, "too many unfinished parts wait on this node; try again"));
        }
        series.size += size;
        series.cost += cost;
        taken += cost;
        return Optional.empty();
    }

    private Outcome whole(Series series) {
        StringBuilder text = new StringBuilder();
        series.pieces.forEach(text::append);
        drop(key(series.last));
        return new Outcome.Whole(series.last, text.toString());
    }

    private static Outcome bad(String message) {
        return new Outcome.Failed(ErrorCode.BAD_MESSAGE, message + "; begin again with part 1");
    }

    /** The series of that part has failed: what still comes of it is dropped. */
    void refuse(ClientMessage.Part part) {
        drop(key(part));
        if (part.part() < part.parts()) {
            Series failed = new Series(part);
            failed.failed = true;
            all.put(key(part), failed);
        }
    }

    /** The session has left a document. */
    void forget(String document) {
        for (ClientMessage.Divided kind : ClientMessage.Divided.values()) {
            drop(new Key(document, kind));
        }
    }

    /** The session has ended. */
    void clear() {
        List.copyOf(all.keySet()).forEach(this::drop);
    }

    /** Drops what was not gone on with for {@link #PATIENCE}. */
    List<Abandoned> expire(long now) {
        List<Abandoned> late = new ArrayList<>();
        Iterator<Series> each = List.copyOf(all.values()).iterator();
        while (each.hasNext()) {
            Series series = each.next();
            if (!series.failed && now - series.touched >= PATIENCE) {
                late.add(new Abandoned(
                        series.last.ref(), series.done() + " was not gone on with for " + PATIENCE + " ms"));
                refuse(series.last);
            }
        }
        return late;
    }

    /** Whether a series is unfinished. */
    boolean unfinished() {
        return taken > 0;
    }

    private void drop(Key key) {
        Series series = all.remove(key);
        if (series != null) {
            taken -= series.cost;
            budget.giveBack(series.cost);
        }
    }

    private static Key key(ClientMessage.Part part) {
        return new Key(part.document(), part.kind());
    }
}
