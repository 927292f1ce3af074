package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Nodes killed one after another under many documents: every update that was acknowledged is in the log once, every
 * viewer saw every entry in order, and epochs never go down. Short by default; {@code -Dbaton.kills.seconds=120
 * -Dbaton.kills.documents=50 -Dbaton.kills.viewers=20} is the long run.
 */
class KillRunIT {
    private static final int SECONDS = Integer.getInteger("baton.kills.seconds", 20);
    private static final int DOCUMENTS = Integer.getInteger("baton.kills.documents", 10);
    private static final int VIEWERS = Integer.getInteger("baton.kills.viewers", 4);
    private static final int WRITERS = 3;
    private static final int PAUSE = Integer.getInteger("baton.kills.pause", 100);
    private static final long SEED = Long.getLong("baton.faults.seed", new Random().nextLong());

    @Test
    void theOnlyNodeOnSqliteMayBeKilledToo() {
        Vertx vertx = Vertx.vertx();
        List<Violation> violations = new ArrayList<>();
        try (Cluster cluster = Cluster.start(
                1, Map.of("BATON_SESSION_EXPIRY", "15s", "BATON_STORE_URL", "jdbc:sqlite:data/baton.db"))) {
            Workload workload = new Workload(vertx, cluster, DOCUMENTS, WRITERS, VIEWERS, PAUSE, SEED);
            workload.start();
            for (int kill = 0; kill < 3; kill++) {
                Nemesis.sleep(1_000);
                cluster.kill(0);
                cluster.start(0);
                cluster.awaitReady(0);
            }
            violations.addAll(workload.finish());
            violations.addAll(workload.leftovers(Duration.ofSeconds(40)));
            System.out.println(
                    "the only node, killed 3 times: " + workload.history().counts());
        } finally {
            Waiting.on(vertx.close());
        }
        violations.forEach(System.out::println);
        assertThat(violations).as("seed " + SEED).isEmpty();
    }

    @Test
    void nothingAcknowledgedIsLostAndNothingIsToldTwiceWhileNodesAreKilled() {
        Vertx vertx = Vertx.vertx();
        Random random = new Random(SEED);
        List<Violation> violations = new ArrayList<>();
        int kills = 0;
        try (Cluster cluster = Cluster.start(3, Map.of("BATON_SESSION_EXPIRY", "15s"))) {
            Workload workload = new Workload(vertx, cluster, DOCUMENTS, WRITERS, VIEWERS, PAUSE, SEED);
            workload.start();
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            while (System.nanoTime() < end) {
                // The next one falls while the last is still on its way back, as long as somebody is left.
                int[] ready = IntStream.range(0, cluster.size())
                        .filter(node -> cluster.status(node) == 200)
                        .toArray();
                if (ready.length < 2) {
                    Nemesis.sleep(200);
                    continue;
                }
                int victim = ready[random.nextInt(ready.length)];
                cluster.kill(victim);
                kills++;
                Nemesis.sleep(500 + random.nextInt(1_500));
                cluster.start(victim);
                Nemesis.sleep(random.nextInt(1_500));
            }
            cluster.awaitWhole();
            violations.addAll(workload.finish());
            violations.addAll(workload.leftovers(Duration.ofSeconds(40)));
            System.out.printf(
                    "%d documents, %d writers and %d viewers each, %d kills in %d s, seed %d: %s; violations %d%n",
                    DOCUMENTS,
                    WRITERS,
                    VIEWERS,
                    kills,
                    SECONDS,
                    SEED,
                    workload.history().counts(),
                    violations.size());
        } finally {
            Waiting.on(vertx.close());
        }
        violations.forEach(System.out::println);
        assertThat(violations).as("seed " + SEED).isEmpty();
    }
}
