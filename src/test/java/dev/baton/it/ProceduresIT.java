package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.FreePorts;
import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The procedures of the operations guide, with the commands that it prints. Needs {@code sqlite3} and Debian's
 * PostgreSQL, and root for the latter; what is missing is skipped.
 */
class ProceduresIT {
    private static final Path GUIDE = Path.of("src/site/markdown/operations.md");
    private static final Path SERVERS = Path.of("/usr/lib/postgresql");

    private static Vertx vertx;

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        Waiting.on(vertx.close());
    }

    /** The one command of the guide that begins like that. */
    private static String printed(String beginning) {
        try {
            List<String> commands = Files.readAllLines(GUIDE).stream()
                    .filter(line -> line.startsWith(beginning))
                    .toList();
            assertThat(commands).as(beginning).hasSize(1);
            return commands.get(0);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void run(String... command) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
            builder.environment().putAll(environment);
            builder.redirectOutput(folder.resolve("said.txt").toFile());
            int status = builder.start().waitFor();
            assertThat(status)
                    .as(() -> List.of(command) + ": " + text(folder.resolve("said.txt")))
                    .isZero();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void asPrinted(String beginning) {
        run("bash", "-ec", printed(beginning));
    }

    /** What is written between backup and restore is gone, and every client is told. */
    private void goesBack(Map<String, String> settings, Runnable backUp, Runnable restore) {
        try (Nodes nodes = Nodes.start(ProceduresIT.class, 1, settings)) {
            Person ann = Person.on(vertx, nodes.get(0), "ann");
            long epoch = ann.take("notes");
            assertThat(ann.update("notes", epoch, "kept")).isInstanceOf(Outcome.Applied.class);
            backUp.run();
            Outcome lost = ann.update("notes", epoch, "lost");
            assertThat(lost).isInstanceOf(Outcome.Applied.class);
            Joined before =
                    Waiting.on(Person.on(vertx, nodes.get(0), "ben").client().join("notes", Mode.VIEW));
            assertThat(nodes.get(0).terminate()).isZero();

            restore.run();
            NodeProcess again = nodes.begin();
            await().atMost(SOON).until(() -> again.isReady() && again.health("/health/ready") == 200);

            Person ben = Person.on(vertx, again, "ben");
            Joined after = Waiting.on(ben.client().join("notes", Mode.VIEW, before.seq(), before.log()));
            assertThat(after.recovered()).isFalse();
            assertThat(after.log()).isNotEqualTo(before.log());
            assertThat(after.entries()).extracting(Entry::id).contains("kept").doesNotContain("lost");
            assertThat(ben.update("notes", epoch, "late")).isInstanceOf(Outcome.Fenced.class);
            long next = ben.take("notes");
            assertThat(ben.update("notes", next, "new")).isInstanceOf(Outcome.Applied.class);
            Waiting.on(ben.client().close());
        }
    }

    // ---- SQLite ---------------------------------------------------------------------------------------------------

    private Map<String, String> sqlite() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/sqlite3")), "sqlite3 is missing");
        Files.createDirectory(folder.resolve("data"));
        return Map.of("BATON_STORE_URL", "jdbc:sqlite:" + folder.resolve("data/baton.db"));
    }

    @Test
    void aBackupOfAnSqliteFileIsRestored() throws IOException {
        goesBack(sqlite(), () -> asPrinted("sqlite3 data/baton.db"), () -> asPrinted("cp copy.db"));
    }

    @Test
    void anOperatorSaysThatItWasRestored() throws IOException {
        Map<String, String> settings = sqlite();
        goesBack(settings, () -> asPrinted("sqlite3 data/baton.db"), () -> {
            asPrinted("cp copy.db");
            restored(settings);
        });
    }

    private void restored(Map<String, String> settings) {
        environment.putAll(settings);
        run("cp", NodeJvm.JAR.toAbsolutePath().toString(), "baton.jar");
        asPrinted("java -jar baton.jar restored");
    }

    // ---- PostgreSQL -----------------------------------------------------------------------------------------------

    private String server() throws IOException {
        assumeTrue(Files.isDirectory(SERVERS), "Debian's PostgreSQL is missing");
        try (Stream<Path> versions = Files.list(SERVERS)) {
            return versions.max(Path::compareTo).orElseThrow().resolve("bin").toString();
        }
    }

    private void asPostgres(String... command) {
        List<String> all = new ArrayList<>(List.of("runuser", "-u", "postgres", "--"));
        all.addAll(List.of(command));
        run(all.toArray(String[]::new));
    }

    @Test
    void aDumpAndABaseBackupOfPostgresAreRestored() throws IOException {
        String bin = server();
        int port = FreePorts.inARow(1);
        Path data = folder.resolve("pg");
        run("chmod", "755", folder.toString());
        run("install", "-d", "-o", "postgres", "-m", "700", data.toString());
        environment.putAll(Map.of(
                "PATH",
                bin + ":" + System.getenv("PATH"),
                "PGHOST",
                "127.0.0.1",
                "PGPORT",
                "" + port,
                "PGUSER",
                "postgres"));
        String options = "-p " + port + " -k /tmp -c listen_addresses=127.0.0.1";
        asPostgres(bin + "/initdb", "-D", data.toString(), "-A", "trust");
        asPostgres(bin + "/pg_ctl", "-D", data.toString(), "-o", options, "-l", data + "/log", "-w", "start");
        try {
            run("createdb", "baton");
            Map<String, String> settings = Map.of(
                    "BATON_STORE_URL",
                    "jdbc:postgresql://127.0.0.1:" + port + "/baton?sslmode=disable",
                    "BATON_STORE_USER",
                    "postgres");
            goesBack(settings, () -> asPrinted("pg_dump "), () -> asPrinted("pg_restore "));
            goesBack(settings, () -> asPrinted("pg_basebackup "), () -> {
                asPostgres(bin + "/pg_ctl", "-D", data.toString(), "-m", "immediate", "-w", "stop");
                run("bash", "-ec", "rm -rf pg && mv backup pg && chown -R postgres pg && chmod 700 pg");
                asPostgres(bin + "/pg_ctl", "-D", data.toString(), "-o", options, "-l", data + "/log", "-w", "start");
                restored(settings);
            });
        } finally {
            asPostgres(bin + "/pg_ctl", "-D", data.toString(), "-m", "immediate", "-w", "stop");
        }
    }
}
