package dev.baton.rights;

import com.hazelcast.map.IMap;
import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Lease;
import dev.baton.cluster.Reader;
import dev.baton.log.DocumentLog;
import dev.baton.log.Tenant;
import dev.baton.protocol.SeqEntry;
import dev.baton.protocol.User;
import dev.baton.rights.HandOverMeters.Phase;
import dev.baton.session.SessionRecord;
import dev.baton.session.Sessions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to every lock of the cluster: submits an event to where the record lives, makes real in the store what the
 * lock decided, and tells the nodes that have members. Whoever submits sees it through; if that node dies on the way,
 * the sweep of the partition's owner does, because every step may be repeated.
 *
 * <p>Any context; futures complete on the caller's, when the lock has settled, or as far as it came when the store does
 * not answer: the lock is {@linkplain EditLock#pending pending} then, and the sweep tries on.
 */
public final class Locks implements HolderLoss {
    private static final Logger LOG = LoggerFactory.getLogger(Locks.class);

    /** The name of the shared map. */
    public static final String MAP = "baton.locks";

    /** What travels between the nodes on behalf of locks. */
    public static final List<Class<?>> TRAVELLING = List.of(LockRecord.class, LockProcessor.class, LockOutcome.class);

    /** Where every completed hand-over is published. */
    public static final String ADDRESS = "baton.rights";

    /** More steps in a row than any chain of decisions has; what is left then is the sweep's. */
    private static final int MOST_STEPS = 16;

    /** Longer than an operation takes while partitions move, and short beside what a lost one would take. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int TRIES = 4;

    private final Vertx vertx;
    private final ClusterNode node;
    private final IMap<String, LockRecord> map;
    private final Reader owned;
    private final Grants grants;
    private final Sessions sessions;
    private final Reservations reservations;
    private final Lease lease;
    private final HandOverMeters meters;

    /**
     * The locks as seen from a node.
     *
     * @param lease while it does not allow writing, nothing is granted
     * @param meters takes the times of the hand-overs that this node sees through
     */
    public Locks(
            Vertx vertx,
            ClusterNode node,
            Lease lease,
            Sessions sessions,
            DocumentLog log,
            Reservations reservations,
            HandOverMeters meters) {
        this.vertx = vertx;
        this.node = node;
        this.map = node.map(MAP);
        this.owned = node.reader();
        this.sessions = sessions;
        this.grants = new Grants(log, this::locate);
        this.reservations = reservations;
        this.lease = lease;
        this.meters = meters;
    }

    /** Applies an event and sees through what follows from it. */
    public Future<LockOutcome> submit(String document, LockEvent event) {
        long begun = node.now();
        return once(document, event)
                .compose(outcome -> event.afterGrant(outcome.before().lock(), node.now() - begun)
                        .map(rest -> once(document, rest))
                        .orElseGet(() -> Future.succeededFuture(outcome)));
    }

    private Future<LockOutcome> once(String document, LockEvent event) {
        return process(document, event, node.now()).compose(first -> settle(document, Settling.of(first), MOST_STEPS)
                .map(settled -> {
                    if (settled.record().revision() != settled.told()) {
                        announce(document, settled.record(), settled.entries());
                    }
                    return new LockOutcome(first.before(), first.after()).settledAs(settled.record());
                }));
    }

    /**
     * {@link #submit}s an event that the lock may have heard of already, and then has nothing done again: whoever told
     * it before sees it through. Looks at the record first, which costs little where that is, and nothing elsewhere.
     */
    Future<Void> submitNews(String document, LockEvent event) {
        return find(document).compose(found -> {
            LockRecord known = found.orElse(LockRecord.EMPTY);
            boolean news = event.apply(known, node.now()).revision() != known.revision();
            return news ? submit(document, event).mapEmpty() : Future.succeededFuture();
        });
    }

    @Override
    public Future<Void> lost(String document, String session, long generation, String cause, long since) {
        Presence.Away away = reservations.away(cause, since);
        return submit(document, new LockEvent.Lost(session, generation, away))
                .onFailure(failure -> LOG.warn("{}: {}", document, failure.toString()))
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    /** The record of a document as it is now. */
    public Future<Optional<LockRecord>> find(String document) {
        return ClusterNode.future(vertx.getOrCreateContext(), map.getAsync(document))
                .map(Optional::ofNullable);
    }

    /**
     * The documents that have a record, on whichever node: those that somebody is in, or has a claim on. Off the event
     * loop.
     */
    public Future<Set<String>> documents() {
        return vertx.executeBlocking(() -> map.keySet(), false);
    }

    /** The records this node acts for. Reads off the event loop. */
    Future<Map<String, LockRecord>> owned() {
        return owned.read(() -> map.getAll(map.localKeySet()));
    }

    /**
     * How far a lock has come that is seen through.
     *
     * @param record as it is now
     * @param told the revision that the nodes know of; at first, that of the record as it was before
     * @param entries what the log has taken up on the way
     */
    private record Settling(LockRecord record, long told, List<SeqEntry> entries) {
        static Settling of(LockOutcome first) {
            return new Settling(first.after(), first.before().revision(), List.of());
        }

        Settling with(List<SeqEntry> more) {
            return new Settling(
                    record, told, Stream.concat(entries.stream(), more.stream()).toList());
        }

        Settling told(LockRecord word) {
            return new Settling(record, word.revision(), entries);
        }

        Settling as(LockRecord after) {
            return new Settling(after, told, entries);
        }
    }

    private Future<Settling> settle(String document, Settling so, int steps) {
        LockRecord record = so.record();
        if (!record.lock().pending() || record.idle() || steps == 0 || !lease.mayWrite()) {
            return Future.succeededFuture(so);
        }
        long askedAt = node.now();
        long asked = System.nanoTime();
        return grants.step(document, record.lock(), System.currentTimeMillis())
                .compose(step -> {
                    long claim = System.nanoTime() - asked;
                    long now = node.now();
                    Settling on = tell(document, so.with(step.entries()), step.event(), now);
                    return process(document, step.event(), now)
                            .onSuccess(outcome -> {
                                if (outcome.granted() || (step.first() && outcome.heldSince(now))) {
                                    publish(document, outcome, askedAt, claim);
                                }
                            })
                            .compose(outcome -> settle(document, on.as(outcome.after()), steps - 1));
                })
                .recover(failure -> {
                    LOG.warn("the pen of {} waits: {}", document, failure.getMessage());
                    return Future.succeededFuture(so);
                });
    }

    /**
     * A grant is real when the store has it: the nodes with members are told then, and not when its record says so too,
     * which takes as long again as the decision.
     */
    private Settling tell(String document, Settling so, LockEvent event, long now) {
        if (event instanceof LockEvent.Claimed && lease.mayWrite()) {
            LockRecord word = event.apply(so.record(), now);
            if (word.lock().holder().filter(Waiter::online).isPresent()) {
                announce(document, word, so.entries());
                return so.told(word);
            }
        }
        return so;
    }

    private Future<LockOutcome> process(String document, LockEvent event, long now) {
        return process(document, new LockProcessor(event, now), event.isOnceAnEpoch() ? TRIES : 1)
                .onSuccess(outcome -> {
                    if (event instanceof LockEvent.Lost lost && outcome.bereft(lost.session())) {
                        took(Phase.DETECTION, node.now() - lost.away().since());
                    }
                });
    }

    /**
     * Hands the event to the record's owner, and again when nothing comes back: what was under way on a connection that
     * broke is given up by Hazelcast only after twice the time that an operation may take. Whichever answer is first
     * counts. Only for events that do nothing when they come again late; all others have the sweep.
     */
    private Future<LockOutcome> process(String document, LockProcessor processor, int tries) {
        Context context = vertx.getOrCreateContext();
        Future<LockOutcome> answer = ClusterNode.future(context, map.submitToKey(document, processor));
        if (tries == 1) {
            return answer;
        }
        Promise<LockOutcome> first = Promise.promise();
        // Composed, so that a cluster that is being left fails the future and not the timer.
        long again = vertx.setTimer(PATIENCE.toMillis(), id -> Future.<Void>succeededFuture()
                .compose(v -> process(document, processor, tries - 1))
                .onSuccess(first::tryComplete)
                .onFailure(first::tryFail));
        answer.onComplete(done -> vertx.cancelTimer(again))
                .onSuccess(first::tryComplete)
                .onFailure(first::tryFail);
        return first.future();
    }

    private void took(Phase phase, long millis) {
        meters.took(phase, TimeUnit.MILLISECONDS.toNanos(Math.max(0, millis)));
    }

    /** Tells the nodes with members, and the one that has to act when time is up. */
    private void announce(String document, LockRecord record, List<SeqEntry> entries) {
        LockNews news = LockNews.of(document, record, node.now());
        TreeSet<String> to = new TreeSet<>(record.audience());
        node.ownerOf(document).filter(owner -> news.deadline().isPresent()).ifPresent(to::add);
        to.forEach(audience -> node.tell(audience, LockNews.TYPE, news.toJson(entries)));
    }

    private void publish(String document, LockOutcome outcome, long askedAt, long claim) {
        if (outcome.after().lock().tenure() instanceof Tenure.Held held) {
            long took = Math.max(0, held.granted() - held.move().since());
            meters.completed(held.move().cause(), took);
            took(Phase.DECISION, askedAt - held.move().due());
            meters.took(Phase.CLAIM, claim);
            String from = held.move().from().orElse(null);
            node.publish(
                    ADDRESS,
                    new JsonObject()
                            .put("document", document)
                            .put("epoch", outcome.after().lock().epoch())
                            .put("from", from)
                            .put("to", held.holder().session())
                            .put("cause", held.move().cause())
                            .put("took", took));
            LOG.debug(
                    "{}: the pen goes to {} ({}), {} ms",
                    document,
                    held.holder().session(),
                    held.move().cause(),
                    took);
        }
    }

    /** Where the holder is that the store names: connected, away, or forgotten together with the cluster it was in. */
    private Future<Waiter> locate(Tenant tenant) {
        return sessions.find(List.of(tenant.session()))
                .map(found -> Optional.ofNullable(found.get(tenant.session())))
                .map(found -> found.filter(record -> !record.ended()))
                .map(found -> found.map(record -> waiter(record, tenant)).orElseGet(() -> forgotten(tenant)));
    }

    private Waiter waiter(SessionRecord record, Tenant tenant) {
        Presence presence = record.link() instanceof SessionRecord.Offline offline
                ? reservations.away(offline.cause(), offline.since(), offline.until())
                : Presence.HERE;
        return new Waiter(record.id(), record.user(), tenant.keep(), node.now(), record.generation(), presence);
    }

    private Waiter forgotten(Tenant tenant) {
        return new Waiter(
                tenant.session(),
                User.parse(tenant.user()),
                tenant.keep(),
                node.now(),
                0,
                reservations.forgotten(node.now()));
    }
}
