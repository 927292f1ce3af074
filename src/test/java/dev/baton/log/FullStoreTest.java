package dev.baton.log;

import static dev.baton.log.Futures.failure;
import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.log.LogException.Reason;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The space of an SQLite store. */
class FullStoreTest {
    @TempDir
    private Path folder;

    private Vertx vertx;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() {
        get(vertx.close());
    }

    @Test
    void a_full_store_is_unavailable_until_there_is_space_again() throws Exception {
        get(get(DocumentLogs.open(vertx, settings(""))).close());
        DocumentLog log =
                get(DocumentLogs.open(vertx, settings("?max_page_count=" + (number("PRAGMA page_count") + 40))));
        new Filling(log, "code 13").verify(() -> change("DELETE FROM baton_entry"));
        get(log.close());
    }

    @Test
    void a_locked_store_is_unavailable_until_it_is_unlocked() throws Exception {
        DocumentLog log = get(DocumentLogs.open(vertx, settings("").withPatience(Duration.ofSeconds(1))));
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThat(failure(log.append(new Append("doc", Kind.MESSAGE, 0, "cid", "{}", "op", "1", 1)))
                            .reason())
                    .isEqualTo(Reason.UNAVAILABLE);
            await().during(2, TimeUnit.SECONDS).until(() -> !log.available());
            assertThat(log.obstacle())
                    .hasValueSatisfying(what -> assertThat(what).startsWith("locked: "));
            statement.execute("ROLLBACK");
        }
        await().until(log::available);
        get(log.close());
    }

    /**
     * Only the connection that commits writes brings the journal into the file, and an idle node has none but its
     * probes.
     */
    @Test
    void the_journal_of_an_idle_node_that_signs_is_brought_into_the_file() throws Exception {
        DocumentLog log = get(DocumentLogs.open(vertx, settings("")));
        Path journal = folder.resolve("baton.db-wal");
        while (Files.size(journal) < 1_000 * 4_120) {
            get(log.sign("node", Signatures.MINE));
        }
        long full = System.currentTimeMillis();
        await().until(() ->
                Files.getLastModifiedTime(folder.resolve("baton.db")).toMillis() >= full);
        long size = Files.size(journal);
        for (int i = 0; i < 500; i++) {
            get(log.sign("node", Signatures.MINE));
        }
        assertThat(Files.size(journal))
                .as("it is written from its beginning again")
                .isEqualTo(size);
        get(log.close());
    }

    private LogSettings settings(String parameters) {
        return LogSettings.of(url() + parameters, Optional.empty(), Optional.empty());
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("baton.db");
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void change(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url() + "?busy_timeout=5000");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
