package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A rolling restart as the dashboard shows it: its own queries, put to a Prometheus that reads the nodes meanwhile,
 * each of which must be one and find what it asks for. Draws the picture in the operations guide;
 * {@code -Dbaton.pictures=src/site/pictures} makes that one anew.
 */
class DashboardIT {
    private static final Path PICTURE = Pictures.FOLDER.resolve("dashboard.svg");
    private static final int DOCUMENTS = Integer.getInteger("baton.it.documents", 16);
    private static final int READERS = Integer.getInteger("baton.it.readers", 3);

    /** Seconds before the restart and after it, to see what is usual. */
    private static final int USUAL = 15;

    @Test
    void theDashboardShowsARollingRestart() throws Exception {
        assumeTrue(Prometheus.installed(), "no Prometheus on this machine");
        Vertx vertx = Vertx.vertx();
        Map<String, String> settings = Map.of(
                "BATON_DRAIN_TIME", System.getProperty("baton.it.drain", "2s"), "BATON_HANDOVER_GRACE_CLOSED", "8s");
        try (Nodes nodes = Nodes.start(DashboardIT.class, 3, settings);
                Balancer balancer = Balancer.start(vertx);
                Prometheus prometheus = Prometheus.start()) {
            for (int i = 0; i < 3; i++) {
                balancer.add(nodes.get(i));
                prometheus.watch("node " + (i + 1), nodes.get(i));
            }
            List<Table> tables = new ArrayList<>();
            for (int i = 0; i < DOCUMENTS; i++) {
                tables.add(Table.of(vertx, balancer.uri(), UUID.randomUUID() + "/" + i, READERS));
            }
            List<Regular> people =
                    tables.stream().flatMap(table -> table.all().stream()).toList();
            vertx.setPeriodic(
                    1_000, id -> tables.forEach(table -> table.holder().write()));
            Instant from = Instant.now();
            pass(USUAL);

            for (int i = 0; i < 3; i++) {
                NodeProcess old = nodes.get(i);
                old.tellToGo();
                assertThat(old.exitStatus()).isZero();
                NodeProcess fresh = nodes.add(1, settings).get(0);
                balancer.add(fresh);
                prometheus.watch("node " + (i + 1), fresh);
                await().atMost(SOON).until(() -> people.stream().allMatch(Regular::online));
                pass(5);
            }
            pass(USUAL);

            draw(prometheus, from, Instant.now());
            people.forEach(Regular::close);
        } finally {
            Waiting.on(vertx.close());
        }
    }

    /** The least value as a share of the greatest. */
    private static double spread(Dashboard.Line line) {
        DoubleSummaryStatistics values =
                line.points().stream().mapToDouble(Prometheus.Point::value).summaryStatistics();
        return values.getMin() / values.getMax();
    }

    /** What is shown is how time passes. */
    private static void pass(int seconds) throws InterruptedException {
        Thread.sleep(seconds * 1_000L);
    }

    private static void draw(Prometheus prometheus, Instant from, Instant to) throws IOException {
        Charts charts = new Charts(from.getEpochSecond(), to.getEpochSecond());
        Map<String, List<Dashboard.Line>> shown = new HashMap<>();
        String row = "";
        for (Dashboard.Panel panel :
                Dashboard.read(Path.of("conf/grafana-dashboard.json")).panels()) {
            if (!panel.row().equals(row)) {
                row = panel.row();
                charts.heading(row);
            }
            List<Dashboard.Line> lines = Dashboard.shown(panel, prometheus, from, to);
            shown.put(panel.title(), lines);
            charts.chart(panel.title(), panel.unit(), lines);
        }
        Files.createDirectories(PICTURE.getParent());
        Files.writeString(
                PICTURE, charts.svg("Three nodes are replaced one after the other, as the dashboard shows it"));
        assertThat(shown).allSatisfy((title, lines) -> {
            // No pen moves in a restart, and nothing is refused.
            if (!title.equals("Hand-overs by cause")) {
                assertThat(lines).as(title).isNotEmpty();
            }
        });
        assertThat(shown.get("What stands against being ready")).anySatisfy(line -> {
            assertThat(line.name()).isEqualTo("node");
            assertThat(line.points()).anyMatch(point -> point.value() > 0);
        });
        assertThat(shown.get("Sockets"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(spread(line)).as(line.name()).isLessThan(0.5));
        assertThat(shown.get("Sockets closed by a node"))
                .extracting(Dashboard.Line::name)
                .contains("1001");
    }
}
