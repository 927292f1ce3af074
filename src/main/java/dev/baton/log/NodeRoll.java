package dev.baton.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes use the store, which of them act for clients, and when each last said so, by the clock of the database.
 * On a connection of its own, so that nobody waits behind the log's writes. Any thread; futures complete on the
 * caller's context.
 */
final class NodeRoll {
    /** Who has said nothing for this long is of interest to nobody any more. */
    private static final long FORGOTTEN = TimeUnit.HOURS.toMillis(1);

    private static final Logger LOG = LoggerFactory.getLogger(NodeRoll.class);

    /** Signing with each beat, more than this many wait only when the store does not answer. */
    private static final int MOST_WAITING = 4;

    private final VertxInternal vertx;
    private final DataSource connections;
    private final Dialect dialect;
    private final Preamble preamble;
    private final String shownUrl;
    private final ThreadPoolExecutor clerk;
    private final String signing;
    private final String reading;
    private final String serving;
    private final String clearing;

    /** Used by the clerk alone. */
    private Optional<Connection> open = Optional.empty();

    NodeRoll(VertxInternal vertx, Store store, LogSettings settings) {
        this.vertx = vertx;
        this.connections = store.casual();
        this.dialect = store.dialect();
        this.preamble = dialect.preamble(Dialect.Use.CASUAL, settings);
        this.shownUrl = settings.shownUrl();
        this.clerk = new ThreadPoolExecutor(
                1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), NodeRoll::thread);
        this.clerk.allowCoreThreadTimeOut(true);
        String now = dialect.clock();
        this.signing = "INSERT INTO baton_node (node, signed_at, valid_ms, place, cluster) VALUES (?, " + now
                + ", ?, ?, ?) ON CONFLICT (node) DO UPDATE SET signed_at = excluded.signed_at,"
                + " valid_ms = excluded.valid_ms, serving = CASE WHEN 1 = ? AND baton_node.serving = 1"
                + " AND excluded.signed_at - baton_node.signed_at <= baton_node.valid_ms THEN 1 ELSE 0 END";
        this.reading = "SELECT node, " + now + " - signed_at, valid_ms, serving, place, cluster FROM baton_node";
        this.serving = "UPDATE baton_node SET serving = 1, signed_at = " + now + " WHERE node = ?";
        this.clearing = "DELETE FROM baton_node WHERE signed_at < " + now + " - " + FORGOTTEN;
    }

    /** Says that the node is there; returns what each node says, this one included. */
    Future<Map<String, Signature>> sign(String node, Signature mine) {
        return ask(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(signing)) {
                statement.setString(1, node);
                statement.setLong(2, mine.validMillis());
                statement.setString(3, mine.place());
                statement.setString(4, mine.cluster());
                statement.setInt(5, mine.serving() ? 1 : 0);
                statement.executeUpdate();
            }
            Map<String, Signature> roll = read(connection);
            if (roll.values().stream().anyMatch(signature -> signature.age() > FORGOTTEN)) {
                try (PreparedStatement statement = connection.prepareStatement(clearing)) {
                    statement.executeUpdate();
                }
            }
            return roll;
        });
    }

    private Map<String, Signature> read(Connection connection) throws SQLException {
        Map<String, Signature> roll = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(reading);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                roll.put(
                        rows.getString(1),
                        new Signature(
                                rows.getLong(2),
                                rows.getLong(3),
                                rows.getInt(4) == 1,
                                rows.getString(5),
                                rows.getString(6)));
            }
        }
        return roll;
    }

    /** Says that the node acts for clients, unless strangers do; returns those. */
    Future<Map<String, Signature>> serve(String node, Set<String> own) {
        return ask(connection -> {
            // Of two that look at once the second waits here until the first is through.
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT one FROM baton_store WHERE one = 1" + dialect.lockRows())) {
                statement.executeQuery().close();
            }
            Map<String, Signature> strangers = read(connection);
            strangers.keySet().removeAll(own);
            strangers.remove(node);
            strangers.values().removeIf(signature -> !signature.counts());
            if (strangers.isEmpty()) {
                update(connection, serving, node);
            }
            return strangers;
        });
    }

    /** The node goes, and says so. */
    Future<Void> strike(String node) {
        return ask(connection -> {
            update(connection, "DELETE FROM baton_node WHERE node = ?", node);
            return null;
        });
    }

    /** Does what is waiting, lets go of the store, and takes no more. Does not wait for that. */
    void close() {
        clerk.shutdown();
        Thread last = thread(() -> {
            try {
                if (clerk.awaitTermination(1, TimeUnit.MINUTES)) {
                    hangUp();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        last.start();
    }

    private <R> Future<R> ask(Step<R> step) {
        Promise<R> promise = vertx.getOrCreateContext().promise();
        try {
            clerk.execute(() -> {
                try {
                    promise.complete(attempt(step));
                } catch (SQLException e) {
                    LOG.debug("the roll was not signed: {}", Words.of(e));
                    promise.fail(LogException.unavailable("the store at " + shownUrl + " did not take a signature"));
                } catch (RuntimeException | Error e) { // the node asks nothing further until it has an answer
                    LOG.error("the roll was not signed", e);
                    promise.fail(LogException.unavailable("the store at " + shownUrl + " could not take a signature"));
                }
            });
        } catch (RejectedExecutionException e) {
            promise.fail(LogException.unavailable("too many signatures wait for the store at " + shownUrl));
        }
        return promise.future();
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "baton-log-roll");
        thread.setDaemon(true);
        return thread;
    }

    private interface Step<R> {
        R on(Connection connection) throws SQLException;
    }

    private <R> R attempt(Step<R> step) throws SQLException {
        try {
            if (open.isEmpty()) {
                open = Optional.of(connections.getConnection());
            }
            Connection connection = open.get();
            dialect.begin(connection);
            preamble.run(connection);
            R result = step.on(connection);
            dialect.commit(connection);
            return result;
        } catch (SQLException e) {
            hangUp();
            throw e;
        }
    }

    private void hangUp() {
        open.ifPresent(NodeRoll::quietly);
        open = Optional.empty();
    }

    private static void update(Connection connection, String sql, String node) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, node);
            statement.executeUpdate();
        }
    }

    private static void quietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is given up because it failed before; what it says to that is of no use.
        }
    }
}
