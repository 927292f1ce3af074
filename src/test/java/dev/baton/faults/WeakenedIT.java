package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.BatonApplication;
import dev.baton.Weakened;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each protection is taken away, and a checker sees it: so what they find nothing in has something to it. */
class WeakenedIT {
    private static final long SEED = 17;
    private static final Duration REST = Duration.ofSeconds(6);
    private static Vertx vertx;

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() {
        Waiting.on(vertx.close());
    }

    private static Cluster without(String protections) {
        Map<String, String> settings = new HashMap<>();
        settings.put("WEAKENED", protections);
        settings.put("BATON_SESSION_EXPIRY", "15s");
        List<String> program = new ArrayList<>(
                List.of(System.getProperty("baton.test.modules", "").split(" ", -1)));
        program.removeIf(String::isEmpty);
        program.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                BatonApplication.class.getName(),
                Weakened.class.getName()));
        return Cluster.start(3, settings, program);
    }

    private static List<Violation> after(Cluster cluster, Nemesis.Kind... harms) {
        try (Workload workload = new Workload(vertx, cluster, 3, 3, 1, 30, SEED)) {
            workload.start();
            Nemesis.sleep(3_000);
            Nemesis nemesis = new Nemesis(cluster, workload, SEED, REST);
            List<Violation> found = new ArrayList<>();
            for (Nemesis.Kind harm : harms) {
                found.addAll(nemesis.harm(harm));
            }
            found.addAll(Checks.silentWhenGivenUp(workload.history().events(), 5_500));
            found.addAll(workload.finish());
            return found;
        }
    }

    private static List<Integer> broken(List<Violation> found) {
        return found.stream().map(Violation::invariant).distinct().toList();
    }

    @Test
    void withoutTheCheckOfEpochsLateWritesAreFoundInTheLog() {
        try (Cluster cluster = without(Weakened.NO_EPOCHS)) {
            assertThat(broken(after(cluster))).containsAnyOf(2, 3);
        }
    }

    @Test
    void withoutOperationIdsARetryIsFoundTwice() {
        try (Cluster cluster = without(Weakened.NO_IDS)) {
            assertThat(broken(after(cluster))).containsAnyOf(3, 4);
        }
    }

    @Test
    void withoutGivingItselfUpACutOffNodeIsFoundToAcknowledge() {
        // One writer a document: nobody else wants these pens, so nobody takes them away.
        try (Cluster cluster = without(Weakened.NO_LEASE);
                Workload workload = new Workload(vertx, cluster, 12, 1, 0, 30, SEED)) {
            assumeTrue(cluster.net().real(), "links cannot be cut here");
            workload.start();
            Nemesis.sleep(3_000);
            new Nemesis(cluster, workload, SEED, REST).harm(Nemesis.Kind.CUT_OFF);
            assertThat(broken(Checks.silentWhenGivenUp(workload.history().events(), 5_500)))
                    .contains(10);
        }
    }

    @Test
    void withoutNewsPensMoveAllTheSame() {
        try (Cluster cluster = without(Weakened.NO_NEWS)) {
            assertThat(after(cluster, Nemesis.Kind.CLIENT_KILLED, Nemesis.Kind.CLIENT_STOPPED))
                    .isEmpty();
        }
    }

    @Test
    void withoutNewsAndSweepAPenThatDoesNotMoveIsFound() {
        try (Cluster cluster = without(Weakened.NO_NEWS + "," + Weakened.NO_SWEEP);
                Workload workload = new Workload(vertx, cluster, 3, 3, 1, 30, SEED)) {
            workload.start();
            Nemesis.sleep(3_000);
            // Who happens to give the pen back in that moment would have moved it without any news.
            workload.writers().forEach(writer -> writer.handsOn(false));
            Nemesis.sleep(1_000);
            vertx.setTimer(5_000, id -> workload.writers().forEach(writer -> writer.handsOn(true)));
            Nemesis nemesis = new Nemesis(cluster, workload, SEED, REST);
            nemesis.harm(Nemesis.Kind.CLIENT_KILLED);
            // It moves when its holder is back, after nine seconds, and gives it on; not after the three of the
            // reservation.
            assertThat(nemesis.took()).hasSize(1).allSatisfy(took -> assertThat(took.millis())
                    .isGreaterThan(8_000));
        }
    }
}
