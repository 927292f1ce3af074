package dev.baton.log;

import dev.baton.log.Dialect.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteOpenMode;

/**
 * A store that was found, brought to this version's schema, and named.
 *
 * @param id the store's own id
 * @param guard knows which history the store holds
 * @param first a connection for writing
 * @param writing where more of these come from
 * @param reading where connections for reading come from
 * @param casual where connections come from whose writes need not last
 * @param file the file that it is, where it is one
 * @param oneMachine whether commits are on one machine only when they are answered
 */
record Store(
        Dialect dialect,
        String id,
        StoreGuard guard,
        Connection first,
        DataSource writing,
        DataSource reading,
        DataSource casual,
        Optional<StoreFile> file,
        boolean oneMachine) {

    /**
     * Nodes that start together on a new store get in each other's way while it is made: on SQLite all but one are told
     * at once, whatever they are willing to wait, that it is locked while the file is turned to its journal mode. So
     * often, and so long, they try again.
     */
    private static final int TRIES = 20;

    private static final Duration TRYING = Duration.ofSeconds(10);

    /** Blocks. Fails with a {@link LogException} in words for whoever starts a node. */
    static Store open(LogSettings settings) {
        Dialect dialect = Dialect.of(settings);
        if (dialect == Dialect.SQLITE) {
            makeFolder(settings, dialect);
            NativeLibrary.load(Path.of(dialect.file(settings)).toAbsolutePath().getParent())
                    .ifPresent(why -> {
                        throw failed(settings, why);
                    });
        }
        checkUrl(settings);
        long start = System.nanoTime();
        for (int tried = 1; ; tried++) {
            boolean last = tried == TRIES || System.nanoTime() - start > TRYING.toNanos();
            try {
                return found(settings, dialect);
            } catch (SQLException e) {
                if (last || dialect.trouble(e) != Dialect.Trouble.AGAIN) {
                    throw failed(settings, Words.opening(e, settings));
                }
            } catch (FlywayException e) {
                if (last) {
                    throw failed(settings, "its tables cannot be brought to this version: " + firstLine(e));
                }
            }
            pause();
        }
    }

    private static Store found(LogSettings settings, Dialect dialect) throws SQLException {
        Properties properties = dialect.connecting(settings);
        migrate(settings, dialect, properties);
        if (dialect == Dialect.SQLITE) {
            // From here on a file that is not there is not made.
            properties.setProperty(
                    "open_mode", Integer.toString(SQLiteOpenMode.READWRITE.flag | SQLiteOpenMode.OPEN_URI.flag));
        }
        StoreGuard guard = new StoreGuard(dialect, settings);
        Connections writing = new Connections(settings, dialect, properties, Use.WRITING, guard::admitWriter);
        Connections reading = new Connections(settings, dialect, properties, Use.READING, guard::admit);
        Connections casual = new Connections(settings, dialect, properties, Use.CASUAL, guard::admit);
        guard.named(id(settings, dialect, properties));
        Connection first = writing.getConnection();
        try {
            guard.reseal(first);
            Optional<StoreFile> file = dialect == Dialect.SQLITE
                    ? Optional.of(
                            StoreFile.opened(Path.of(dialect.file(settings)).toAbsolutePath()))
                    : Optional.empty();
            boolean oneMachine = dialect.isOnOneMachine(first);
            return new Store(dialect, guard.logId(0), guard, first, writing, reading, casual, file, oneMachine);
        } catch (SQLException e) {
            first.close();
            throw e;
        }
    }

    private static void makeFolder(LogSettings settings, Dialect dialect) {
        String file = dialect.file(settings);
        if (file.isEmpty() || file.contains(":memory:") || settings.url().contains("mode=memory")) {
            throw failed(settings, "it must name a file, for what is only in memory is lost");
        }
        try {
            Path parent = Path.of(file).toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
        } catch (IOException | InvalidPathException e) {
            throw failed(settings, "its folder cannot be made");
        }
    }

    static void checkUrl(LogSettings settings) {
        try {
            DriverManager.getDriver(settings.url());
        } catch (SQLException e) {
            throw failed(settings, "it is not a URL that the driver understands");
        }
    }

    private static void migrate(LogSettings settings, Dialect dialect, Properties connecting) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(connecting);
        // A later version may have more to change than one statement is otherwise waited for.
        properties.remove("socketTimeout");
        Connections plain = new Connections(settings, dialect, properties, Use.CASUAL, Connections.ANY);
        // Says in the driver's own words what is wrong, before Flyway wraps it in many others.
        plain.getConnection().close();
        Flyway.configure(Store.class.getClassLoader())
                .dataSource(plain)
                .locations("classpath:db/baton")
                .table("baton_schema_history")
                .placeholders(dialect.placeholders())
                // The database may be shared with others' tables.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
    }

    private static String firstLine(FlywayException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static void pause() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(20, 150));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String id(LogSettings settings, Dialect dialect, Properties properties) throws SQLException {
        Connections plain = new Connections(settings, dialect, properties, Use.WRITING, Connections.ANY);
        try (Connection connection = plain.getConnection()) {
            dialect.begin(connection);
            dialect.preamble(Use.WRITING, settings).run(connection);
            try (PreparedStatement statement = connection.prepareStatement(
                    "INSERT INTO baton_store (one, id, probed_at) VALUES (1, ?, 0) ON CONFLICT DO NOTHING")) {
                statement.setString(1, UUID.randomUUID().toString());
                statement.executeUpdate();
            }
            dialect.commit(connection);
            try (PreparedStatement statement = connection.prepareStatement("SELECT id FROM baton_store");
                    ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    throw new SQLException("the store has no id");
                }
                return rows.getString(1);
            }
        }
    }

    static LogException failed(LogSettings settings, String why) {
        return LogException.unavailable("store.url " + settings.shownUrl() + " cannot be used: " + why);
    }
}
