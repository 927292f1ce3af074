package dev.baton.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * What makes the store's history go back or fork, and nodes that share it without knowing of each other. Each method
 * returns when all nodes serve again, on a store that has a standby; and notes what may be lost, and how long clients
 * were not told.
 */
final class StoreHarm {
    private static final Duration LONG = Duration.ofMinutes(3);

    /**
     * Within this, from when the store takes writes again, every client that is connected is told that it went back.
     */
    private static final long TOLD_MILLIS = 5_000;

    private final Cluster cluster;
    private final Workload workload;

    StoreHarm(Cluster cluster, Workload workload) {
        this.cluster = cluster;
        this.workload = workload;
    }

    /** A standby that lacks what was committed in the last second takes over. */
    void failsOver() {
        goesBack(true, () -> {
            stores().catchUp();
            stores().leaveBehind();
            Nemesis.sleep(1_000);
            stores().failOver();
            return System.nanoTime();
        });
        stores().pairUp();
    }

    /** A standby that has all that was answered takes over. */
    void failsOverInStep() {
        goesBack(false, () -> {
            stores().synchronous();
            Nemesis.sleep(1_000);
            stores().failOver();
            return System.nanoTime();
        });
        stores().pairUp();
    }

    /** The store comes back as it was two seconds before; nobody says so to the nodes. */
    void restored() {
        goesBack(true, () -> {
            stores().backUp();
            Nemesis.sleep(2_000);
            stores().restore();
            return System.nanoTime();
        });
        stores().pairUp();
    }

    /** The standby takes writes while the primary still does; one node sees the one, the others the other. */
    void forked(int victim) {
        goesBack(true, () -> {
            long before = incarnation();
            stores().catchUp();
            cluster.net().cut(victim, stores().place());
            stores().promote();
            awaitLater(List.of(victim), before);
            Nemesis.sleep(1_000);
            stores().killOld();
            cluster.net().mend();
            return System.nanoTime();
        });
        stores().pairUp();
    }

    /** All nodes are started anew, and no one sees another. */
    void apart() {
        List<Integer> all = all();
        all.forEach(cluster::kill);
        all.forEach(one -> all.stream().filter(other -> one < other).forEach(other -> cluster.net()
                .cut(one, other)));
        long at = System.nanoTime();
        all.forEach(cluster::start);
        await("one of the nodes that are apart serves").atMost(LONG).until(() -> all.stream()
                .anyMatch(node -> cluster.status(node) == 200));
        Nemesis.sleep(8_000);
        workload.history().add(new Event.Apart(at, System.nanoTime()));
        cluster.net().mend();
    }

    /** {@code harm} gives the moment from which on the store took writes again. */
    private void goesBack(boolean loses, LongSupplier harm) {
        long before = incarnation();
        long at = System.nanoTime();
        long up = harm.getAsLong();
        awaitLater(all(), before);
        Event.Loss loss = new Event.Loss(at, System.nanoTime(), incarnation(), loses);
        workload.history().add(loss);
        long left = TOLD_MILLIS - (System.nanoTime() - up) / 1_000_000;
        Nemesis.sleep(Math.max(0, left) + 100);
        workload.history().told(StoreChecks.told(workload.history().events(), loss, up, TOLD_MILLIS));
    }

    private Stores stores() {
        return cluster.stores();
    }

    private List<Integer> all() {
        return IntStream.range(0, cluster.size()).boxed().toList();
    }

    private void awaitLater(List<Integer> nodes, long before) {
        await("nodes " + nodes + " know of a later incarnation than " + before)
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(50))
                .until(() ->
                        nodes.stream().allMatch(node -> incarnation(node) > before && cluster.status(node) == 200));
    }

    private long incarnation() {
        return all().stream().mapToLong(this::incarnation).max().orElseThrow();
    }

    private long incarnation(int node) {
        return cluster.gauges(node).getOrDefault("baton_store_incarnation", -1L);
    }
}
