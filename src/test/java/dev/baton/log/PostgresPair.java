package dev.baton.log;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PostgreSQL with a streaming standby, which can be cut off and promoted. Nodes connect to the one that takes writes.
 */
public final class PostgresPair implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Postgres primary;
    private final Postgres standby;

    /** Starts both in a folder of their own; the standby has all that the primary has. */
    public PostgresPair(Path folder) throws IOException {
        Path first = Files.createDirectory(folder.resolve("primary"));
        Path second = folder.resolve("standby");
        Postgres made = new Postgres(first);
        int port = made.port();
        made.stop();
        copy(first, second);
        Files.createFile(second.resolve("standby.signal"));
        Files.writeString(
                second.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres password=postgres'\n",
                StandardOpenOption.APPEND,
                StandardOpenOption.CREATE);
        made.start();
        primary = made;
        standby = new Postgres(second);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Path target = to.resolve(from.relativize(file));
                    if (Files.isDirectory(file)) {
                        Files.createDirectory(target);
                        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
                    } else if (!file.getFileName().toString().equals("postmaster.pid")) {
                        Files.copy(file, target);
                    }
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        }
    }

    /** Leads to whichever of both takes writes. */
    public String url() {
        return "jdbc:postgresql://localhost:" + primary.port() + ",localhost:" + standby.port()
                + "/postgres?sslmode=disable&targetServerType=primary";
    }

    /** Leads to the first primary alone, as an address does that was not moved. */
    public String firstUrl() {
        return Postgres.url(primary.port());
    }

    /** Leads to the standby alone. */
    public String secondUrl() {
        return Postgres.url(standby.port());
    }

    /** How a log is opened at that address. */
    LogSettings settings(String url) {
        return LogSettings.of(url, Optional.of("postgres"), Optional.of("postgres"));
    }

    /** Waits until the standby has all that the primary has committed. */
    public void catchUp() throws SQLException {
        String written = ask(primary, "SELECT pg_current_wal_flush_lsn()");
        await().atMost(SOON).until(() -> ask(standby, "SELECT pg_last_wal_replay_lsn() >= '" + written + "'")
                .equals("t"));
    }

    /** From now on the standby misses what is committed. */
    public void cutOffStandby() throws SQLException {
        run(standby, "ALTER SYSTEM SET primary_conninfo = ''");
        run(standby, "SELECT pg_reload_conf()");
        await().atMost(SOON).until(() -> ask(standby, "SELECT count(*) FROM pg_stat_wal_receiver")
                .equals("0"));
    }

    /** The primary dies. */
    public void killPrimary() throws IOException {
        primary.kill();
    }

    /** The standby takes writes from now on. */
    public void promote() throws SQLException {
        run(standby, "SELECT pg_promote(true, 30)");
    }

    /** Asks the one that was the standby for one value. */
    public String askSecond(String sql) throws SQLException {
        return ask(standby, sql);
    }

    private static void run(Postgres server, String sql) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ask(Postgres server, String sql) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    @Override
    public void close() throws IOException {
        standby.close();
        primary.close();
    }
}
