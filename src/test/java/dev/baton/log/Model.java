package dev.baton.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a document must do, as plainly as it can be said: all it ever did, in a list. */
final class Model {
    private final String name;
    private final List<Entry> entries = new ArrayList<>();
    private long epoch;
    private Optional<Tenant> holder = Optional.empty();
    private Optional<Opening.Content> content = Optional.empty();

    Model(String name) {
        this.name = name;
    }

    ClaimResult claim(Claim claim) {
        String claimant = claim.claimant().session();
        if (claim.expectedEpoch() == epoch) {
            Entry entry = rights(epoch + 1, claim.claimant(), Optional.of(claimant), claim.cause(), claim.at());
            epoch++;
            holder = Optional.of(claim.claimant());
            return new ClaimResult.Granted(epoch, entry, false);
        }
        if (claim.expectedEpoch() + 1 == epoch && isHeldBy(claimant)) {
            Entry first = entries.stream()
                    .filter(e -> e.kind() == Kind.RIGHTS && e.epoch() == epoch)
                    .findFirst()
                    .orElseThrow();
            return new ClaimResult.Granted(epoch, first, true);
        }
        return new ClaimResult.Refused(epoch, holder);
    }

    VacateResult vacate(long at, long expected, String session, String cause) {
        if (expected == epoch && isHeldBy(session)) {
            Entry entry = rights(epoch, holder.orElseThrow(), Optional.empty(), cause, at);
            holder = Optional.empty();
            return new VacateResult.Vacated(entry, false);
        }
        if (expected == epoch && holder.isEmpty()) {
            Optional<Entry> before = entries.stream()
                    .filter(e -> e.kind() == Kind.RIGHTS && e.epoch() == epoch)
                    .skip(1)
                    .filter(e -> e.session().equals(session))
                    .findFirst();
            if (before.isPresent()) {
                return new VacateResult.Vacated(before.get(), true);
            }
        }
        return new VacateResult.Fenced(epoch, holder);
    }

    AppendResult append(Append append) {
        for (Entry entry : entries) {
            if (entry.session().equals(append.session()) && entry.id().equals(append.id())) {
                boolean same = entry.kind() == append.kind() && entry.data().equals(append.data());
                return same ? new AppendResult.Applied(entry.seq(), entry, true) : new AppendResult.Reused(entry.seq());
            }
        }
        if (append.kind() == Kind.UPDATE && !(append.epoch() == epoch && isHeldBy(append.session()))) {
            return new AppendResult.Fenced(epoch, holder);
        }
        Entry entry = new Entry(
                entries.size() + 1L,
                append.kind(),
                epoch,
                append.session(),
                append.user(),
                append.id(),
                append.at(),
                append.data());
        entries.add(entry);
        return new AppendResult.Applied(entry.seq(), entry, false);
    }

    SnapshotResult snapshot(Snapshot snapshot) {
        if (snapshot.epoch() != epoch || !isHeldBy(snapshot.session())) {
            return new SnapshotResult.Fenced(epoch, holder);
        }
        if (snapshot.seq() > entries.size()) {
            return new SnapshotResult.Ahead(entries.size());
        }
        if (content.isEmpty() || content.get().seq() < snapshot.seq()) {
            content = Optional.of(new Opening.Content(snapshot.seq(), snapshot.data()));
        }
        return new SnapshotResult.Stored();
    }

    DocumentState state() {
        return new DocumentState(
                name,
                epoch,
                holder,
                entries.size(),
                content.map(Opening.Content::seq).orElse(0L));
    }

    List<Entry> entries() {
        return entries;
    }

    Optional<Opening.Content> content() {
        return content;
    }

    private boolean isHeldBy(String session) {
        return holder.map(Tenant::session).equals(Optional.of(session));
    }

    private Entry rights(long ofEpoch, Tenant subject, Optional<String> to, String cause, long at) {
        String data = "{\"from\":" + quoted(holder.map(Tenant::session)) + ",\"to\":" + quoted(to) + ",\"cause\":\""
                + cause + "\"}";
        Entry entry =
                new Entry(entries.size() + 1L, Kind.RIGHTS, ofEpoch, subject.session(), subject.user(), "", at, data);
        entries.add(entry);
        return entry;
    }

    private static String quoted(Optional<String> text) {
        return text.map(t -> "\"" + t + "\"").orElse("null");
    }
}
