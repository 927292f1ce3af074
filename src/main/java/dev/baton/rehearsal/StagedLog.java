package dev.baton.rehearsal;

import dev.baton.log.Append;
import dev.baton.log.AppendResult;
import dev.baton.log.Claim;
import dev.baton.log.ClaimResult;
import dev.baton.log.DocumentLog;
import dev.baton.log.DocumentState;
import dev.baton.log.Entry;
import dev.baton.log.Head;
import dev.baton.log.Kind;
import dev.baton.log.LogStats;
import dev.baton.log.Opening;
import dev.baton.log.Sender;
import dev.baton.log.Signature;
import dev.baton.log.Snapshot;
import dev.baton.log.SnapshotResult;
import dev.baton.log.Tenant;
import dev.baton.log.VacateResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * The log of a rehearsal: asks the store what it would be asked in earnest, of a document that the store does not have,
 * and so gets nothing written; what the answers would have been it keeps itself. Any thread.
 */
final class StagedLog implements DocumentLog {
    private final DocumentLog store;
    private final Map<String, DocumentState> documents = new ConcurrentHashMap<>();

    StagedLog(DocumentLog store) {
        this.store = store;
    }

    private DocumentState staged(String document) {
        return documents.getOrDefault(document, DocumentState.untouched(document));
    }

    private Entry move(String document, long epoch, Optional<Tenant> holder, String cause, long at) {
        DocumentState next = documents.compute(document, (name, known) -> {
            long head = known == null ? 0 : known.head();
            return new DocumentState(name, epoch, holder, head + 1, 0);
        });
        String session = holder.map(Tenant::session).orElse("");
        String user = holder.map(Tenant::user).orElse("{}");
        return new Entry(next.head(), Kind.RIGHTS, epoch, session, user, "", at, "{\"cause\":\"" + cause + "\"}");
    }

    @Override
    public String id() {
        return store.id();
    }

    @Override
    public Future<Void> supersede(String session, long generation) {
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> remove(String session) {
        return Future.succeededFuture();
    }

    @Override
    public Future<List<String>> removedSince(long millis) {
        return Future.succeededFuture(List.of());
    }

    @Override
    public void commitOnlyIf(BooleanSupplier permitted) {
        // Nothing is committed on a stage.
    }

    @Override
    public long incarnation() {
        return store.incarnation();
    }

    @Override
    public void incarnationHandler(Handler<Long> handler) {
        // The stage is struck before anything could be lost.
    }

    @Override
    public void heard(long incarnation) {
        store.heard(incarnation);
    }

    @Override
    public boolean behind() {
        return store.behind();
    }

    @Override
    public Future<Long> raise(String cause) {
        return Future.failedFuture("a rehearsal raises nothing");
    }

    @Override
    public Future<DocumentState> state(String document) {
        return store.state(document).map(none -> staged(document));
    }

    @Override
    public Future<List<DocumentState>> heldBy(String session) {
        return store.heldBy(session);
    }

    /** The store is asked for an epoch that a document it does not have cannot be at, and refuses. */
    @Override
    public Future<ClaimResult> claim(Claim claim) {
        Claim refused =
                new Claim(claim.document(), claim.expectedEpoch() + 1, claim.claimant(), claim.cause(), claim.at());
        return store.claim(refused).map(no -> {
            long epoch = claim.expectedEpoch() + 1;
            Entry entry = move(claim.document(), epoch, Optional.of(claim.claimant()), claim.cause(), claim.at());
            return new ClaimResult.Granted(epoch, entry, false);
        });
    }

    @Override
    public Future<VacateResult> vacate(String document, long epoch, String session, String cause, long at) {
        return store.vacate(document, epoch, session, cause, at)
                .map(no -> new VacateResult.Vacated(move(document, epoch, Optional.empty(), cause, at), false));
    }

    @Override
    public Future<AppendResult> append(Append append, Optional<Sender> sender) {
        return store.append(append);
    }

    @Override
    public Future<SnapshotResult> snapshot(Snapshot snapshot, Optional<Sender> sender) {
        return store.snapshot(snapshot);
    }

    @Override
    public Future<Opening> open(String document, OptionalLong after, Optional<String> logId) {
        return store.open(document, after, logId)
                .map(none -> new Opening(
                        none.log(), staged(document), none.recovered(), Optional.empty(), List.of(), false));
    }

    @Override
    public Future<List<Entry>> read(String document, long after, int limit) {
        return store.read(document, after, limit);
    }

    @Override
    public Future<Long> documents() {
        return store.documents();
    }

    @Override
    public Future<Map<String, Head>> heads(Collection<String> asked) {
        return store.heads(asked).map(none -> {
            Map<String, Head> heads = new ConcurrentHashMap<>();
            asked.forEach(document -> {
                DocumentState state = staged(document);
                heads.put(
                        document,
                        new Head(state.head(), state.epoch(), state.holder().map(Tenant::session)));
            });
            return heads;
        });
    }

    @Override
    public boolean available() {
        return store.available();
    }

    /** Nobody on a stage is told. */
    @Override
    public Optional<String> obstacle() {
        return store.obstacle();
    }

    @Override
    public void availabilityHandler(Handler<Boolean> handler) {}

    @Override
    public LogStats stats() {
        return store.stats();
    }

    @Override
    public Future<Map<String, Signature>> sign(String node, Signature mine) {
        return store.sign(node, mine);
    }

    @Override
    public Future<Map<String, Signature>> serve(String node, Set<String> own) {
        return store.serve(node, own);
    }

    @Override
    public Future<Void> strike(String node) {
        return Future.succeededFuture();
    }

    /** The store stays open. */
    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
