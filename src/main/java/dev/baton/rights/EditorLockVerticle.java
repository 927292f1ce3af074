package dev.baton.rights;

import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Lease;
import dev.baton.cluster.Setbacks;
import dev.baton.session.Liveness;
import dev.baton.session.SessionRecord;
import dev.baton.session.Sessions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acts for the locks whose partition this node owns: hears on the bus who came and went, watches the reservations and
 * the unanswered requests run out, and sweeps. One instance a node, everything on its context.
 *
 * <p>The news make a hand-over fast, the sweep makes it certain: it finds what a lost message, a dead node or a store
 * that was down left half done.
 */
public final class EditorLockVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(EditorLockVerticle.class);

    /** How late a hand-over may be when the news of its cause was lost. */
    public static final Duration SWEEP = Duration.ofSeconds(1);

    /**
     * After a node was lost, its partitions move within some hundred milliseconds: sweep this often, this many times.
     */
    private static final long HURRY = 100;

    private static final int HURRIES = 30;

    /**
     * So long a session may stand in a lock without taking part in its document, in milliseconds: twice what it takes
     * to put together again a record that was lost, with all the session's documents.
     */
    private static final long OUTLIVED = 10_000;

    private final ClusterNode node;
    private final Lease lease;
    private final Locks locks;
    private final Sessions sessions;
    private final Reservations reservations;
    private final Duration sweep;
    private final Map<String, Alarm> alarms = new ConcurrentHashMap<>();
    private Runnable unlisten = () -> {};
    private final Setbacks setbacks = new Setbacks(LOG, "sweep of locks");
    private boolean sweeping;

    /** By document: whom a lock takes for away whose connection is there, as the last sweep found. */
    private Map<String, Set<String>> doubted = Map.of();

    /**
     * Who stands in a lock without taking part in its document, and since when, by this node's clock of the cluster.
     */
    private Map<Place, Long> outlived = Map.of();

    private record Place(String document, String session) {}

    /** A timer, and the revision of the record that it is for. */
    private record Alarm(long timer, long revision) {}

    /** Acts for that node's share of the locks, and looks them over every {@code sweep}, {@link #SWEEP} in earnest. */
    public EditorLockVerticle(
            ClusterNode node, Lease lease, Locks locks, Sessions sessions, Reservations reservations, Duration sweep) {
        this.node = node;
        this.lease = lease;
        this.locks = locks;
        this.sessions = sessions;
        this.reservations = reservations;
        this.sweep = sweep;
    }

    @Override
    public Future<?> start() {
        node.on(LockNews.TYPE, context, json -> watch(LockNews.of(json)));
        unlisten = node.onLost(context, lost -> hurry(HURRIES));
        vertx.setPeriodic(sweep.toMillis(), id -> sweep());
        return node.listen(Liveness.ADDRESS, json -> heard(Liveness.of(json)));
    }

    @Override
    public Future<?> stop() {
        unlisten.run();
        return Future.succeededFuture();
    }

    /** How many timers run here. Any thread. */
    public int timers() {
        return alarms.size();
    }

    private void heard(Liveness news) {
        for (String document : news.documents()) {
            if (node.owns(document)) {
                locks.submitNews(document, event(news))
                        .onFailure(failure -> LOG.warn("{}: {}", document, failure.toString()));
            }
        }
    }

    private LockEvent event(Liveness news) {
        return switch (news.state()) {
            case ONLINE -> new LockEvent.Connected(news.session(), news.generation());
            case OFFLINE ->
                new LockEvent.Lost(
                        news.session(), news.generation(), reservations.away(news.cause(), news.at(), news.until()));
            case GONE ->
                SessionRecord.ends(news.cause())
                        ? new LockEvent.Leave(news.session(), news.cause())
                        : new LockEvent.Expired(news.session(), news.generation());
        };
    }

    private void watch(LockNews news) {
        Alarm old = alarms.get(news.document());
        if (old != null) {
            if (news.revision() < old.revision()) {
                return; // overtaken on its way
            }
            alarms.remove(news.document());
            vertx.cancelTimer(old.timer());
        }
        if (news.deadline().isPresent() && node.owns(news.document())) {
            long in = Math.max(1, news.deadline().getAsLong() - node.now());
            long timer = vertx.setTimer(in, id -> {
                alarms.remove(news.document());
                due(news.document());
            });
            alarms.put(news.document(), new Alarm(timer, news.revision()));
        }
    }

    /**
     * Time is up. A timer can be a little early, by the cluster's clock; then there is nothing to do yet, and it is set
     * again.
     */
    private void due(String document) {
        locks.submit(document, new LockEvent.Tick())
                .onSuccess(outcome -> {
                    if (!outcome.applied()) {
                        watch(LockNews.of(document, outcome.settled(), node.now()));
                    }
                })
                .onFailure(failure -> LOG.warn("{}: {}", document, failure.toString()));
    }

    private void submit(String document, LockEvent event) {
        locks.submit(document, event).onFailure(failure -> LOG.warn("{}: {}", document, failure.toString()));
    }

    // ---- the sweep ------------------------------------------------------------------------------------------------

    private void hurry(int times) {
        sweep();
        if (times > 0) {
            vertx.setTimer(HURRY, id -> hurry(times - 1));
        }
    }

    private void sweep() {
        if (sweeping || !lease.sound()) {
            return;
        }
        sweeping = true;
        locks.owned().compose(this::look).onComplete(done -> {
            sweeping = false;
            setbacks.after(done);
        });
    }

    private Future<Void> look(Map<String, LockRecord> records) {
        Set<String> named = new HashSet<>();
        records.values().forEach(record -> record.lock().everybody().forEach(waiter -> named.add(waiter.session())));
        Set<String> alive = node.nodes();
        return sessions.find(named).map(found -> {
            long now = node.now();
            Map<String, Set<String>> doubtedNow = new HashMap<>();
            records.forEach((document, record) -> mend(document, record, found, alive, now, doubtedNow));
            doubted = doubtedNow;
            endOutlived(records, found, now);
            return null;
        });
    }

    private void mend(
            String document,
            LockRecord record,
            Map<String, SessionRecord> found,
            Set<String> alive,
            long now,
            Map<String, Set<String>> doubtedNow) {
        for (String audience : record.audience()) {
            if (!alive.contains(audience)) {
                submit(document, new LockEvent.Exit(audience));
            }
        }
        Set<String> before = doubted.getOrDefault(document, Set.of());
        Set<String> doubts = new HashSet<>();
        for (Waiter waiter : record.lock().everybody()) {
            SessionRecord session = found.get(waiter.session());
            Reconciliation.of(waiter, session, reservations, now).ifPresent(event -> submit(document, event));
            if (Reconciliation.contradicts(waiter, session)) {
                doubts.add(waiter.session());
                if (before.contains(waiter.session())) {
                    submit(
                            document,
                            new LockEvent.Confirmed(waiter.session(), waiter.generation(), session.generation()));
                }
            }
        }
        if (!doubts.isEmpty()) {
            doubtedNow.put(document, doubts);
        }
        if (record.lock().pending() || now >= record.lock().deadline().orElse(Long.MAX_VALUE)) {
            submit(document, new LockEvent.Tick());
        } else if (record.lock().deadline().isPresent() && !alarms.containsKey(document)) {
            watch(LockNews.of(document, record, now));
        }
    }

    private void endOutlived(Map<String, LockRecord> records, Map<String, SessionRecord> found, long now) {
        Map<Place, Long> outlivedNow = new HashMap<>();
        records.forEach((document, record) -> {
            for (Waiter waiter : record.lock().everybody()) {
                if (Reconciliation.outlived(document, found.get(waiter.session()))) {
                    Place place = new Place(document, waiter.session());
                    long since = outlived.getOrDefault(place, now);
                    outlivedNow.put(place, since);
                    if (now - since > OUTLIVED) {
                        submit(document, new LockEvent.Leave(waiter.session(), "left"));
                    }
                }
            }
        });
        outlived = outlivedNow;
    }
}
