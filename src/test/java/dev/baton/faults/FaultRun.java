package dev.baton.faults;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Some nodes, a store, clients, and somebody who does them harm for a while: in rounds, each with a seed of its own and
 * new clients, in the end of which everything is looked over. Every kind is done before one is done again.
 *
 * @param nodes how many
 * @param length how long harm is done; what was begun is brought to its end
 * @param seed decides the order of the harms and everything that the clients choose
 * @param kinds what is done; a kind that is named twice is done twice as often
 * @param harms how many a round has at most
 * @param rest until the next harm, where nodes lost sight of each other and have found together again
 */
record FaultRun(int nodes, Duration length, long seed, List<Nemesis.Kind> kinds, int harms, Duration rest) {

    /** Does it all, prints the table, and gives what was promised and broken. */
    List<Violation> violations() {
        System.out.println("faults: seed " + seed);
        Vertx vertx = Vertx.vertx();
        List<Violation> violations = new ArrayList<>();
        FaultReport report = new FaultReport(seed);
        try (Cluster cluster =
                Cluster.start(nodes, Map.of("BATON_SESSION_EXPIRY", "15s", "BATON_HANDOVER_ANSWER", "2s"))) {
            Random seeds = new Random(seed);
            Deque<Nemesis.Kind> deck = new ArrayDeque<>();
            long end = System.nanoTime() + length.toNanos();
            do {
                violations.addAll(round(vertx, cluster, seeds.nextLong(), deck, end, report));
            } while (System.nanoTime() < end);
            report.publish(cluster.logs());
        } finally {
            Waiting.on(vertx.close());
        }
        return violations;
    }

    private List<Violation> round(
            Vertx vertx, Cluster cluster, long chance, Deque<Nemesis.Kind> deck, long end, FaultReport report) {
        try (Workload workload = new Workload(vertx, cluster, 6, 3, 3, 30, chance)) {
            List<Violation> found = new ArrayList<>();
            workload.addOthers();
            workload.start();
            Nemesis nemesis = new Nemesis(cluster, workload, chance, rest);
            for (int done = 0; done < harms && (done == 0 || System.nanoTime() < end); done++) {
                if (deck.isEmpty()) {
                    List<Nemesis.Kind> shuffled = new ArrayList<>(kinds);
                    Collections.shuffle(shuffled, new Random(chance));
                    deck.addAll(shuffled);
                }
                Nemesis.Kind kind = deck.remove();
                System.out.println("faults: " + kind.words());
                found.addAll(nemesis.harm(kind));
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
