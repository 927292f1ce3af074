package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.log.AppendResult.Applied;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes reach PostgreSQL through two connections that a pooler gives to whoever has a transaction. */
class PoolerIT {
    private static final int SECONDS = Integer.getInteger("baton.pooler.seconds", 4);
    private static final int DOCUMENTS = 5;
    private static final int UPDATES = 4;

    @TempDir
    private Path database;

    @TempDir
    private Path folder;

    private Vertx vertx;
    private Postgres server;
    private Pooler pooler;
    private final List<DocumentLog> nodes = new ArrayList<>();

    /** What was acknowledged: document, session and operation, with the seq. */
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean stopped;

    @BeforeEach
    void start() throws Exception {
        vertx = Vertx.vertx();
        server = new Postgres(database);
        pooler = new Pooler(folder, server.port(), 2);
    }

    @AfterEach
    void stop() throws Exception {
        nodes.forEach(node -> get(node.close()));
        pooler.close();
        server.close();
        get(vertx.close());
    }

    @Test
    void every_acknowledged_update_is_in_the_table_once_and_nothing_stays_set_on_a_connection() throws Exception {
        try (Connection admin = server.connect();
                Statement statement = admin.createStatement()) {
            statement.execute("ALTER DATABASE postgres SET synchronous_commit = off");
        }
        for (int i = 0; i < 3; i++) {
            nodes.add(get(DocumentLogs.open(vertx, pooler.settings())));
        }
        auditSyncs();
        for (int d = 0; d < DOCUMENTS; d++) {
            running.incrementAndGet();
            handOver("doc" + d, 0, d);
        }
        nodes.forEach(this::readAndSign);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        await().atMost(SECONDS + 30L, TimeUnit.SECONDS).until(() -> System.nanoTime() > end);
        stopped = true;
        await().until(() -> running.get() == 0);

        assertThat(wrong).isEmpty();
        assertThat(acknowledged).hasSizeGreaterThan(100);
        verify();
        assertThat(leftSet()).isEmpty();
    }

    private DocumentLog node(int number) {
        return nodes.get(number % nodes.size());
    }

    /** The next session takes the document through the next node, and writes to it. */
    private void handOver(String document, long epoch, int turn) {
        if (stopped) {
            running.decrementAndGet();
            return;
        }
        String session = "s" + turn;
        node(turn)
                .claim(new Claim(document, epoch, new Tenant(session, "{}", ""), "test", 1))
                .onComplete(claimed -> {
                    if (claimed.failed()) {
                        wrong.add("a claim failed: " + claimed.cause());
                        running.decrementAndGet();
                    } else if (claimed.result() instanceof ClaimResult.Granted granted
                            && granted.epoch() == epoch + 1) {
                        update(document, granted.epoch(), session, turn, 0);
                    } else {
                        wrong.add("a claim of " + document + " was answered by " + claimed.result());
                        running.decrementAndGet();
                    }
                });
    }

    private void update(String document, long epoch, String session, int turn, int i) {
        if (i == UPDATES) {
            handOver(document, epoch, turn + 1);
            return;
        }
        String id = "op" + i;
        node(turn)
                .append(new Append(document, Kind.UPDATE, epoch, session, "{}", id, "" + i, 1))
                .onComplete(appended -> {
                    if (appended.succeeded() && appended.result() instanceof Applied applied) {
                        acknowledged.add(document + " " + session + " " + id + " " + applied.seq());
                        update(document, epoch, session, turn, i + 1);
                    } else {
                        wrong.add("an update was answered by " + appended);
                        running.decrementAndGet();
                    }
                });
    }

    private void readAndSign(DocumentLog node) {
        if (stopped) {
            return;
        }
        node.open("doc0", OptionalLong.empty(), Optional.empty())
                .compose(opening -> node.sign("node" + nodes.indexOf(node), Signatures.MINE))
                .onComplete(done -> {
                    if (done.failed()) {
                        wrong.add("a node could not read or sign: " + done.cause());
                    }
                    vertx.setTimer(5, timer -> readAndSign(node));
                });
    }

    /** What each entry was written with is written down beside it. */
    private void auditSyncs() throws SQLException {
        try (Connection admin = server.connect();
                Statement statement = admin.createStatement()) {
            statement.execute("CREATE TABLE audit (synced TEXT);"
                    + " CREATE FUNCTION audit() RETURNS TRIGGER LANGUAGE plpgsql AS"
                    + " 'BEGIN INSERT INTO audit VALUES (current_setting(''synchronous_commit'')); RETURN NEW; END';"
                    + " CREATE TRIGGER audit BEFORE INSERT ON baton_entry FOR EACH ROW EXECUTE FUNCTION audit()");
        }
    }

    private void verify() throws SQLException {
        Map<String, Long> stored = new HashMap<>();
        Map<String, Long> heads = new HashMap<>();
        Set<String> synced = new TreeSet<>();
        try (Connection admin = server.connect();
                Statement statement = admin.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT d.name, e.session, e.operation, e.seq"
                    + " FROM baton_entry e JOIN baton_document d ON d.num = e.document ORDER BY d.name, e.seq")) {
                while (rows.next()) {
                    assertThat(heads.merge(rows.getString(1), 1L, Long::sum)).isEqualTo(rows.getLong(4));
                    if (rows.getString(3) != null) {
                        String key = rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3);
                        assertThat(stored.put(key, rows.getLong(4))).as(key).isNull();
                    }
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT DISTINCT synced FROM audit")) {
                while (rows.next()) {
                    synced.add(rows.getString(1));
                }
            }
        }
        Map<String, Long> told = new HashMap<>();
        for (String line : acknowledged) {
            int last = line.lastIndexOf(' ');
            told.put(line.substring(0, last), Long.parseLong(line.substring(last + 1)));
        }
        assertThat(stored).isEqualTo(told);
        assertThat(synced).containsExactly("on");
    }

    /**
     * What the server's connections have set for those who get them next, but for what the driver itself says at each
     * login.
     */
    private Set<String> leftSet() throws SQLException {
        Set<String> set = new TreeSet<>();
        LogSettings settings = pooler.settings();
        for (int i = 0; i < 10; i++) {
            try (Connection connection = DriverManager.getConnection(settings.url(), "postgres", "postgres");
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(
                            "SELECT name || ' = ' || setting FROM pg_settings WHERE source = 'session' AND name NOT IN"
                                    + " ('application_name', 'client_encoding', 'DateStyle', 'TimeZone',"
                                    + " 'extra_float_digits', 'search_path')")) {
                while (rows.next()) {
                    set.add(rows.getString(1));
                }
            }
        }
        return set;
    }
}
