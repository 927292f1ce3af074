package dev.baton.log;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what becomes of the writes to one document in one transaction: starts from the document's locked row and the
 * operations that are known already, takes the writes in order, and ends with the segments to be stored. No I/O; used
 * by one thread, for one attempt.
 */
final class Ledger {
    /** An operation of a session, within one document. */
    record Operation(String session, String id) {}

    /** What is in the log for an operation; {@code user} is empty when the entry was compacted. */
    record Known(long seq, long epoch, Optional<String> user, long at, String fingerprint) {}

    /** An entry to be stored, with the fingerprint of its data unless it is one of kind RIGHTS. */
    record Line(Entry entry, Optional<String> fingerprint) {}

    /**
     * Writes under one epoch and holder; the first line is the RIGHTS entry when these are new.
     *
     * @param before the row as the segment finds it
     * @param after the row as it leaves it
     * @param content a newer snapshot
     */
    record Segment(DocumentRow before, DocumentRow after, List<Line> lines, Optional<Snapshot> content) {
        /**
         * An entry is known by its place; the equality of all that is in one is linked at its first use, in a first
         * hand-over.
         */
        boolean movesRights() {
            return !before.rights().map(Entry::seq).equals(after.rights().map(Entry::seq));
        }
    }

    private final Map<Operation, Known> known;
    private final List<Segment> segments = new ArrayList<>();
    private DocumentRow before;
    private DocumentRow row;
    private List<Line> lines = new ArrayList<>();
    private Optional<Snapshot> content = Optional.empty();
    private int entries;

    /**
     * A ledger that begins.
     *
     * @param row as it was locked
     * @param incarnation of the store, see {@link DocumentRow#under}
     */
    Ledger(DocumentRow row, Map<Operation, Known> known, long incarnation) {
        this.before = row;
        this.row = row.under(incarnation);
        this.known = new HashMap<>(known);
    }

    /**
     * @param ours whether an earlier attempt at this very write may have been committed: to find it done is then its
     *     first answer, not a repetition; the same holds for the other writes
     */
    ClaimResult claim(Claim claim, boolean ours) {
        Tenant claimant = claim.claimant();
        if (row.epoch() == claim.expectedEpoch()) {
            Entry entry = move(row.epoch() + 1, Optional.of(claimant), claimant, claim.cause(), claim.at());
            return new ClaimResult.Granted(entry.epoch(), entry, false);
        }
        if (row.isHeldBy(claim.expectedEpoch() + 1, claimant.session())) {
            return new ClaimResult.Granted(row.epoch(), row.rights().orElseThrow(), !ours);
        }
        return new ClaimResult.Refused(row.epoch(), row.holder());
    }

    VacateResult vacate(long epoch, String session, String cause, long at, boolean ours) {
        if (row.isHeldBy(epoch, session)) {
            Tenant leaving = row.holder().orElseThrow();
            return new VacateResult.Vacated(move(epoch, Optional.empty(), leaving, cause, at), false);
        }
        boolean vacated = row.epoch() == epoch
                && row.holder().isEmpty()
                && row.rights().isPresent()
                && row.rights().get().session().equals(session);
        if (vacated) {
            return new VacateResult.Vacated(row.rights().get(), !ours);
        }
        return new VacateResult.Fenced(row.epoch(), row.holder());
    }

    AppendResult append(Append append, String fingerprint, boolean ours) {
        return append(append, fingerprint, ours, Optional.empty());
    }

    /** {@code follows} is the session's operation that has to be in the log before this one. */
    AppendResult append(Append append, String fingerprint, boolean ours, Optional<String> follows) {
        Operation operation = new Operation(append.session(), append.id());
        Known earlier = known.get(operation);
        if (earlier != null) {
            return earlier.fingerprint().equals(fingerprint)
                    ? repeated(append, earlier, !ours)
                    : new AppendResult.Reused(earlier.seq());
        }
        if (append.kind() == Kind.UPDATE && !row.isHeldBy(append.epoch(), append.session())) {
            return new AppendResult.Fenced(row.epoch(), row.holder());
        }
        if (follows.isPresent() && !known.containsKey(new Operation(append.session(), follows.get()))) {
            return new AppendResult.OutOfOrder(follows.get());
        }
        Entry entry = new Entry(
                row.head() + 1,
                append.kind(),
                row.epoch(),
                append.session(),
                append.user(),
                append.id(),
                append.at(),
                append.data());
        known.put(operation, new Known(entry.seq(), entry.epoch(), Optional.of(entry.user()), entry.at(), fingerprint));
        row = row.withHead(entry.seq());
        add(new Line(entry, Optional.of(fingerprint)));
        return new AppendResult.Applied(entry.seq(), entry, false);
    }

    SnapshotResult snapshot(Snapshot snapshot) {
        if (!row.isHeldBy(snapshot.epoch(), snapshot.session())) {
            return new SnapshotResult.Fenced(row.epoch(), row.holder());
        }
        if (snapshot.seq() > row.head()) {
            return new SnapshotResult.Ahead(row.head());
        }
        if (snapshot.seq() > row.snapshotSeq()) {
            row = row.withSnapshot(snapshot.seq());
            content = Optional.of(snapshot);
        }
        return new SnapshotResult.Stored();
    }

    /** How many entries were written so far. */
    int entries() {
        return entries;
    }

    /** What is to be stored, in order; empty when nothing changed. Ends the use of this ledger. */
    List<Segment> segments() {
        cut();
        return segments;
    }

    private static AppendResult repeated(Append append, Known earlier, boolean again) {
        Entry entry = new Entry(
                earlier.seq(),
                append.kind(),
                earlier.epoch(),
                append.session(),
                earlier.user().orElse(append.user()),
                append.id(),
                earlier.at(),
                append.data());
        return new AppendResult.Applied(earlier.seq(), entry, again);
    }

    /** The holder changes: what was written under the one before must be stored under its own epoch first. */
    private Entry move(long epoch, Optional<Tenant> next, Tenant subject, String cause, long at) {
        cut();
        String data = new JsonObject()
                .put("from", row.holder().map(Tenant::session).orElse(null))
                .put("to", next.map(Tenant::session).orElse(null))
                .put("cause", cause)
                .encode();
        Entry entry = new Entry(row.head() + 1, Kind.RIGHTS, epoch, subject.session(), subject.user(), "", at, data);
        row = row.withRights(next, entry);
        add(new Line(entry, Optional.empty()));
        return entry;
    }

    private void add(Line line) {
        lines.add(line);
        entries++;
    }

    private void cut() {
        if (!lines.isEmpty() || content.isPresent()) {
            segments.add(new Segment(before, row, List.copyOf(lines), content));
            before = row;
            lines = new ArrayList<>();
            content = Optional.empty();
        }
    }
}
