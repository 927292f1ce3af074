package dev.baton.faults;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Some nodes, a store, clients, and somebody who does them harm for a while.
 *
 * @param nodes how many
 * @param length how long harm is done; what was begun is brought to its end
 * @param seed decides the order of the harms and everything that the clients choose
 * @param kinds what is done; a kind that is named twice is done twice as often
 * @param rest until the next harm, where nodes lost sight of each other and have found together again
 */
record FaultRun(int nodes, Duration length, long seed, List<Nemesis.Kind> kinds, Duration rest) {

    /** Does it all, prints the table, and gives what was promised and broken. */
    List<Violation> violations() {
        System.out.println("faults: seed " + seed);
        Vertx vertx = Vertx.vertx();
        List<Violation> violations = new ArrayList<>();
        FaultReport report = new FaultReport(seed);
        try (Cluster cluster =
                Cluster.start(nodes, Map.of("BATON_SESSION_EXPIRY", "15s", "BATON_HANDOVER_ANSWER", "2s"))) {
            Random seeds = new Random(seed);
            long end = System.nanoTime() + length.toNanos();
            do {
                violations.addAll(round(vertx, cluster, seeds.nextLong(), end, report));
            } while (System.nanoTime() < end);
        } finally {
            Waiting.on(vertx.close());
        }
        System.out.println(report);
        return violations;
    }

    private List<Violation> round(Vertx vertx, Cluster cluster, long chance, long end, FaultReport report) {
        try (Workload workload = new Workload(vertx, cluster, 6, 3, 3, 30, chance)) {
            List<Violation> found = new ArrayList<>();
            workload.start();
            Nemesis nemesis = new Nemesis(cluster, workload, chance, rest);
            List<Nemesis.Kind> shuffled = new ArrayList<>(kinds);
            Collections.shuffle(shuffled, new Random(chance));
            for (Nemesis.Kind kind : shuffled) {
                if (System.nanoTime() < end) {
                    System.out.println("faults: " + kind.words());
                    found.addAll(nemesis.harm(kind));
                }
            }
            found.addAll(workload.finish());
            found.addAll(Checks.silentWhenGivenUp(workload.history().events(), 5_500));
            found.addAll(workload.leftovers(Duration.ofSeconds(40)));
            report.add(workload.history(), nemesis.took(), found);
            found.forEach(System.out::println);
            return found;
        }
    }
}
