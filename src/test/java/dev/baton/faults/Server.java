package dev.baton.faults;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One PostgreSQL in a place of its own, with its data in a folder. */
final class Server {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final int place;
    private final String address;
    private final int port;
    private final List<String> in;
    private final Path folder;
    private final Path err;
    private Optional<Process> process = Optional.empty();
    private long pid;

    Server(Net net, int place, int port, Path folder, Path err) {
        this.place = place;
        this.address = net.address(place);
        this.port = port;
        this.in = net.in(place);
        this.folder = folder;
        this.err = err;
    }

    int place() {
        return place;
    }

    /** As a URL names it. */
    String host() {
        return address + ":" + port;
    }

    // ---- its processes --------------------------------------------------------------------------------------------

    /** Starts it on what is in its folder, a new database if there is nothing; waits until it answers. */
    void start() {
        try {
            Process starting = new ProcessBuilder(Cluster.with(
                            in,
                            List.of(
                                    Cluster.java(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    StoreMain.class.getName(),
                                    folder.toString(),
                                    Integer.toString(port))))
                    .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()))
                    .start();
            process = Optional.of(starting);
            BufferedReader out = starting.inputReader(StandardCharsets.UTF_8);
            String line = out.readLine();
            while (line != null && !line.startsWith("store ")) {
                line = out.readLine();
            }
            if (line == null) {
                throw new IllegalStateException("the store did not start: " + Files.readString(err));
            }
            pid = Long.parseLong(line.replaceAll(".*pid=(\\d+).*", "$1"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Connections from the other places are let in, of nodes and of a standby. */
    void letOthersIn() {
        try {
            Files.writeString(
                    folder.resolve("pg_hba.conf"),
                    "host all all 10.77.0.0/16 trust\nhost replication all 10.77.0.0/16 trust\n",
                    StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        // Not over the network: it lets nobody in yet.
        signal("HUP", pid);
        await().atMost(LONG).ignoreExceptions().until(() -> ask("SELECT 1").equals("1"));
    }

    /** Every process of it at once, as when the machine loses its power. */
    void kill() {
        ProcessHandle.of(pid).ifPresent(main -> {
            signalAll("CONT");
            main.descendants().forEach(ProcessHandle::destroyForcibly);
            main.destroyForcibly();
            await().atMost(LONG).until(() -> !main.isAlive());
        });
        process.ifPresent(running -> running.destroyForcibly().onExit().join());
        process = Optional.empty();
    }

    /** Every process of it stands still ({@code STOP}), or goes on ({@code CONT}). */
    void signalAll(String signal) {
        ProcessHandle.of(pid).ifPresent(main -> {
            main.children().forEach(child -> signal(signal, child.pid()));
            signal(signal, main.pid());
        });
    }

    private static void signal(String signal, long pid) {
        try {
            Net.run(List.of("kill", "-" + signal, Long.toString(pid)));
        } catch (IllegalStateException gone) {
            // a process that has ended in the meantime needs no signal
        }
    }

    // ---- SQL ------------------------------------------------------------------------------------------------------

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + host()
                + "/postgres?user=postgres&sslmode=disable&connectTimeout=5&socketTimeout=60");
    }

    void run(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(sql, failed);
        }
    }

    /** The one value that a query gives. */
    String ask(String sql) {
        try (Connection connection = connect()) {
            return ask(connection, sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(sql, failed);
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    void set(String setting, String value) {
        run("ALTER SYSTEM SET " + setting + " = '" + value + "'");
        run("SELECT pg_reload_conf()");
    }

    // ---- copies ---------------------------------------------------------------------------------------------------

    /**
     * Copies its data while it is at work, as a base backup does. A server that starts on the copy goes back to this
     * moment.
     */
    void backUp(Path to) {
        delete(to);
        try (Connection connection = connect()) {
            ask(connection, "SELECT pg_backup_start('copy', true)");
            copy(folder, to);
            String label = ask(connection, "SELECT labelfile FROM pg_backup_stop(false)");
            copy(folder.resolve("pg_wal"), to.resolve("pg_wal"));
            Files.writeString(to.resolve("backup_label"), label);
        } catch (SQLException | IOException failed) {
            throw new IllegalStateException("no copy of " + folder, failed);
        }
    }

    /** Its data is replaced by such a copy; it must not run. */
    void restore(Path copy) {
        delete(folder);
        try {
            copy(copy, folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Becomes a standby of another server, from a copy of that one's data; must not run. Waits until it follows. */
    void follow(Server primary) {
        delete(folder);
        primary.backUp(folder);
        try {
            Files.createFile(folder.resolve("standby.signal"));
            Files.writeString(
                    folder.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=" + primary.address + " port=" + primary.port + " user=postgres'\n"
                            + "synchronous_standby_names = ''\n",
                    StandardOpenOption.APPEND,
                    StandardOpenOption.CREATE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        start();
        await("the standby follows")
                .atMost(LONG)
                .ignoreExceptions()
                .until(() -> ask("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'")
                        .equals("1"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file));
                try {
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(target);
                        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
                    } else if (!file.getFileName().toString().startsWith("postmaster.")) {
                        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                    }
                } catch (NoSuchFileException gone) {
                    // a running server removes files meanwhile, and its log makes up for them
                }
            }
        } catch (UncheckedIOException gone) {
            throw gone.getCause();
        }
    }

    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
