package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a node tries out before it is ready leaves nothing behind, and nobody hears of it. */
class RehearsalIT {
    /** What ends a socket, which is not rehearsed. Without a rehearsal there are some thirty classes. */
    private static final int HARDLY_ANY = 20;

    @Test
    void aNodeThatHasStartedHasLeftNoTraceOfWhatItRehearsed() throws SQLException {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(RehearsalIT.class, 1, Map.of());
                Bystander bystander = Bystander.of(nodes)) {
            NodeProcess second = unhurried(nodes);

            // Lines of Hazelcast's name the cluster: while somebody joins it warns of what it sends again a moment
            // later.
            assertThat(second.logged().lines())
                    .noneMatch(line -> line.contains("may be slower"))
                    .noneMatch(line -> line.contains(" WARN ") && !line.contains(nodes.cluster()));
            await().atMost(Person.SOON)
                    .untilAsserted(
                            () -> assertThat(bystander.records().values()).allMatch(count -> count == 0));
            assertThat(bystander.lasting())
                    .as("what was tried out while records moved can be left, for a minute")
                    .isEmpty();
            assertThat(rows(nodes, "baton_document")).isZero();
            assertThat(rows(nodes, "baton_entry")).isZero();

            // News are told in order, so what was told before somebody came has been heard when this is.
            Person ann = Person.on(vertx, second, "ann");
            Waiting.on(ann.client().close());
            await().atMost(Person.SOON)
                    .until(() -> bystander.livenessOf(ann.session(), "offline").size() == 1);
            assertThat(bystander.heard()).allMatch(news -> ann.session().equals(news.getString("session")));
        } finally {
            Waiting.on(vertx.close());
        }
    }

    /** A node that has had the time to rehearse all there is; a busy machine may take it from one. */
    private static NodeProcess unhurried(Nodes nodes) {
        NodeProcess node = nodes.add(1, Map.of()).get(0);
        if (node.logged().contains("may be slower")) {
            assertThat(node.terminate()).isZero();
            node = nodes.add(1, Map.of()).get(0);
        }
        return node;
    }

    @Test
    void theFirstHandOverOfANodeLoadsHardlyAnyCode() {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(
                RehearsalIT.class,
                1,
                Map.of("BATON_HANDOVER_GRACE_CLOSED", "0s", "JAVA_TOOL_OPTIONS", "-Xlog:class+load:stderr"))) {
            String document = "doc-" + UUID.randomUUID();
            Person ann = Person.on(vertx, nodes.get(0), "ann");
            long epoch = ann.take(document);
            Person bob = Person.on(vertx, nodes.get(0), "bob");
            bob.edit(document);
            List<String> before = loadedAtRest(nodes.get(0));

            ann.client().abort();
            bob.penAfter(document, epoch);

            List<String> now = new ArrayList<>(loaded(nodes.get(0)));
            now.removeAll(before);
            System.out.println("the first hand-over loads " + now.size() + " classes of Baton's own");
            assertThat(now).hasSizeLessThan(HARDLY_ANY);
        } finally {
            Waiting.on(vertx.close());
        }
    }

    /** When what is done every second has been done, and has loaded what it takes. */
    private static List<String> loadedAtRest(NodeProcess node) {
        AtomicInteger last = new AtomicInteger(-1);
        await().atMost(Person.SOON)
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> loaded(node).size(), now -> now == last.getAndSet(now));
        return loaded(node);
    }

    /** Classes of Baton's own, those that lambdas become among them. */
    private static List<String> loaded(NodeProcess node) {
        return node.logged()
                .lines()
                .filter(line -> line.contains("[class,load] dev.baton."))
                .toList();
    }

    private static long rows(Nodes nodes, String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection(nodes.storeUrl());
                ResultSet counted = connection.createStatement().executeQuery("SELECT count(*) FROM " + table)) {
            counted.next();
            return counted.getLong(1);
        }
    }
}
