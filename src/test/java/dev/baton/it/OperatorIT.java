package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator is shown: metrics, readiness with its causes, and the log. */
class OperatorIT {
    private final Vertx vertx = Vertx.vertx();
    private final String document = "shown/" + UUID.randomUUID();

    @AfterEach
    void stop() {
        Waiting.on(vertx.close());
    }

    @Test
    void whatHappensIsCountedWhereItHappened() {
        Map<String, String> quick = Map.of(
                "BATON_CLUSTER_NODE_LEASE", "30s",
                "BATON_HEARTBEAT_INTERVAL", "200ms",
                "BATON_HEARTBEAT_TIMEOUT", "2s",
                "BATON_HEARTBEAT_EDITOR_INTERVAL", "200ms",
                "BATON_HEARTBEAT_EDITOR_TIMEOUT", "2s");
        try (Nodes nodes = Nodes.start(OperatorIT.class, 2, quick)) {
            NodeProcess node = nodes.get(0);
            atRest(nodes);
            Person ann = Person.on(vertx, node, "ann");
            Person ben = Person.on(vertx, node, "ben");
            Person cleo = Person.on(vertx, node, "cleo");
            long epoch = ann.take(document);
            ben.edit(document);
            cleo.view(document);
            assertThat(ann.update(document, epoch, "one")).isInstanceOf(Outcome.Applied.class);
            ann.release(document, epoch);
            ben.penAfter(document, epoch);
            assertThat(ann.update(document, epoch, "late")).isInstanceOf(Outcome.Fenced.class);
            cleo.client().freeze();

            await().atMost(SOON).untilAsserted(() -> {
                Map<String, Long> shown = node.gauges();
                assertThat(shown)
                        .containsEntry("baton_sockets", 2L)
                        .containsEntry("baton_cluster_nodes", 2L)
                        .containsEntry("baton_ready", 1L)
                        .containsEntry("baton_store_up", 1L)
                        .containsEntry("baton_obstacle{name=\"store\"}", 0L)
                        .containsEntry("baton_applied_total", 1L)
                        .containsEntry("baton_fenced_total", 1L)
                        .containsEntry("baton_closes_total{code=\"4000\"}", 1L)
                        .containsEntry("baton_session_changes_total{cause=\"hello\",state=\"online\"}", 3L)
                        .containsEntry("baton_session_changes_total{cause=\"timeout\",state=\"offline\"}", 1L)
                        .containsEntry("baton_room_queue", 0L);
                assertThat(shown.get("baton_messages_total")).isGreaterThanOrEqualTo(9);
                assertThat(shown.get("baton_deliveries_total")).isPositive();
                assertThat(shown.get("baton_pongs_total"))
                        .isPositive()
                        .isLessThanOrEqualTo(shown.get("baton_pings_total"));
                assertThat(shown.get("baton_ping_rtt_seconds_count")).isPositive();
                assertThat(shown.get("baton_loop_lag_seconds_bucket{le=\"10.0\"}"))
                        .isPositive();
                assertThat(shown.get("baton_room_wait_seconds_count")).isPositive();
                assertThat(shown.get("baton_store_commit_seconds_count")).isPositive();
                assertThat(shown.get("baton_store_entries_total")).isPositive();
            });
            assertThat(handOvers(nodes, "joined")).isEqualTo(1);
            assertThat(handOvers(nodes, "released")).isEqualTo(1);
            assertThat(phases(nodes, "decision")).as("of both").isEqualTo(2);
            assertThat(phases(nodes, "claim")).isEqualTo(2);
            assertThat(phases(nodes, "delivery"))
                    .as("the first had it in what it joined")
                    .isEqualTo(1);
            assertThat(phases(nodes, "detection")).as("nobody was lost").isZero();

            ben.client().abort();

            await().atMost(SOON).until(() -> phases(nodes, "detection") == 1);
        }
    }

    @Test
    void everyMetricIsDrawnAndExplainedAndNoOther() throws IOException {
        try (Nodes nodes = Nodes.start(OperatorIT.class, 1, Map.of())) {
            Set<String> shown = new TreeSet<>();
            Matcher type = Pattern.compile("# TYPE (baton_\\w+?)(_max)? ")
                    .matcher(nodes.get(0).page("/metrics"));
            while (type.find()) {
                shown.add(type.group(1));
            }

            assertThat(names("conf/grafana-dashboard.json")).isEqualTo(shown);
            assertThat(shown).containsAll(names("conf/alerts.yml"));
            assertThat(names("src/site/markdown/operations.md")).isEqualTo(shown);
        }
    }

    private static Set<String> names(String file) throws IOException {
        Set<String> names = new TreeSet<>();
        Matcher name = Pattern.compile("\\bbaton_[a-z_]+").matcher(Files.readString(Path.of(file)));
        while (name.find()) {
            names.add(name.group().replaceFirst("_(bucket|sum|count)$", ""));
        }
        return names;
    }

    private static long handOvers(Nodes nodes, String cause) {
        return both(nodes, "baton_handover_seconds_count{cause=\"" + cause + "\"}");
    }

    private static long phases(Nodes nodes, String phase) {
        return both(nodes, "baton_handover_phase_seconds_count{phase=\"" + phase + "\"}");
    }

    private static long both(Nodes nodes, String name) {
        return nodes.get(0).gauges().get(name) + nodes.get(1).gauges().get(name);
    }

    @Test
    void theLogSaysAsJsonWhatAnOperatorNeedsAndNothingWhileNothingHappens() {
        try (Nodes nodes =
                Nodes.start(OperatorIT.class, 1, Map.of("BATON_LOG_FORMAT", "json", "BATON_CLUSTER_MINIMUM", "2"))) {
            NodeProcess node = nodes.get(0);
            await().atMost(SOON).until(() -> node.health("/health/ready") == 503);
            assertThat(node.page("/health/ready")).contains("fewer nodes are live than cluster.minimum");
            await().atMost(SOON).until(() -> said(node).stream().anyMatch(line -> line.contains("not ready")));

            NodeProcess second = nodes.add(1, Map.of()).get(0);
            await().atMost(SOON).until(() -> node.health("/health/ready") == 200);
            await().atMost(SOON).until(() -> said(node).contains("ready again"));
            assertThat(said(node)).contains("node " + second.id() + " has joined, 2 nodes now");
            assertThat(lines(node)).allSatisfy(line -> {
                assertThat(line.getString("level")).isNotEmpty();
                assertThat(line.getString("@timestamp")).isNotEmpty();
                assertThat(line.getString("logger_name")).isNotEmpty();
            });
            assertThat(lines(node))
                    .filteredOn(line -> node.id().equals(line.getString("node")))
                    .isNotEmpty();

            List<Person> idle = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Person person = Person.on(vertx, node, "idle-" + i);
                person.view(document);
                idle.add(person);
            }
            int before = lines(node).size();
            await().during(Duration.ofSeconds(12))
                    .atMost(SOON)
                    .until(() -> lines(node).size() == before);
            assertThat(idle)
                    .allSatisfy(person -> assertThat(person.client().isOpen()).isTrue());

            assertThat(second.terminate()).isZero();
            await().atMost(SOON).until(() -> said(node).contains("node " + second.id() + " has gone, 1 nodes now"));
        }
    }

    /** While records move, what changes one of them can wait for as long as the lease. */
    private static void atRest(Nodes nodes) {
        try (Bystander bystander = Bystander.of(nodes)) {
            bystander.awaitRest();
        }
    }

    private static List<JsonObject> lines(NodeProcess node) {
        String logged = node.logged();
        String whole = logged.substring(0, logged.lastIndexOf('\n') + 1); // what follows is just being written
        return whole.lines().map(JsonObject::new).toList();
    }

    private static List<String> said(NodeProcess node) {
        return lines(node).stream().map(line -> line.getString("message")).toList();
    }
}
