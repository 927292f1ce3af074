package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Some nodes, a store, clients, and somebody who does them harm; in the end nothing of what is promised may have been broken.
 * {@code -Dbaton.faults.minutes} says how long, {@code -Dbaton.faults.seed} replays the choices of a run, and
 * {@code -Dbaton.faults.kinds} is for doing one kind of harm again and again.
 */
class FaultsIT {
    private static final int NODES = Integer.getInteger("baton.faults.nodes", 3);
    private static final double MINUTES = Double.parseDouble(System.getProperty("baton.faults.minutes", "1"));
    private static final List<Nemesis.Kind> KINDS = kinds(System.getProperty("baton.faults.kinds", ""));
    private static final long SEED = Long.getLong("baton.faults.seed", new Random().nextLong());

    @Test
    void nothingThatIsPromisedBreaksWhateverIsDoneToTheNodes() {
        System.out.println("faults: seed " + SEED);
        Vertx vertx = Vertx.vertx();
        List<Violation> violations = new ArrayList<>();
        FaultReport report = new FaultReport(SEED);
        try (Cluster cluster =
                Cluster.start(NODES, Map.of("BATON_SESSION_EXPIRY", "15s", "BATON_HANDOVER_ANSWER", "2s"))) {
            Random seeds = new Random(SEED);
            long end = System.nanoTime()
                    + Duration.ofSeconds((long) (MINUTES * 60)).toNanos();
            do {
                violations.addAll(round(vertx, cluster, seeds.nextLong(), end, report));
            } while (System.nanoTime() < end);
        } finally {
            Waiting.on(vertx.close());
        }
        System.out.println(report);
        assertThat(violations).as("seed " + SEED).isEmpty();
    }

    /** Those named, with commas between; all when none is. */
    private static List<Nemesis.Kind> kinds(String names) {
        return names.isEmpty()
                ? List.of(Nemesis.Kind.values())
                : Stream.of(names.split(",", -1)).map(Nemesis.Kind::valueOf).toList();
    }

    private static List<Violation> round(Vertx vertx, Cluster cluster, long seed, long end, FaultReport report) {
        try (Workload workload = new Workload(vertx, cluster, 6, 3, 3, 30, seed)) {
            List<Violation> found = new ArrayList<>();
            workload.start();
            Nemesis nemesis = new Nemesis(cluster, workload, seed);
            List<Nemesis.Kind> kinds = new ArrayList<>(KINDS);
            Collections.shuffle(kinds, new Random(seed));
            for (Nemesis.Kind kind : kinds) {
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
