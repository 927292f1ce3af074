package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            try {
                DocumentLog log = open(settings());
                // Each entry says with which setting it was written.
                statement.execute("CREATE OR REPLACE FUNCTION audit() RETURNS TRIGGER LANGUAGE plpgsql AS"
                        + " 'BEGIN NEW.author = current_setting(''synchronous_commit''); RETURN NEW; END';"
                        + " CREATE TRIGGER audit BEFORE INSERT ON baton_entry FOR EACH ROW EXECUTE FUNCTION audit()");
                for (int epoch = 0; epoch < 3; epoch++) {
                    get(log.claim(new Claim("doc", epoch, new Tenant("s" + epoch, "{}", ""), "test", 1)));
                    get(log.append(new Append("doc", Kind.UPDATE, epoch + 1, "s" + epoch, "{}", "op" + epoch, "1", 1)));
                }
                assertThat(Writers.all(log, "doc")).hasSize(6).allMatch(entry -> entry.user()
                        .equals("on"));
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

    /**
     * Plans are kept by the connection, and statistics come late: neither may decide how much of a document is read.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 200, 2_000, 20_000})
    void looking_up_operations_reads_nothing_else_however_documents_and_ids_have_grown_since_the_plan(int before)
            throws Exception {
        LogSettings settings = untouched();
        Store store = Store.open(settings);
        try (Connection admin = DriverManager.getConnection(settings.url(), "postgres", "postgres");
                Statement statement = admin.createStatement();
                Connection connection = store.first()) {
            statement.execute("ALTER TABLE baton_entry SET (autovacuum_enabled = off)");
            statement.execute("ALTER TABLE baton_document SET (autovacuum_enabled = off)");
            statement.execute(
                    "INSERT INTO baton_document (name, head) SELECT 'd' || g, 1 FROM generate_series(1, 200) g");
            // The same session, and the same ids, in each of 200 documents.
            grow(statement, "1 + g % 200", "1 + g / 200", "'new' || (g / 200)", before);
            Preamble preamble = store.dialect().preamble(Dialect.Use.WRITING, settings);
            Tables tables = new Tables(connection, store.dialect(), preamble, 0);
            store.dialect().begin(connection);
            preamble.run(connection);
            for (int size : new int[] {1, 16, 128, 1_024}) {
                for (int times = 0; times < 12; times++) {
                    tables.known(questions(size), List.of());
                }
            }
            store.dialect().commit(connection);
            statement.execute("INSERT INTO baton_document (name, head) VALUES ('long', 50000)");
            grow(statement, "201", "1 + g", "'old' || g", 50_000);
            long read = indexRowsRead(statement);
            store.dialect().begin(connection);
            preamble.run(connection);
            for (int size : new int[] {1, 16, 128, 1_024}) {
                tables.known(questions(size), List.of());
            }
            store.dialect().commit(connection);
            assertThat(indexRowsRead(statement) - read).isLessThan(5_000);
        }
    }

    private static void grow(Statement statement, String document, String seq, String operation, int entries)
            throws SQLException {
        statement.execute(
                "INSERT INTO baton_entry (document, seq, kind, epoch, session, author, operation, fingerprint,"
                        + " written_at, data) SELECT " + document + ", " + seq
                        + ", 1, 1, 'holder', '{}', "
                        + operation + ", 'f', 0, '1'"
                        + " FROM generate_series(0, " + (entries - 1) + ") g");
    }

    private static List<Tables.Question> questions(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> new Tables.Question(201, new Ledger.Operation("holder", "new" + i)))
                .toList();
    }

    /** The server counts up to a second late: waits until two looks agree. */
    private static long indexRowsRead(Statement statement) throws SQLException {
        long[] last = {-1};
        await().pollInterval(Duration.ofMillis(600)).until(() -> {
            try (ResultSet rows = statement.executeQuery(
                    "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'baton_entry'")) {
                rows.next();
                long now = rows.getLong(1);
                boolean settled = now == last[0];
                last[0] = now;
                return settled;
            }
        });
        return last[0];
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
