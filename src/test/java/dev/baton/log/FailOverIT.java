package dev.baton.log;

import static dev.baton.log.Futures.get;
import static dev.baton.log.IncarnationContract.ANN;
import static dev.baton.log.IncarnationContract.BEN;
import static dev.baton.log.IncarnationContract.DOC;
import static dev.baton.log.IncarnationContract.claim;
import static dev.baton.log.IncarnationContract.message;
import static dev.baton.log.IncarnationContract.messageOf;
import static dev.baton.log.IncarnationContract.update;
import static dev.baton.log.IncarnationContract.updateOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.log.AppendResult.Fenced;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A PostgreSQL whose standby takes over: with all commits, without the last ones, and while the old primary lives on.
 */
class FailOverIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Vertx vertx;

    @TempDir
    private Path folder;

    private PostgresPair servers;
    private final List<DocumentLog> opened = new ArrayList<>();

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() {
        get(vertx.close());
    }

    @BeforeEach
    void start() throws Exception {
        servers = new PostgresPair(folder);
    }

    @AfterEach
    void stop() throws Exception {
        opened.forEach(log -> get(log.close()));
        servers.close();
    }

    private DocumentLog open(String url) {
        DocumentLog log = get(DocumentLogs.open(vertx, servers.settings(url).withPatience(Duration.ofSeconds(2))));
        opened.add(log);
        return log;
    }

    @Test
    void a_standby_that_lacks_the_last_commits_is_another_history() throws Exception {
        DocumentLog log = open(servers.url());
        DocumentLog other = open(servers.url());
        List<Long> told = new CopyOnWriteArrayList<>();
        other.incarnationHandler(told::add);
        claim(log, 0, ANN);
        update(log, 1, "ann", "kept", "1");
        servers.catchUp();
        servers.cutOffStandby();
        update(log, 1, "ann", "lost", "2");
        assertThat(claim(log, 1, BEN).epoch()).isEqualTo(2);
        update(log, 2, "ben", "lost too", "3");
        String before =
                get(log.open(DOC, OptionalLong.empty(), Optional.empty())).log();

        servers.killPrimary();
        servers.promote();

        await().atMost(SOON).until(() -> log.available() && log.incarnation() > 0);
        await().atMost(SOON).untilAsserted(() -> assertThat(told).containsExactly(log.incarnation()));
        for (DocumentLog node : List.of(log, other)) {
            assertThat(get(node.append(updateOf(1, "ann", "late", "4")))).isInstanceOf(Fenced.class);
            assertThat(get(node.append(updateOf(2, "ben", "late", "4")))).isInstanceOf(Fenced.class);
        }
        Opening opening = get(log.open(DOC, OptionalLong.of(2), Optional.of(before)));
        assertThat(opening.recovered()).isFalse();
        assertThat(opening.state().head()).isEqualTo(2);
        assertThat(claim(other, log.incarnation(), BEN).epoch()).isEqualTo(log.incarnation() + 1);
        assertThat(update(log, log.incarnation() + 1, "ben", "new", "5").seq()).isEqualTo(4);
    }

    @Test
    void the_nodes_raise_the_incarnation_once() throws Exception {
        DocumentLog log = open(servers.url());
        DocumentLog other = open(servers.url());
        servers.catchUp();
        servers.cutOffStandby();
        for (int i = 0; i < 50; i++) {
            message(log, "cid", "lost" + i, "1");
        }
        DocumentLog late = open(servers.url()); // it has seen how far the log reaches

        servers.killPrimary();
        servers.promote();

        await().atMost(SOON).until(() -> log.available() && log.incarnation() > 0);
        long raised = log.incarnation();
        for (DocumentLog node : List.of(late, other, log)) {
            await().atMost(SOON).until(() -> node.available() && node.incarnation() > 0);
            message(node, "cid", "new", "2");
            assertThat(node.incarnation()).isEqualTo(raised);
        }
    }

    @Test
    void a_standby_that_has_all_commits_is_another_history_too_as_nobody_could_know() throws Exception {
        DocumentLog log = open(servers.url());
        message(log, "cid", "kept", "1");
        servers.catchUp();
        servers.killPrimary();
        servers.promote();
        await().atMost(SOON).until(() -> log.available() && log.incarnation() > 0);
        assertThat(message(log, "cid", "kept", "1").seq()).isEqualTo(1);
        assertThat(message(log, "cid", "new", "2").seq()).isEqualTo(2);
        get(log.close());
        assertThat(open(servers.url()).incarnation()).as("once").isEqualTo(log.incarnation());
    }

    @Test
    void of_two_primaries_the_one_that_was_promoted_is_served_alone() throws Exception {
        DocumentLog stays = open(servers.firstUrl());
        message(stays, "cid", "m1", "1");
        servers.catchUp();
        servers.cutOffStandby();
        message(stays, "cid", "m2", "2");
        servers.promote();
        DocumentLog moves = open(servers.secondUrl());
        assertThat(moves.incarnation()).isPositive();

        stays.heard(moves.incarnation());

        assertThat(stays.available()).isFalse();
        assertThat(Futures.failure(stays.append(messageOf("cid", "m3", "3"))).reason())
                .isEqualTo(LogException.Reason.UNAVAILABLE);
        assertThat(message(moves, "cid", "m3", "3").seq()).isEqualTo(2);
        moves.heard(0);
        assertThat(moves.available()).isTrue();
    }
}
