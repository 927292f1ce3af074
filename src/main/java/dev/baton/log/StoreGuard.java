package dev.baton.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which continuous history the store holds, its <em>incarnation</em>, and refuses connections that lead to an
 * older one.
 *
 * <p>The incarnation is a number in the store; 0 at first. It is raised when the store may have lost or forked history:
 * the database is another one than was recorded (a restored dump, a copied file), the server was promoted (a new
 * timeline), the server's log or the incarnation itself went back, an operator says so, or a client or node proves a
 * loss. It is raised to the time in milliseconds, so that no number comes twice even if the store forgets that it was
 * raised.
 *
 * <p>Every new connection is looked at before its first use, and {@linkplain Dialect#currentIncarnation every write and
 * every read} checks the incarnation again in its own statement or snapshot. Any thread.
 */
final class StoreGuard {
    private static final Logger LOG = LoggerFactory.getLogger(StoreGuard.class);

    /** The SQLSTATE of a connection that is refused: the caller takes it for a store that is not there. */
    private static final String REFUSED = "08004";

    /**
     * What another node said of its incarnation counts for so long, in nanoseconds; nodes repeat it with every beat.
     */
    private static final long HEARD_NANOS = 60_000_000_000L;

    /** A raise on the word of a client is followed by none on the word of another for so long, in milliseconds. */
    private static final long WORD_OF_CLIENTS = 600_000;

    /** What a connection leads to, read in one statement. */
    private record Look(
            long incarnation,
            Optional<String> origin,
            String timeline,
            long raisedAt,
            String actualOrigin,
            String actualTimeline,
            long position,
            long clock) {}

    /** How far the server's log is known to reach; it says nothing of the log of a later incarnation. */
    private record Position(long incarnation, long value) {

        static Position of(Look look) {
            return new Position(look.incarnation(), look.position());
        }

        static Position later(Position one, Position other) {
            if (one.incarnation != other.incarnation) {
                return one.incarnation > other.incarnation ? one : other;
            }
            return one.value >= other.value ? one : other;
        }

        boolean beyond(Look look) {
            return incarnation == look.incarnation() && value > look.position();
        }
    }

    private record Heard(long incarnation, long at) {}

    private final Dialect dialect;
    private final Preamble preamble;
    private final String storeFile;
    private final LongSupplier nanos;
    private final Optional<Seal> seal;
    private final AtomicReference<Position> position = new AtomicReference<>(new Position(0, 0));
    private volatile String store = "";
    private volatile long incarnation;
    private volatile Heard heard = new Heard(0, 0);
    private volatile LongConsumer listener = raised -> {};

    StoreGuard(Dialect dialect, LogSettings settings) {
        this(dialect, settings, System::nanoTime);
    }

    StoreGuard(Dialect dialect, LogSettings settings, LongSupplier nanos) {
        this.dialect = dialect;
        this.preamble = dialect.preamble(Dialect.Use.WRITING, settings);
        this.storeFile = dialect.file(settings);
        this.nanos = nanos;
        this.seal = dialect == Dialect.SQLITE ? Optional.of(new Seal(storeFile)) : Optional.empty();
    }

    /** The store's own id; set once, before anything else asks. */
    void named(String id) {
        store = id;
    }

    /** The incarnation this node works in. */
    long incarnation() {
        return incarnation;
    }

    /** What clients are told as the log's id: the store and its incarnation. */
    String logId(long ofIncarnation) {
        return ofIncarnation == 0 ? store : store + "." + ofIncarnation;
    }

    /** Calls that, on the thread that found out, each time this node goes on to a later incarnation. */
    void onRaised(LongConsumer action) {
        listener = action;
    }

    /** Another node works in that incarnation. */
    void heard(long ofOther) {
        long now = nanos.getAsLong();
        if (ofOther >= freshlyHeard()) {
            heard = new Heard(ofOther, now);
        }
    }

    /** Whether another node works in a later incarnation than this one, whose store is then an old copy. */
    boolean behind() {
        return freshlyHeard() > incarnation;
    }

    private long freshlyHeard() {
        Heard last = heard;
        return nanos.getAsLong() - last.at() < HEARD_NANOS ? last.incarnation() : 0;
    }

    /** Lets a connection for reading be used, or fails: it must lead to the incarnation that this node works in. */
    void admit(Connection connection) throws SQLException {
        Position known = position.get();
        Look look = look(connection);
        Optional<String> cause = lossSeen(look, known);
        if (cause.isPresent() || look.incarnation() < Math.max(incarnation, freshlyHeard())) {
            throw new SQLException("the connection leads to an older copy of the store", REFUSED);
        }
        found(look.incarnation());
    }

    /**
     * Lets a connection for writing be used, or fails. Raises the incarnation where it leads to a store that may have
     * lost or forked history. The connection is in no transaction, before and after.
     */
    void admitWriter(Connection connection) throws SQLException {
        Position known = position.get();
        Look look = look(connection);
        if (look.origin().isEmpty()) {
            recordOrigin(connection, look);
            look = look(connection);
        }
        if (freshlyHeard() > look.incarnation()) {
            throw new SQLException(
                    "another node works in a later incarnation of the store (" + freshlyHeard() + ", here "
                            + look.incarnation() + ")",
                    REFUSED);
        }
        Optional<String> cause = lossSeen(look, known);
        if (cause.isEmpty() && look.incarnation() < incarnation) {
            cause = Optional.of("the store has forgotten incarnation " + incarnation);
        }
        if (cause.isPresent()) {
            raise(connection, look, cause.get());
        } else {
            found(look.incarnation());
        }
        position.accumulateAndGet(Position.of(look), Position::later);
    }

    /**
     * Compares the seal of a file, and renews it, when the store is opened and closed. On an admitted connection for
     * writing.
     */
    void reseal(Connection connection) throws SQLException {
        if (seal.isPresent()) {
            raiseFor(connection, seal.get().renew(connection, dialect));
        }
    }

    /** The same now and then. */
    void resealIfDue(Connection connection) throws SQLException {
        if (seal.isPresent()) {
            raiseFor(connection, seal.get().renewIfDue(connection, dialect));
        }
    }

    private void raiseFor(Connection connection, Optional<String> cause) throws SQLException {
        if (cause.isPresent()) {
            raise(connection, look(connection), cause.get());
        }
    }

    /** Raises the incarnation: an operator, or this node's own memory, knows that history was lost. */
    long raise(Connection connection, String cause) throws SQLException {
        raise(connection, look(connection), cause);
        return incarnation;
    }

    /**
     * Raises the incarnation on the word of a client, unless that was done lately: a client that lies could otherwise
     * keep everybody reloading.
     */
    void raiseOnWord(Connection connection, String cause) throws SQLException {
        Look look = look(connection);
        if (look.clock() - look.raisedAt() > WORD_OF_CLIENTS) {
            raise(connection, look, cause);
        }
    }

    /** Takes note of what was read from the store: a later incarnation than known is worked in from now on. */
    void found(long inStore) {
        boolean later;
        synchronized (this) {
            later = inStore > incarnation;
            if (later) {
                incarnation = inStore;
            }
        }
        if (later) {
            listener.accept(inStore);
        }
    }

    private static Optional<String> lossSeen(Look look, Position known) {
        if (look.origin().isPresent() && !look.origin().get().equals(look.actualOrigin())) {
            return Optional.of("the database is another one than before (" + look.actualOrigin() + ", before "
                    + look.origin().get() + ")");
        }
        if (!look.timeline().equals(look.actualTimeline())) {
            return Optional.of("the server was promoted or recovered (timeline " + look.actualTimeline() + ", before "
                    + look.timeline() + ")");
        }
        return known.beyond(look)
                ? Optional.of("the server's log went back from " + known.value() + " to " + look.position())
                : Optional.empty();
    }

    private void recordOrigin(Connection connection, Look look) throws SQLException {
        dialect.begin(connection);
        preamble.run(connection);
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE baton_store SET origin = ?, timeline = ? WHERE one = 1 AND origin IS NULL")) {
            statement.setString(1, look.actualOrigin());
            statement.setString(2, look.actualTimeline());
            statement.executeUpdate();
        }
        dialect.commit(connection);
    }

    private void raise(Connection connection, Look look, String cause) throws SQLException {
        long now = Math.max(look.clock(), System.currentTimeMillis());
        long known = Math.max(look.incarnation(), Math.max(incarnation, freshlyHeard()));
        long next = Math.max(known + 1, now);
        dialect.begin(connection);
        int raised;
        try {
            preamble.run(connection);
            dialect.lockOutWriters(connection);
            try (PreparedStatement statement =
                    connection.prepareStatement("UPDATE baton_store SET incarnation = ?, origin = ?, timeline = ?,"
                            + " raised_at = ?, raised_cause = ? WHERE one = 1 AND incarnation = ?")) {
                statement.setLong(1, next);
                statement.setString(2, look.actualOrigin());
                statement.setString(3, look.actualTimeline());
                statement.setLong(4, look.clock());
                statement.setString(5, cause);
                statement.setLong(6, look.incarnation());
                raised = statement.executeUpdate();
            }
            dialect.commit(connection);
        } catch (SQLException e) {
            dialect.rollback(connection);
            throw e;
        }
        if (raised == 1) {
            LOG.error(
                    "the store may have lost or forked history: {}; incarnation raised from {} to {}, every client"
                            + " reloads",
                    cause,
                    look.incarnation(),
                    next);
        }
        Look after = look(connection);
        position.accumulateAndGet(Position.of(after), Position::later);
        found(after.incarnation());
    }

    private Look look(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(dialect.look());
                ResultSet rows = statement.executeQuery()) {
            if (!rows.next()) {
                throw new SQLException("the store has no id", REFUSED);
            }
            String actual = rows.getString(5);
            Look look = new Look(
                    rows.getLong(1),
                    Optional.ofNullable(rows.getString(2)),
                    rows.getString(3),
                    rows.getLong(4),
                    actual == null ? FileIdentity.of(storeFile) : actual,
                    rows.getString(6),
                    rows.getLong(7),
                    rows.getLong(8));
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return look;
        }
    }
}
