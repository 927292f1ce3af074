package dev.baton.log;

import dev.baton.log.Dialect.Trouble;
import dev.baton.log.Tables.Moved;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a node that writes. Whatever came while it committed is its next transaction: that is what makes
 * many small durable writes cheap.
 *
 * <p>A transaction that fails is judged by what is known of it. When it surely was not committed and the store is gone,
 * its writes fail at once. When others were in the way, it is done again. When its outcome is unknown, because the
 * connection broke during the commit, it is done again too, as soon as the store is back within the time it is waited
 * for: every write finds out by its operation id, or its claimant, whether it is there already. When one of its rows is
 * at fault, each half gets a transaction of its own, until that row is alone.
 */
final class Committer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    /** Bounds the time a transaction takes, and so the time the next one waits. */
    private static final int MOST_AT_ONCE = 1_000;

    private static final long MOST_BYTES_AT_ONCE = 8L << 20;

    /** How often an idle node asks whether the store is still there, and one without a store whether it is back. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How long a write that succeeded says that the next one will. */
    private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final WriteQueue queue;
    private final DataSource source;
    private final Dialect dialect;
    private final StoreGuard guard;
    private final Preamble preamble;
    private final Optional<StoreFile> file;
    private final Availability availability;
    private final Compaction compaction;
    private final Counters counters;
    private final long patienceNanos;
    private final Queue<Removal> removals = new ConcurrentLinkedQueue<>();
    private final Queue<Promise<Void>> passing = new ConcurrentLinkedQueue<>();
    private final Queue<String> compactable = new ConcurrentLinkedQueue<>();

    /** Why the incarnation is to be raised, where somebody has asked for it. */
    private final AtomicReference<Raise> raise = new AtomicReference<>();

    private final Superseded superseded = new Superseded();
    private volatile BooleanSupplier permitted = () -> true;

    private Optional<Connection> connection;
    private boolean committing;
    private long lastWrite = System.nanoTime();
    private long refusedSince = Long.MAX_VALUE;
    private volatile long busySince = Long.MAX_VALUE;
    private volatile boolean doubted;

    Committer(
            WriteQueue queue,
            Store store,
            Availability availability,
            Compaction compaction,
            Counters counters,
            LogSettings settings) {
        this.queue = queue;
        this.connection = Optional.of(store.first());
        this.source = store.writing();
        this.dialect = store.dialect();
        this.file = store.file();
        this.guard = store.guard();
        this.preamble = dialect.preamble(Dialect.Use.WRITING, settings);
        this.availability = availability;
        this.compaction = compaction;
        this.counters = counters;
        this.patienceNanos = settings.patience().toNanos();
    }

    /** Works until the queue is closed and empty. */
    @Override
    public void run() {
        while (true) {
            letPass();
            List<Write<?>> batch = queue.take(waitNanos(), MOST_AT_ONCE, MOST_BYTES_AT_ONCE);
            if (batch.isEmpty() && queue.isClosed()) {
                resealTwice();
                letGo();
                letPass();
                return;
            }
            busySince = System.nanoTime();
            try {
                work(batch);
            } catch (RuntimeException e) {
                // Nothing may end the only thread that writes.
                LOG.error("the committer met a fault of its own", e);
                recover(Trouble.STORE);
            }
            busySince = Long.MAX_VALUE;
        }
    }

    private void work(List<Write<?>> batch) {
        bury();
        if (raise.get() != null) {
            probe();
        }
        if (!batch.isEmpty()) {
            settle(batch);
        } else if (compactable.isEmpty() || !availability.isUp()) {
            probe(); // while the store is not there nothing else comes of a turn
        }
        compact();
    }

    /** Somebody had no luck with the store: it is to be seen whether it writes; any thread. */
    void doubt() {
        doubted = true;
        queue.nudge();
    }

    /** Whether there are documents left that it was asked to compact; any thread. */
    boolean compacts() {
        return !compactable.isEmpty();
    }

    /** Documents to be compacted between the writes; any thread. */
    void compactSoon(List<String> documents) {
        if (!documents.isEmpty()) {
            compactable.addAll(documents);
            queue.nudge();
        }
    }

    /**
     * The incarnation of the store is to be raised.
     *
     * @param onWord whether a client said so, see {@link StoreGuard#raiseOnWord}
     * @param done is completed when that is so, or has been refused
     */
    record Raise(String cause, boolean onWord, Promise<Long> done) {}

    /** Has the incarnation raised before the next write; any thread. What is asked for meanwhile is the same loss. */
    void raise(Raise wanted) {
        Raise first = raise.compareAndExchange(null, wanted);
        if (first != null) {
            first.done().future().onComplete(wanted.done());
        }
        queue.nudge();
    }

    /** Asked right before each commit: whether this node may. Any thread. */
    void permitIf(BooleanSupplier condition) {
        permitted = condition;
    }

    /** See {@link DocumentLog#supersede}; any thread. */
    Future<Void> supersede(String session, long generation) {
        superseded.put(session, generation);
        Promise<Void> passed = Promise.promise();
        passing.add(passed);
        queue.nudge();
        return passed.future();
    }

    /** A session that is to be kept as removed. */
    private record Removal(String session, Promise<Void> done) {}

    /** See {@link DocumentLog#remove}; any thread. */
    Future<Void> remove(String session) {
        Promise<Void> done = Promise.promise();
        removals.add(new Removal(session, done));
        queue.nudge();
        return done.future();
    }

    private void bury() {
        for (Removal removal = removals.poll(); removal != null; removal = removals.poll()) {
            Promise<Void> done = removal.done();
            try {
                Connection open = connect();
                dialect.begin(open);
                preamble.run(open);
                try (PreparedStatement statement =
                        open.prepareStatement("INSERT INTO baton_removed (session, removed_at)" + " VALUES (?, "
                                + dialect.clock() + ") ON CONFLICT DO NOTHING")) {
                    statement.setString(1, removal.session());
                    statement.executeUpdate();
                }
                dialect.commit(open);
                superseded.remove(removal.session());
                tell(done::complete);
            } catch (SQLException e) {
                LOG.warn("a removal was not kept: {}", Words.of(e));
                recover(dialect.trouble(e));
                tell(() -> done.fail(LogException.unavailable("the store did not keep that the session was removed")));
            }
        }
    }

    /**
     * What was written for sessions that were removed elsewhere is refused by the statement; then it is known here,
     * too.
     */
    private void lookForRemoved(List<Write<?>> batch) throws SQLException {
        List<String> senders = batch.stream()
                .flatMap(write -> write.sender().stream())
                .map(Sender::session)
                .distinct()
                .toList();
        if (connection.isPresent() && !senders.isEmpty()) {
            dialect.begin(connection.get());
            preamble.run(connection.get());
            new Tables(connection.get(), dialect, preamble, guard.incarnation())
                    .removed(senders)
                    .forEach(superseded::remove);
            dialect.commit(connection.get());
        }
    }

    /** Between two transactions none of an earlier connection is under way. */
    private void letPass() {
        for (Promise<Void> waits = passing.poll(); waits != null; waits = passing.poll()) {
            Promise<Void> passed = waits;
            tell(passed::tryComplete);
        }
    }

    private void raiseIfAsked(Connection open) throws SQLException {
        Raise wanted = raise.get();
        if (wanted != null) {
            if (wanted.onWord()) {
                guard.raiseOnWord(open, wanted.cause());
            } else {
                guard.raise(open, wanted.cause());
            }
            raise.set(null);
            wanted.done().complete(guard.incarnation());
        }
    }

    /** How long the work at hand has taken; any thread. */
    long busyNanos() {
        long since = busySince;
        return since == Long.MAX_VALUE ? 0 : System.nanoTime() - since;
    }

    /** Writes that wait behind a transaction that hangs, or for a store that is gone, need not wait for more of it. */
    void failWaiting() {
        fail(queue.drain());
    }

    private long waitNanos() {
        if (!availability.isUp()) {
            return PROBE_NANOS;
        }
        return compactable.isEmpty() ? IDLE_NANOS : 0;
    }

    private void settle(List<Write<?>> batch) {
        long deadline = System.nanoTime() + patienceNanos;
        boolean unknown = false;
        while (true) {
            boolean fresh = connection.isEmpty();
            boolean moved = false;
            Optional<Refusal> refusal = Optional.empty();
            Trouble trouble;
            try {
                answer(batch, commit(batch));
                return;
            } catch (SQLException e) {
                trouble = dialect.trouble(e);
                refusal = Optional.of(dialect.refusal(e));
                LOG.warn("a transaction of {} writes failed: {}", batch.size(), Words.of(e));
            } catch (Moved e) {
                trouble = Trouble.AGAIN;
                moved = true;
                LOG.warn("a transaction of {} writes failed: {}", batch.size(), e.getMessage());
            } catch (NotNow e) {
                recover(Trouble.AGAIN);
                List<Write<?>> stay = withoutThoseNotToBeWritten(batch);
                if (stay.isEmpty()) {
                    return;
                }
                settle(stay);
                return;
            } catch (RuntimeException e) {
                trouble = Trouble.ROW;
                LOG.error("a transaction of {} writes failed", batch.size(), e);
            }
            boolean open = committing;
            committing = false;
            counters.retried();
            if (open) {
                batch.forEach(Write::leftOpen);
                deadline = unknown ? deadline : System.nanoTime() + patienceNanos;
                unknown = true;
            }
            recover(trouble);
            if (moved) {
                lookAgain(batch);
            }
            if (trouble == Trouble.ROW && batch.size() > 1) {
                int half = batch.size() / 2;
                settle(batch.subList(0, half));
                settle(batch.subList(half, batch.size()));
                return;
            }
            if (trouble == Trouble.STORE && fresh) {
                refuse(refusal.orElseThrow());
            }
            boolean hopeless = trouble == Trouble.ROW || (trouble == Trouble.STORE && fresh && !unknown);
            if (hopeless || System.nanoTime() > deadline) {
                if (trouble != Trouble.ROW) {
                    refusal.ifPresent(this::refuse);
                }
                fail(batch);
                return;
            }
            pause(trouble, fresh);
        }
    }

    /**
     * Fails those that must not be written now, and returns the others; each comes here once at most for each reason.
     */
    private List<Write<?>> withoutThoseNotToBeWritten(List<Write<?>> batch) {
        if (!permitted.getAsBoolean()) {
            fail(batch, LogException.unavailable("this node stood still, or is not in touch with the cluster"));
            return List.of();
        }
        List<Write<?>> replaced = batch.stream().filter(superseded::covers).toList();
        fail(replaced, LogException.superseded());
        return batch.stream().filter(write -> !replaced.contains(write)).toList();
    }

    private void fail(List<Write<?>> writes, LogException failure) {
        queue.release(writes);
        writes.forEach(write -> tell(() -> write.fail(failure)));
    }

    /** @return how many entries were written */
    private int commit(List<Write<?>> batch) throws SQLException, Moved, NotNow {
        long begun = System.nanoTime();
        requireLeave(batch);
        Connection open = connect();
        int entries = goAtOnce(open, batch) ? 1 : goTogether(open, batch);
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun);
        counters.committed(entries, micros);
        queue.retryIn(2 * micros / 1_000);
        return entries;
    }

    /** The node may commit nothing at this moment, or some of the writes have no sender any more. */
    private static final class NotNow extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * The last look before a transaction and before its commit: a node that stood still in between does not act on a
     * lease that is over, and what was sent on a connection that has been replaced meanwhile is not written behind the
     * back of who goes on.
     */
    private void requireLeave(List<Write<?>> batch) throws NotNow {
        if (!permitted.getAsBoolean() || batch.stream().anyMatch(superseded::covers)) {
            throw new NotNow();
        }
    }

    private int goTogether(Connection open, List<Write<?>> batch) throws SQLException, Moved, NotNow {
        int entries = new Transaction(open, dialect, preamble, guard.incarnation()).perform(batch);
        requireFile();
        requireLeave(batch);
        committing = true;
        dialect.commit(open);
        requireFile();
        committing = false;
        return entries;
    }

    /** Whether there was but one write to be done, and a shorter way for it, and it is done. */
    private boolean goAtOnce(Connection open, List<Write<?>> batch) throws SQLException {
        if (batch.size() > 1 || !batch.get(0).canGoAtOnce()) {
            return false;
        }
        committing = true;
        boolean done = batch.get(0).goAtOnce(open);
        committing = false;
        return done;
    }

    private void answer(List<Write<?>> batch, int entries) {
        queue.release(batch);
        if (entries > 0) { // to be asked and to write nothing says nothing
            wrote();
        }
        batch.forEach(write -> tell(write::answer));
    }

    private void wrote() {
        lastWrite = System.nanoTime();
        refusedSince = Long.MAX_VALUE;
        availability.up();
    }

    /** Tells everybody, and keeps reads going where the store still answers. */
    private void refuse(Refusal refusal) {
        if (availability.isUp()) {
            LOG.warn("the store takes no writes, {}", refusal);
        }
        switch (refusal.cause()) {
            case LOCKED, SLOW, FULL -> availability.refuses(refusal);
            default -> availability.down(refusal);
        }
        failWaiting();
    }

    private void fail(List<Write<?>> writes) {
        queue.release(writes);
        counters.refused(availability.refusal().map(Refusal::cause).orElse(Refusal.Cause.FAILED), writes.size());
        LogException failure = availability.isUp()
                ? LogException.unavailable("the store did not accept the write")
                : availability.failure();
        writes.forEach(write -> tell(() -> write.fail(failure)));
    }

    /** Whoever asked may be gone, with the event loop it lived on. */
    private static void tell(Runnable answer) {
        try {
            answer.run();
        } catch (RuntimeException e) {
            LOG.debug("an answer found nobody", e);
        }
    }

    /**
     * What was read under a lock and is not so any more may be of another incarnation of the store, or of a session
     * that was removed.
     */
    private void lookAgain(List<Write<?>> batch) {
        try {
            if (connection.isPresent()) {
                guard.admitWriter(connection.get());
                lookForRemoved(batch);
            }
        } catch (SQLException e) {
            LOG.warn("the store was let go: {}", Words.of(e));
            letGo();
        }
    }

    private Connection connect() throws SQLException {
        if (guard.behind()) {
            letGo();
        }
        if (connection.isEmpty()) {
            requireFile();
            connection = Optional.of(source.getConnection());
            file.ifPresent(StoreFile::connected);
            counters.commitsOnOneMachine(dialect.isOnOneMachine(connection.get()));
        }
        return connection.get();
    }

    private void requireFile() throws SQLException {
        if (file.isPresent()) {
            file.get().require();
        }
    }

    /** After a failure: rolls back, or gives the connection up when it is of no more use. */
    private void recover(Trouble trouble) {
        if (connection.isEmpty()) {
            return;
        }
        try {
            dialect.rollback(connection.get());
            if (trouble != Trouble.STORE) {
                return;
            }
        } catch (SQLException e) {
            LOG.debug("rolling back failed: {}", Words.of(e));
        }
        letGo();
    }

    /** So that no copy made while this node ran passes for what it leaves. */
    private void resealTwice() {
        try {
            if (connection.isPresent() && availability.isUp()) {
                guard.reseal(connection.get());
                guard.reseal(connection.get());
            }
        } catch (SQLException e) {
            LOG.debug("the seal was not renewed: {}", Words.of(e));
        }
    }

    private void letGo() {
        try {
            if (connection.isPresent()) {
                connection.get().close();
            }
        } catch (SQLException e) {
            LOG.debug("closing failed: {}", Words.of(e));
        }
        connection = Optional.empty();
    }

    /** A first new connection is tried at once, and others in the way are met again after a moment. */
    private void pause(Trouble trouble, boolean fresh) {
        if (trouble == Trouble.STORE && !fresh) {
            return;
        }
        long millis = trouble == Trouble.STORE
                ? TimeUnit.NANOSECONDS.toMillis(PROBE_NANOS)
                : ThreadLocalRandom.current().nextLong(2, 20);
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            // Nobody interrupts the committer; if somebody does, it tries again early.
        }
    }

    /** Whether the store answers, and whether it writes where that has not been seen lately. */
    private void probe() {
        boolean fresh = connection.isEmpty();
        boolean wasUp = availability.isUp();
        boolean doubtful = doubted || System.nanoTime() - lastWrite > LATELY_NANOS;
        doubted = false;
        try {
            Connection open = connect();
            requireFile();
            guard.admitWriter(open);
            raiseIfAsked(open);
            guard.resealIfDue(open);
            if (!wasUp) {
                Probe.writeMuch(open, dialect, preamble);
                requireFile();
                LOG.info("the store takes writes again");
                wrote();
            } else if (doubtful) {
                Probe.writeLittle(open, dialect, preamble);
                wrote();
            } else if (!open.isValid((int) TimeUnit.NANOSECONDS.toSeconds(patienceNanos) + 1)) {
                throw new SQLException("the connection is broken", "08006");
            }
        } catch (SQLException e) {
            Trouble trouble = dialect.trouble(e);
            recover(trouble);
            if (trouble == Trouble.STORE && !fresh) {
                probe();
            } else if (trouble != Trouble.AGAIN || !wasUp || isRefusedForLong()) {
                refuse(dialect.refusal(e));
            }
        }
    }

    /** Others in the way are met again, as by every write, for as long as the store is waited for. */
    private boolean isRefusedForLong() {
        refusedSince = Math.min(refusedSince, System.nanoTime());
        return System.nanoTime() - refusedSince > patienceNanos;
    }

    private void compact() {
        String document = availability.isUp() ? compactable.peek() : null;
        if (document == null) {
            return;
        }
        try {
            Connection open = connect();
            dialect.begin(open);
            Compaction.Done done = compaction.slice(open, dialect, preamble, document, System.currentTimeMillis());
            dialect.commit(open);
            counters.compacted(done.folded());
            if (!done.more()) {
                compactable.remove();
            }
        } catch (SQLException e) {
            LOG.warn("compacting failed: {}", Words.of(e));
            recover(dialect.trouble(e));
            compactable.remove();
        }
    }
}
