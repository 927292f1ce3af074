package dev.baton.log;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.baton.log.Dialect.Use;
import dev.baton.log.Ledger.Operation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log over JDBC: one thread that commits, a few that read, one that watches the clock. */
final class SqlDocumentLog implements DocumentLog {
    private static final Logger LOG = LoggerFactory.getLogger(SqlDocumentLog.class);

    private static final long WATCH_MILLIS = 100;

    /** A question to the store, asked on a thread for reading. */
    private interface Question<R> {
        R ask(Connection connection) throws SQLException;
    }

    private final VertxInternal vertx;
    private final LogSettings settings;
    private final String id;
    private final Dialect dialect;
    private final StoreGuard guard;
    private final Preamble writing;
    private final Preamble reading;
    private final Availability availability;
    private final WriteQueue queue;
    private final Committer committer;
    private final Compaction compaction;
    private final Counters counters = new Counters();
    private final Reads reads;
    private final HikariDataSource pool;
    private final ThreadPoolExecutor readers;
    private final ScheduledThreadPoolExecutor watch;
    private final NodeRoll roll;
    private final Promise<Void> closed;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean moreCompactable;
    private volatile Optional<Listener> raisedListener = Optional.empty();

    private record Listener(Context context, Handler<Long> handler) {}

    private SqlDocumentLog(VertxInternal vertx, LogSettings settings, Store store) {
        this.vertx = vertx;
        this.settings = settings;
        this.id = store.id();
        this.dialect = store.dialect();
        this.guard = store.guard();
        this.writing = dialect.preamble(Use.WRITING, settings);
        this.reading = dialect.preamble(Use.READING, settings);
        this.availability = new Availability(settings.shownUrl());
        this.queue = new WriteQueue(settings.queueCount(), settings.queueBytes());
        this.compaction = new Compaction(settings);
        this.committer = new Committer(queue, store, availability, compaction, counters, settings);
        this.reads = new Reads(guard, dialect, settings);
        this.pool = pool(settings, store);
        this.readers = new ThreadPoolExecutor(
                settings.readers(),
                settings.readers(),
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(settings.readQueue()),
                task -> thread(task, "baton-log-reader"));
        this.readers.allowCoreThreadTimeOut(true);
        this.counters.commitsOnOneMachine(store.oneMachine());
        this.roll = new NodeRoll(vertx, store, settings);
        this.watch = new ScheduledThreadPoolExecutor(1, task -> thread(task, "baton-log-watch"));
        this.closed = Promise.promise();
        guard.onRaised(this::raised);
    }

    /** Blocks while the store is opened. */
    static DocumentLog start(Vertx vertx, LogSettings settings) {
        Store store = Store.open(settings);
        tellMachines(store);
        SqlDocumentLog log = new SqlDocumentLog((VertxInternal) vertx, settings, store);
        thread(log::commitUntilClosed, "baton-log-committer").start();
        log.repeat(WATCH_MILLIS, log::watchCommitter);
        log.repeat(settings.compactEvery().toMillis(), log::findCompactable);
        return log;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Future<DocumentState> state(String document) {
        Text.requireName("document", document);
        return ask(connection -> reads.row(connection, document).state());
    }

    @Override
    public Future<List<DocumentState>> heldBy(String session) {
        Text.requireName("session", session);
        return ask(connection -> reads.heldBy(connection, session));
    }

    @Override
    public Future<ClaimResult> claim(Claim claim) {
        Tenant claimant = claim.claimant();
        int characters = claimant.user().length() + claimant.keep().length();
        return write(
                claim.document(),
                true, // one that was deleted has no row, and goes on with its epochs
                Optional.empty(),
                characters,
                (ledger, ours) -> ledger.claim(claim, ours),
                claim.expectedEpoch() > 0 && dialect.claimsAtOnce()
                        ? Optional.of(new ClaimAtOnce(claim, dialect, writing, guard::incarnation))
                        : Optional.empty(),
                Optional.of(Sender.onBehalfOf(claimant.session())));
    }

    @Override
    public Future<VacateResult> vacate(String document, long epoch, String session, String cause, long at) {
        Text.requireName("document", document);
        Text.requireName("session", session);
        Text.require("cause", cause);
        return write(
                document,
                false,
                Optional.empty(),
                cause.length(),
                (ledger, ours) -> ledger.vacate(epoch, session, cause, at, ours),
                Optional.empty());
    }

    @Override
    public void commitOnlyIf(BooleanSupplier permitted) {
        committer.permitIf(permitted);
    }

    @Override
    public Future<Void> supersede(String session, long generation) {
        Text.requireName("session", session);
        Promise<Void> promise = vertx.getOrCreateContext().promise();
        committer.supersede(session, generation).onComplete(promise);
        return promise.future();
    }

    @Override
    public Future<Void> remove(String session) {
        Text.requireName("session", session);
        Promise<Void> promise = vertx.getOrCreateContext().promise();
        if (available()) {
            committer.remove(session).onComplete(promise);
        } else {
            promise.fail(availability.failure());
        }
        return promise.future();
    }

    @Override
    public Future<List<String>> removedSince(long millis) {
        return ask(connection -> reads.removedSince(connection, millis));
    }

    @Override
    public Future<AppendResult> append(Append append, Optional<Sender> sender) {
        return write(
                append.document(),
                append.kind() == Kind.MESSAGE,
                Optional.of(new Operation(append.session(), append.id())),
                append.data().length() + append.user().length(),
                (ledger, ours) -> ledger.append(
                        append, Fingerprint.of(append.kind(), append.data()), ours, sender.flatMap(Sender::follows)),
                Optional.empty(),
                sender);
    }

    @Override
    public Future<SnapshotResult> snapshot(Snapshot snapshot, Optional<Sender> sender) {
        return write(
                snapshot.document(),
                false,
                Optional.empty(),
                snapshot.data().length(),
                (ledger, ours) -> ledger.snapshot(snapshot),
                Optional.empty(),
                sender);
    }

    @Override
    public Future<Opening> open(String document, OptionalLong after, Optional<String> logId) {
        Text.requireName("document", document);
        return ask(connection -> {
                    try {
                        return Optional.of(reads.open(connection, document, after, logId));
                    } catch (Reads.Beyond beyond) {
                        return Optional.<Opening>empty();
                    }
                })
                .compose(opened -> opened.isPresent()
                        ? Future.succeededFuture(opened.get())
                        : openBeyond(document, after.getAsLong()));
    }

    /** A reader has more than there is. Whether it lies or not, it is given the content from the start. */
    private Future<Opening> openBeyond(String document, long after) {
        String cause = "a reader has seq " + after + " of " + document + ", which the store does not have";
        return raise(cause, true)
                .compose(raised ->
                        ask(connection -> reads.open(connection, document, OptionalLong.empty(), Optional.empty())));
    }

    @Override
    public Future<List<Entry>> read(String document, long after, int limit) {
        Text.requireName("document", document);
        if (after < 0 || limit < 1) {
            throw new IllegalArgumentException(
                    "after must be 0 or more and limit 1 or more, but they are " + after + " and " + limit);
        }
        return ask(connection -> reads.read(connection, document, after, limit));
    }

    @Override
    public Future<Map<String, Head>> heads(Collection<String> documents) {
        Set<String> names = Set.copyOf(documents);
        names.forEach(name -> Text.requireName("document", name));
        return ask(connection -> reads.heads(connection, names));
    }

    @Override
    public Future<Long> documents() {
        return ask(reads::documents);
    }

    @Override
    public boolean available() {
        return availability.isUp() && !closing.get() && !guard.behind();
    }

    @Override
    public long incarnation() {
        return guard.incarnation();
    }

    @Override
    public void incarnationHandler(Handler<Long> handler) {
        raisedListener = Optional.of(new Listener(vertx.getOrCreateContext(), handler));
    }

    @Override
    public void heard(long incarnation) {
        boolean before = guard.behind();
        guard.heard(incarnation);
        if (guard.behind() && !before) {
            LOG.warn(
                    "another node works in incarnation {} of the store, this one in {}: nothing is read or written here"
                            + " until this node's connections lead there too",
                    incarnation,
                    guard.incarnation());
            pool.getHikariPoolMXBean().softEvictConnections();
            queue.nudge();
        }
    }

    @Override
    public boolean behind() {
        return guard.behind();
    }

    @Override
    public Future<Long> raise(String cause) {
        return raise(cause, false);
    }

    private Future<Long> raise(String cause, boolean onWord) {
        Promise<Long> done = vertx.getOrCreateContext().promise();
        committer.raise(new Committer.Raise(cause, onWord, done));
        return done.future();
    }

    private void raised(long incarnation) {
        pool.getHikariPoolMXBean().softEvictConnections();
        raisedListener.ifPresent(listener ->
                listener.context().runOnContext(v -> listener.handler().handle(incarnation)));
    }

    @Override
    public Optional<String> obstacle() {
        return closing.get()
                ? Optional.of("closed: the log is closed")
                : availability.refusal().map(Refusal::toString);
    }

    @Override
    public void availabilityHandler(Handler<Boolean> handler) {
        availability.listen(vertx.getOrCreateContext(), handler);
    }

    @Override
    public LogStats stats() {
        return counters.stats(queue);
    }

    @Override
    public Future<Map<String, Signature>> sign(String node, Signature mine) {
        Text.requireName("node", node);
        return roll.sign(node, mine);
    }

    @Override
    public Future<Map<String, Signature>> serve(String node, Set<String> own) {
        Text.requireName("node", node);
        return roll.serve(node, Set.copyOf(own));
    }

    @Override
    public Future<Void> strike(String node) {
        Text.requireName("node", node);
        return roll.strike(node);
    }

    @Override
    public Future<Void> close() {
        closing.set(true);
        queue.close();
        Promise<Void> promise = vertx.getOrCreateContext().promise();
        closed.future().onComplete(promise);
        return promise.future();
    }

    private <R> Future<R> write(
            String document,
            boolean creates,
            Optional<Operation> operation,
            int characters,
            Write.Rule<R> rule,
            Optional<Write.AtOnce<R>> atOnce) {
        return write(document, creates, operation, characters, rule, atOnce, Optional.empty());
    }

    private <R> Future<R> write(
            String document,
            boolean creates,
            Optional<Operation> operation,
            int characters,
            Write.Rule<R> rule,
            Optional<Write.AtOnce<R>> atOnce,
            Optional<Sender> sender) {
        Promise<R> promise = vertx.getOrCreateContext().promise();
        Optional<Refusal> refusal = availability.refusal();
        if (refusal.isPresent() || guard.behind()) {
            counters.refused(refusal.map(Refusal::cause).orElse(Refusal.Cause.FAILED), 1);
            promise.fail(availability.failure());
        } else {
            queue.offer(new Write<>(document, creates, operation, characters, rule, atOnce, sender, promise))
                    .ifPresent(promise::fail);
        }
        return promise.future();
    }

    private <R> Future<R> ask(Question<R> question) {
        Promise<R> promise = vertx.getOrCreateContext().promise();
        if (availability.isDown() || guard.behind()) {
            promise.fail(availability.failure());
            return promise.future();
        }
        try {
            readers.execute(() -> answer(question, promise));
        } catch (RejectedExecutionException e) {
            promise.fail(
                    closing.get()
                            ? LogException.unavailable("the log is closed")
                            : LogException.busy(WATCH_MILLIS, "too many reads wait for the store"));
        }
        return promise.future();
    }

    /** On a thread for reading. */
    private <R> void answer(Question<R> question, Promise<R> promise) {
        R answer;
        try (Connection connection = pool.getConnection()) {
            answer = question.ask(connection);
            connection.rollback();
        } catch (SQLException e) {
            LOG.warn("reading failed: {}", Words.of(e));
            committer.doubt();
            promise.fail(LogException.unavailable("the store at " + settings.shownUrl() + " did not answer a read"));
            return;
        } catch (RuntimeException e) {
            LOG.error("reading failed", e);
            promise.fail(LogException.unavailable("the store at " + settings.shownUrl() + " could not be read"));
            return;
        }
        promise.complete(answer);
    }

    private void commitUntilClosed() {
        committer.run();
        watch.shutdownNow();
        readers.shutdown();
        roll.close();
        try {
            if (!readers.awaitTermination(settings.patience().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("reads went on while the log was closed");
            }
        } catch (InterruptedException e) {
            LOG.debug("not waited for reads", e);
        }
        pool.close();
        closed.complete();
    }

    /** What comes of it is seen in what it does, and it ends when the log is closed. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void repeat(long millis, Runnable task) {
        Runnable careful = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a task of the log failed; it is run again", e);
            }
        };
        watch.scheduleWithFixedDelay(careful, millis, millis, TimeUnit.MILLISECONDS);
    }

    private void watchCommitter() {
        if (committer.busyNanos() > settings.patience().toNanos() / 2) {
            availability.slow();
            committer.failWaiting();
        }
        if (moreCompactable) {
            findCompactable();
        }
    }

    /** Called every so often, and sooner while there is more to do than is found at once. */
    private void findCompactable() {
        if (!availability.isUp() || committer.compacts()) {
            return;
        }
        moreCompactable = false;
        ask(connection -> compaction.due(connection, reading, System.currentTimeMillis()))
                .onSuccess(due -> {
                    committer.compactSoon(due);
                    moreCompactable = due.size() == Compaction.PAGE;
                });
    }

    private static HikariDataSource pool(LogSettings settings, Store store) {
        long wait = Math.max(250, settings.patience().toMillis() / 2);
        HikariConfig config = new HikariConfig();
        config.setPoolName("baton-log");
        config.setDataSource(store.reading());
        config.setMaximumPoolSize(settings.readers());
        config.setMinimumIdle(1);
        config.setAutoCommit(false);
        config.setConnectionTimeout(wait);
        config.setValidationTimeout(wait);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private static void tellMachines(Store store) {
        if (store.dialect() == Dialect.SQLITE) {
            LOG.info("the store is a file on this machine: what is written is lost with its disk");
        } else if (store.oneMachine()) {
            LOG.warn("what is written is on one machine only when it is acknowledged:"
                    + " the server has no synchronous standby (synchronous_standby_names)");
        }
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
