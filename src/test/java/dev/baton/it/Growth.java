package dev.baton.it;

import static org.awaitility.Awaitility.await;

import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Counts what an update costs the cluster, in nodes from the jar: messages on the bus, transactions and rows of the
 * store, operations on the cluster's maps. One update after the other, each seen by all before the next, so that none
 * shares its cost with another.
 */
public final class Growth {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final Nodes nodes;
    private final int count;
    private final int updates;
    private final int crowd;
    private int names;

    private Growth(Vertx vertx, Nodes nodes, int count, int updates, int crowd) {
        this.vertx = vertx;
        this.nodes = nodes;
        this.count = count;
        this.updates = updates;
        this.crowd = crowd;
    }

    /**
     * What one update cost.
     *
     * @param nodes of the cluster
     * @param members nodes that had members of the document
     * @param what was different
     * @param messages on the bus that carried it
     * @param transactions of the store
     * @param rows that they wrote
     * @param operations on the cluster's maps, the ones that come with time and not with updates taken off
     */
    public record Cost(
            int nodes,
            int members,
            String what,
            double messages,
            double transactions,
            double rows,
            double operations) {}

    /**
     * Counts for some sizes of a cluster; {@code updates} each time, {@code crowd} other documents, sessions and
     * entries.
     */
    public static List<Cost> count(List<Integer> sizes, int updates, int crowd) {
        List<Cost> costs = new ArrayList<>();
        Vertx vertx = Vertx.vertx();
        try {
            for (int size : sizes) {
                try (Nodes nodes = Nodes.start(Growth.class, size, Map.of())) {
                    costs.addAll(new Growth(vertx, nodes, size, updates, crowd).run());
                }
            }
        } finally {
            Waiting.on(vertx.close());
        }
        return costs;
    }

    private List<Cost> run() {
        List<Cost> costs = new ArrayList<>();
        costs.add(measure("alone", "one member on one node", 1, 0));
        if (count > 1) {
            costs.add(measure("everywhere", "one member on each node", count, 0));
            costs.add(measure("crowded", "a room of " + crowd, count, crowd / count));
        }
        for (int i = 0; i < crowd; i++) {
            person(i).view("other-" + i);
        }
        costs.add(measure("others", crowd + " other documents and sessions", count, 0));
        costs.add(measure("others", "the same, the log " + updates + " entries longer", count, 0));
        return costs;
    }

    private Person person(int number) {
        return Person.on(vertx, nodes.get(number % count), "p" + names++);
    }

    private long sum(String metric) {
        return IntStream.range(0, count)
                .mapToLong(node -> nodes.get(node).gauges().entrySet().stream()
                        .filter(gauge -> gauge.getKey().startsWith(metric))
                        .mapToLong(Map.Entry::getValue)
                        .sum())
                .sum();
    }

    private Cost measure(String document, String what, int members, int moreEach) {
        List<Person> room = new ArrayList<>();
        Person writer = person(0);
        long epoch = writer.take(document);
        for (int node = 1; node < members; node++) {
            room.add(person(node));
            room.get(node - 1).view(document);
        }
        for (int i = 0; i < members * moreEach; i++) {
            Person more = person(i);
            more.view(document);
            room.add(more);
        }
        update(writer, epoch, room, document, what + " warm ", 10);
        long quietFrom = System.nanoTime();
        long quiet = sum("baton_map_operations_total");
        await().pollDelay(Duration.ofSeconds(5)).until(() -> true);
        double perSecond = (sum("baton_map_operations_total") - quiet) / ((System.nanoTime() - quietFrom) / 1e9);
        long begun = System.nanoTime();
        long told = sum("baton_told_total{type=\"entries\"}");
        long commits = sum("baton_store_commit_seconds_count");
        long rows = sum("baton_store_entries_total");
        long operations = sum("baton_map_operations_total");
        update(writer, epoch, room, document, what, updates);
        double seconds = (System.nanoTime() - begun) / 1e9;
        Cost cost = new Cost(
                count,
                members,
                what,
                each((double) sum("baton_told_total{type=\"entries\"}") - told),
                each((double) sum("baton_store_commit_seconds_count") - commits),
                each((double) sum("baton_store_entries_total") - rows),
                each(sum("baton_map_operations_total") - operations - perSecond * seconds));
        System.out.printf(Locale.ROOT, "  %s (%.1f map operations a second without updates)%n", cost, perSecond);
        room.forEach(person -> person.client().abort());
        writer.client().abort();
        return cost;
    }

    private double each(double all) {
        return all / updates;
    }

    private static void update(Person writer, long epoch, List<Person> room, String document, String run, int count) {
        for (int i = 0; i < count; i++) {
            String id = run.replace(' ', '-') + i;
            if (!(writer.update(document, epoch, id) instanceof Outcome.Applied)) {
                throw new IllegalStateException("not applied: " + id);
            }
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> room.stream()
                    .allMatch(person -> person.heard().entries(document).stream()
                            .anyMatch(entry -> entry.id().equals(id))));
        }
    }
}
