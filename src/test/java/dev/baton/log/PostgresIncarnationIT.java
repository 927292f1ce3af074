package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same on PostgreSQL, and what is done to its database. */
class PostgresIncarnationIT extends IncarnationContract {
    @TempDir
    private static Path folder;

    private static Postgres server;

    private boolean emptied;

    @BeforeAll
    static void startServer() throws Exception {
        server = new Postgres(folder);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @Override
    LogSettings settings() throws SQLException {
        if (!emptied) {
            emptied = true;
            run("DROP SCHEMA public CASCADE");
            run("CREATE SCHEMA public");
        }
        return server.settings();
    }

    private static void run(String sql) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void a_server_that_is_restarted_keeps_its_history() throws Exception {
        DocumentLog log = open();
        claim(log, 0, ANN);
        get(log.close());
        server.stop();
        server.start();
        DocumentLog again = open();
        assertThat(again.incarnation()).isZero();
        assertThat(get(again.state(DOC)).epoch()).isEqualTo(1);
    }

    @Test
    void a_table_that_was_restored_is_another_history() throws Exception {
        DocumentLog log = open();
        claim(log, 0, ANN);
        String before =
                get(log.open(DOC, OptionalLong.empty(), Optional.empty())).log();
        get(log.close());

        run("ALTER TABLE baton_store RENAME TO dumped");
        run("CREATE TABLE baton_store (LIKE dumped INCLUDING ALL)");
        run("INSERT INTO baton_store SELECT * FROM dumped");
        run("DROP TABLE dumped");

        DocumentLog restored = open();
        assertThat(restored.incarnation()).isPositive();
        assertThat(get(restored.open(DOC, OptionalLong.of(1), Optional.of(before)))
                        .recovered())
                .isFalse();
    }

    @Test
    void a_database_that_was_copied_is_another_history() throws Exception {
        DocumentLog log = open();
        claim(log, 0, ANN);
        get(log.close());
        LogSettings first = server.settings();
        String second = first.url().replace("/postgres?", "/template1?");
        run("UPDATE baton_store SET origin = replace(origin, '/', '/9')"); // as it is in a database with other oids
        assertThat(second).isNotEqualTo(first.url());
        assertThat(open().incarnation()).isPositive();
    }
}
