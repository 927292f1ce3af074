package dev.baton.log;

import static dev.baton.log.Futures.failure;
import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.log.AppendResult.Applied;
import dev.baton.log.CommitThief.Theft;
import dev.baton.log.LogException.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that goes away, in the ways servers do. */
class PostgresOutagesIT {
    private static final String KILL =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'baton'";

    @TempDir
    private static Path folder;

    private static Vertx vertx;
    private static Postgres server;

    private final List<DocumentLog> opened = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        server = new Postgres(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        get(vertx.close());
    }

    @BeforeEach
    void empty() throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        }
    }

    @AfterEach
    void close() {
        opened.forEach(node -> get(node.close()));
    }

    private DocumentLog open(LogSettings settings) {
        DocumentLog node = get(DocumentLogs.open(vertx, settings));
        opened.add(node);
        return node;
    }

    @Test
    void what_was_acknowledged_is_there_once_though_connections_are_killed_all_the_time() throws Exception {
        Writers writers = new Writers(vertx, List.of(open(server.settings()), open(server.settings())), 10, 3);
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (int kills = 0; kills < 40; kills++) {
                int before = writers.acknowledged();
                statement.execute(KILL);
                await().until(() -> writers.acknowledged() > before + 50);
            }
        }
        writers.stop();
        await().until(() -> !writers.stopping());
        writers.verify();
        assertThat(writers.acknowledged()).isGreaterThan(2_000);
    }

    @Test
    void a_stopped_server_fails_calls_at_once_and_everything_goes_on_when_it_is_back() throws Exception {
        DocumentLog one = open(server.settings());
        DocumentLog two = open(server.settings());
        List<Boolean> told = new CopyOnWriteArrayList<>();
        one.availabilityHandler(told::add);
        Writers writers = new Writers(vertx, List.of(one, two), 10, 2);
        await().until(() -> writers.acknowledged() > 500);

        server.stop();
        try {
            await().until(() -> !one.available() && !two.available());
            long begun = System.nanoTime();
            assertThat(failure(one.append(message("late"))).reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(failure(one.state("doc0")).reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(2_500));
        } finally {
            server.start();
        }
        await().until(() -> one.available() && two.available());
        int before = writers.acknowledged();
        await().until(() -> writers.acknowledged() > before + 500);
        writers.stop();
        await().until(() -> !writers.stopping());
        assertThat(writers.failures()).isPositive();
        writers.verify();
        assertThat(told).startsWith(false, true);
    }

    @Test
    void an_idle_node_notices_that_its_server_is_gone_and_back() throws Exception {
        DocumentLog log = open(server.settings());
        server.stop();
        try {
            await().until(() -> !log.available());
        } finally {
            server.start();
        }
        await().until(log::available);
        assertThat(get(log.append(message("op")))).isInstanceOf(Applied.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMMIT", "ANSWER"})
    void a_commit_of_unknown_outcome_is_found_out_about_and_answered_as_the_first(Theft theft) throws Exception {
        try (CommitThief thief = new CommitThief(server.port())) {
            DocumentLog log = open(through(thief));
            DocumentLog other = open(server.settings());
            Tenant ann = new Tenant("ann", "{}", "");
            get(log.append(message("first")));

            thief.steal(theft);
            assertThat(get(log.claim(new Claim("doc0", 0, ann, "test", 1))))
                    .isInstanceOfSatisfying(ClaimResult.Granted.class, granted -> {
                        assertThat(granted.epoch()).isEqualTo(1);
                        assertThat(granted.again()).isFalse();
                    });
            thief.steal(theft);
            Append update = new Append("doc0", Kind.UPDATE, 1, "ann", "{}", "update", "1", 1);
            Applied applied = (Applied) get(log.append(update));
            assertThat(applied).isEqualTo(new Applied(3, applied.entry(), false));
            thief.steal(theft);
            assertThat(get(log.claim(new Claim("doc0", 1, new Tenant("ben", "{}", ""), "test", 1))))
                    .isInstanceOfSatisfying(ClaimResult.Granted.class, granted -> {
                        assertThat(granted.epoch()).isEqualTo(2);
                        assertThat(granted.again()).isFalse();
                    });
            thief.steal(theft);
            assertThat(get(log.vacate("doc0", 2, "ben", "test", 1)))
                    .isInstanceOfSatisfying(VacateResult.Vacated.class, vacated -> assertThat(vacated.again())
                            .isFalse());
            assertThat(thief.thefts()).isEqualTo(4);

            assertThat(Writers.all(other, "doc0")).extracting(Entry::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(get(other.append(update))).isEqualTo(new Applied(3, applied.entry(), true));
        }
    }

    @Test
    void a_commit_of_unknown_outcome_is_unavailable_when_the_server_stays_away_and_a_retry_finds_it() throws Exception {
        try (CommitThief thief = new CommitThief(server.port())) {
            DocumentLog log = open(through(thief).withPatience(Duration.ofSeconds(1)));
            DocumentLog other = open(server.settings());
            get(log.append(message("first")));
            thief.steal(Theft.ANSWER_AND_ALL_AFTER);
            assertThat(failure(log.append(message("lost"))).reason()).isEqualTo(Reason.UNAVAILABLE);
            Applied again = (Applied) get(other.append(message("lost")));
            assertThat(again.seq()).isEqualTo(2);
            assertThat(again.again()).isTrue();
        }
    }

    @Test
    void a_node_that_is_paused_within_a_transaction_holds_the_others_up_only_briefly() throws Exception {
        DocumentLog log = open(server.settings());
        get(log.append(message("first")));
        Store paused = Store.open(server.settings());
        try (Connection connection = paused.first()) {
            paused.dialect().begin(connection);
            paused.dialect().preamble(Dialect.Use.WRITING, server.settings()).run(connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute("UPDATE baton_document SET head = head");
            }
            long begun = System.nanoTime();
            assertThat(get(log.append(message("second")))).isInstanceOf(Applied.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void a_store_that_hangs_while_documents_are_to_be_compacted_is_available_again_when_it_answers() throws Exception {
        DocumentLog log = open(server.settings());
        for (String document : List.of("doc0", "doc1", "doc2")) {
            get(log.claim(new Claim(document, 0, new Tenant("ann", "{}", ""), "test", 1)));
            get(log.append(new Append(document, Kind.UPDATE, 1, "ann", "{}", "op", "1", 1)));
            get(log.snapshot(new Snapshot(document, 1, "ann", 2, "{}", 1)));
        }
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE baton_entry IN SHARE MODE"); // may be read, and nothing taken away
            DocumentLog compacting = open(server.settings()
                    .withPatience(Duration.ofSeconds(1))
                    .withCompaction(0, Duration.ZERO, Duration.ZERO, Duration.ofMillis(20)));
            await().until(() -> !compacting.available());

            connection.rollback();

            await().until(compacting::available);
            assertThat(get(compacting.append(message("op")))).isInstanceOf(Applied.class);
            await().until(() -> compacting.stats().compacted() == 6);
        }
    }

    @Test
    void a_locked_table_is_unavailable_in_bounded_time_and_all_the_while_and_everything_goes_on_afterwards()
            throws Exception {
        DocumentLog log = open(server.settings().withPatience(Duration.ofSeconds(1)));
        get(log.append(message("first")));
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE baton_entry IN ACCESS EXCLUSIVE MODE");
            long begun = System.nanoTime();
            Future<AppendResult> stuck = log.append(message("stuck"));
            assertThat(failure(log.open("doc0", OptionalLong.empty(), Optional.empty()))
                            .reason())
                    .isEqualTo(Reason.UNAVAILABLE);
            assertThat(failure(stuck).reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
            get(log.sign("node", Signatures.MINE)); // on a table that is not locked
            await().during(2, TimeUnit.SECONDS).until(() -> !log.available());
            assertThat(log.obstacle())
                    .hasValueSatisfying(what -> assertThat(what).startsWith("locked: "));
            connection.rollback();
        }
        await().until(log::available);
        assertThat(get(log.append(message("stuck")))).isInstanceOf(Applied.class);
        assertThat(Writers.all(log, "doc0")).hasSize(2);
    }

    @Test
    void a_standby_that_hangs_is_unavailable_in_bounded_time_and_takes_no_more_connections_than_it_must()
            throws Exception {
        DocumentLog log = open(server.settings().withPatience(Duration.ofSeconds(1)));
        get(log.append(message("first")));
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            standby(statement, "nobody");
            try {
                long begun = System.nanoTime();
                assertThat(failure(log.append(message("stuck"))).reason()).isEqualTo(Reason.UNAVAILABLE);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
                await().during(4, TimeUnit.SECONDS).atMost(20, TimeUnit.SECONDS).until(() -> !log.available());
                try (ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) {
                    rows.next();
                    assertThat(rows.getInt(1)).isBetween(1, 3);
                }
            } finally {
                standby(statement, "");
            }
        }
        await().until(log::available);
        assertThat(get(log.append(message("stuck")))).isInstanceOf(Applied.class);
        assertThat(Writers.all(log, "doc0")).hasSize(2);
    }

    @Test
    void a_commit_whose_wait_for_the_standby_was_cancelled_is_not_acknowledged() throws Exception {
        DocumentLog log = open(server.settings());
        get(log.append(message("first")));
        get(log.claim(new Claim("doc0", 0, new Tenant("ann", "{}", ""), "test", 1)));
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (boolean claims : new boolean[] {false, true}) {
                standby(statement, "nobody");
                try {
                    Future<?> stuck = claims
                            ? log.claim(new Claim("doc0", 1, new Tenant("ben", "{}", ""), "test", 1))
                            : log.append(message("stuck"));
                    for (int cancels = 0; cancels < 2; cancels++) {
                        await().until(() -> {
                            try (ResultSet rows = statement.executeQuery("SELECT pg_cancel_backend(pid)"
                                    + " FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) {
                                return rows.next();
                            }
                        });
                    }
                    assertThat(stuck.isComplete()).isFalse();
                    standby(statement, "");
                    get(stuck);
                } finally {
                    standby(statement, "");
                }
            }
        }
        assertThat(Writers.all(log, "doc0")).hasSize(4);
    }

    @Test
    void a_server_made_read_only_is_noticed_on_connections_that_are_open_already() throws Exception {
        DocumentLog log = open(server.settings());
        get(log.append(message("first")));
        get(log.state("doc0"));
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET default_transaction_read_only = on");
            statement.execute("SELECT pg_reload_conf()");
            try {
                await().until(() -> get(log.state("doc0").map(false).otherwise(true)));
                await().until(() -> !log.available());
                assertThat(log.obstacle())
                        .hasValueSatisfying(what ->
                                assertThat(what).startsWith("read-only: ").contains("state 25006"));
            } finally {
                statement.execute("ALTER SYSTEM RESET default_transaction_read_only");
                statement.execute("SELECT pg_reload_conf()");
            }
        }
        await().until(log::available);
        assertThat(get(log.append(message("second")))).isInstanceOf(Applied.class);
    }

    @Test
    void a_log_knows_whether_its_commits_are_on_one_machine_only() throws Exception {
        assertThat(open(server.settings()).stats().oneMachine()).isTrue();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            standby(statement, "somebody");
            try {
                assertThat(open(server.settings()).stats().oneMachine()).isFalse();
            } finally {
                standby(statement, "");
            }
        }
    }

    private static void standby(Statement statement, String name) throws SQLException {
        statement.execute("ALTER SYSTEM SET synchronous_standby_names = '" + name + "'");
        statement.execute("SELECT pg_reload_conf()");
    }

    @Test
    void an_idle_node_leaves_no_transaction_open() throws Exception {
        DocumentLog log = open(server.settings());
        get(log.append(message("first")));
        get(log.state("doc0"));
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            await().during(3, TimeUnit.SECONDS).atMost(10, TimeUnit.SECONDS).until(() -> {
                try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE application_name = 'baton' AND state <> 'idle' AND now() - xact_start > '50ms'")) {
                    return rows.next() && rows.getInt(1) == 0;
                }
            });
        }
    }

    private static LogSettings through(CommitThief thief) throws IOException {
        // Without prepared statements the word "COMMIT" goes over the wire each time.
        LogSettings plain = server.settings();
        return LogSettings.of(Postgres.url(thief.port()) + "&prepareThreshold=0", plain.user(), plain.password());
    }

    private static Append message(String id) {
        return new Append("doc0", Kind.MESSAGE, 0, "cid", "{}", id, "1", 1);
    }
}
