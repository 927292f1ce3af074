package dev.baton.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresDocumentLogIT extends DocumentLogContract {
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
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
            }
        }
        return server.settings();
    }

    @Override
    LogSettings untouched() throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE second");
        }
        LogSettings first = server.settings();
        return LogSettings.of(first.url().replace("/postgres", "/second"), first.user(), first.password());
    }

    @Override
    AutoCloseable holdUp() throws SQLException {
        Connection connection = server.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE baton_document IN EXCLUSIVE MODE");
        }
        return connection;
    }

    @Override
    void poison(String data) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE baton_entry ADD CHECK (data <> '" + data + "')");
        }
    }

    @Test
    void the_server_is_as_durable_as_in_earnest() throws Exception {
        assertThat(show("fsync")).isEqualTo("on");
        assertThat(show("synchronous_commit")).isEqualTo("on");
        assertThat(show("full_page_writes")).isEqualTo("on");
    }

    @Test
    void a_commit_is_flushed_also_where_the_servers_default_would_not() throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER DATABASE postgres SET synchronous_commit = off");
            try (Connection writing = Store.open(settings()).first();
                    Statement asked = writing.createStatement();
                    ResultSet rows = asked.executeQuery("SHOW synchronous_commit")) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("on");
            } finally {
                statement.execute("ALTER DATABASE postgres RESET synchronous_commit");
            }
        }
    }

    @Test
    void a_database_may_be_shared_with_the_tables_of_others() throws Exception {
        LogSettings settings = untouched();
        try (Connection connection = DriverManager.getConnection(settings.url(), "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE others (x INT)");
            assertThat(open(settings).id()).isNotBlank();
            statement.execute("INSERT INTO others VALUES (1)");
        }
    }

    @AfterEach
    void dropSecond() throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS second WITH (FORCE)");
        }
    }

    private static String show(String setting) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW " + setting)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
