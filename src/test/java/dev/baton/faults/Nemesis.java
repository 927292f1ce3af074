package dev.baton.faults;

import static org.awaitility.Awaitility.await;

import dev.baton.client.Rights;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;

/** Does harm, one thing after another, by a seed; and notes how long the pens that were hit took to move. */
final class Nemesis {

    /** What it can do. */
    enum Kind {
        CLIENT_KILLED("client killed", Need.NOTHING),
        CLIENT_STOPPED("client stopped", Need.NOTHING),
        SLOW_READERS("readers that stop reading for 4 s", Need.NOTHING),
        NODE_KILLED("node killed", Need.NOTHING),
        TWO_NODES_KILLED("two nodes killed", Need.NOTHING),
        KILLED_DURING_HAND_OVER("node killed during hand-over", Need.NOTHING),
        KILLED_DURING_MIGRATION("node killed while another one joins", Need.NOTHING),
        NODE_PAUSED_SHORTLY("pause of a node for 2 s", Need.NOTHING),
        NODE_PAUSED("pause of a node for 9 s", Need.NOTHING),
        CUT_OFF("cut off from the other nodes", Need.CUTS),
        CUT_OFF_WHOLLY("cut off from nodes and store", Need.CUTS),
        SPLIT("split in two sides", Need.CUTS),
        CUT_ONE_WAY("cut one way from one node", Need.CUTS),
        CUT_FROM_STORE("store out of reach of one node", Need.CUTS),
        LOSSY("a tenth of a node's packets lost for 8 s", Need.LOSS),
        NARROW("a node's link slow and full for 8 s", Need.NARROWS),
        STORE_STOPPED("store stopped for 4 s", Need.NOTHING),
        STORE_SLOW("store that works a fifth of the time for 6 s", Need.NOTHING),
        STORE_FAILS_OVER("store fails over and loses a second", Need.NOTHING),
        STORE_FAILS_OVER_IN_STEP("store fails over and loses nothing", Need.NOTHING),
        STORE_RESTORED("store restored to two seconds before", Need.NOTHING),
        STORE_FORKED("both servers of the store take writes", Need.CUTS),
        APART("nodes that do not see each other from the start", Need.CUTS),
        ROLLING_RESTART("rolling restart", Need.NOTHING),
        HERD("everybody reconnects", Need.NOTHING);

        /** What the machine must be able to do to its network. */
        private enum Need {
            NOTHING,
            CUTS,
            LOSS,
            NARROWS
        }

        private final String words;
        private final Need need;

        Kind(String words, Need need) {
            this.words = words;
            this.need = need;
        }

        String words() {
            return words;
        }

        /** Whether nodes lose sight of each other and find together again. */
        boolean separates() {
            return need == Need.CUTS || this == NODE_PAUSED || this == LOSSY || this == NARROW;
        }

        /** Whether it can be done to that network. */
        boolean possible(Net net) {
            return switch (need) {
                case NOTHING -> true;
                case CUTS -> net.real();
                case LOSS -> net.losesPackets();
                case NARROWS -> net.narrows();
            };
        }
    }

    /** How long one pen took from the harm to its next holder, in milliseconds. */
    record Took(Kind kind, long millis) {}

    /**
     * Longer than any reservation and the longest detection: who was hit does not come back in time to keep the pen.
     */
    private static final Duration ABSENT = Duration.ofSeconds(9);

    /** No bound is longer than this, in milliseconds; what takes longer is worth a line. */
    private static final long SLOW = 6_500;

    private static final Duration LONGEST = Duration.ofSeconds(25);

    private final Cluster cluster;
    private final Workload workload;
    private final Random random;
    private final Duration rest;
    private final StoreHarm store;
    /**
     * Each in turn from a random one on: so the one that leads the cluster, which matters most, is surely among them.
     */
    private OptionalInt paused = OptionalInt.empty();

    private final List<Took> took = new ArrayList<>();
    private long dumped;

    /** {@code rest} is what passes after a harm that {@link Kind#separates} nodes, once the cluster is whole again. */
    Nemesis(Cluster cluster, Workload workload, long seed, Duration rest) {
        this.cluster = cluster;
        this.workload = workload;
        this.random = new Random(seed);
        this.rest = rest;
        this.store = new StoreHarm(cluster, workload);
    }

    /** How long the pens took so far. */
    List<Took> took() {
        return took;
    }

    private record Pen(Writer holder, long epoch) {}

    /**
     * Does one kind of harm, mends it, and returns when the cluster is whole again; gives the queues that had grown
     * beyond their limit meanwhile.
     */
    List<Violation> harm(Kind kind) {
        if (!kind.possible(cluster.net())) {
            return List.of();
        }
        int victim = kind == Kind.NODE_PAUSED ? inTurn() : victim();
        long at = System.nanoTime();
        switch (kind) {
            case CLIENT_KILLED ->
                anyPen().ifPresent(pen -> {
                    pen.holder().vanish(ABSENT);
                    measure(kind, System.nanoTime(), List.of(pen));
                });
            case CLIENT_STOPPED ->
                anyPen().ifPresent(pen -> {
                    pen.holder().freeze(ABSENT);
                    measure(kind, System.nanoTime(), List.of(pen));
                });
            case SLOW_READERS ->
                workload.viewers().stream()
                        .filter(viewer -> random.nextBoolean())
                        .forEach(viewer -> viewer.freeze(Duration.ofSeconds(4)));
            case NODE_KILLED -> killed(kind, List.of(victim));
            case TWO_NODES_KILLED -> killed(kind, List.of(victim, (victim + 1) % cluster.size()));
            case KILLED_DURING_HAND_OVER -> {
                anyPen().ifPresent(pen -> pen.holder().vanish(ABSENT));
                killed(kind, List.of(victim));
            }
            case KILLED_DURING_MIGRATION -> {
                int other = (victim + 1) % cluster.size();
                cluster.kill(other);
                cluster.start(other);
                cluster.awaitReady(other); // now the maps' partitions move to it
                killed(kind, List.of(victim));
            }
            case NODE_PAUSED_SHORTLY -> {
                cluster.pause(victim);
                sleep(2_000);
                cluster.goOn(victim);
            }
            case NODE_PAUSED -> pause(kind, victim);
            case CUT_OFF -> cut(kind, victim, () -> fromOthers(victim));
            case CUT_OFF_WHOLLY ->
                cut(kind, victim, () -> {
                    fromOthers(victim);
                    fromStore(victim);
                });
            case SPLIT -> {
                int half = cluster.size() / 2;
                for (int one = 0; one < half; one++) {
                    for (int other = half; other < cluster.size(); other++) {
                        cluster.net().cut(one, other);
                    }
                }
                sleep(10_000);
            }
            case CUT_ONE_WAY -> {
                cluster.net().cutOneWay(victim, (victim + 1) % cluster.size());
                sleep(8_000);
            }
            case CUT_FROM_STORE -> {
                fromStore(victim);
                sleep(6_000);
            }
            case LOSSY -> {
                cluster.net().lose(victim, 0.1);
                sleep(8_000);
            }
            case NARROW -> {
                cluster.net().narrow(victim);
                sleep(8_000);
            }
            case STORE_STOPPED -> {
                cluster.stores().pause();
                sleep(4_000);
                cluster.stores().goOn();
            }
            case STORE_SLOW -> {
                for (int turn = 0; turn < 12; turn++) {
                    cluster.stores().pause();
                    sleep(400);
                    cluster.stores().goOn();
                    sleep(100);
                }
            }
            case STORE_FAILS_OVER -> store.failsOver();
            case STORE_FAILS_OVER_IN_STEP -> store.failsOverInStep();
            case STORE_RESTORED -> store.restored();
            case STORE_FORKED -> store.forked(victim);
            case APART -> store.apart();
            case ROLLING_RESTART -> {
                for (int node = 0; node < cluster.size(); node++) {
                    cluster.stop(node);
                    cluster.start(node);
                    cluster.awaitReady(node);
                }
            }
            case HERD -> workload.actors().forEach(actor -> actor.vanish(Duration.ofMillis(10)));
        }
        cluster.net().mend();
        // Not everybody's connection broke who was to stay away; one that breaks later is of no harm of ours.
        workload.actors().forEach(Actor::hideNoMore);
        List<Violation> found = new ArrayList<>();
        for (int node = 0; node < cluster.size(); node++) {
            found.addAll(Checks.bounded(node, cluster.gauges(node)));
        }
        workload.history()
                .add(new Event.Harm(at, System.nanoTime(), kind.words(), List.of(victim), kind + " " + victim));
        sleep(1_500); // until a node that was stopped or cut off has noticed, it says that it is ready
        cluster.awaitWhole();
        sleep((kind.separates() ? rest.toMillis() : 500) + random.nextInt(2_000));
        return found;
    }

    /**
     * A node with a holder on it; clients gather where no harm was done of late, and harm among nobody shows nothing.
     */
    private int victim() {
        return anyPen().map(pen -> pen.holder().node()).orElseGet(() -> random.nextInt(cluster.size()));
    }

    private void fromStore(int victim) {
        cluster.stores().places().forEach(place -> cluster.net().cut(victim, place));
    }

    private void fromOthers(int victim) {
        IntStream.range(0, cluster.size()).filter(node -> node != victim).forEach(node -> cluster.net()
                .cut(victim, node));
    }

    private void cut(Kind kind, int victim, Runnable cutting) {
        List<Pen> pens = pensOn(List.of(victim));
        pens.forEach(pen -> pen.holder().hideWhenCutOff(ABSENT));
        long start = System.nanoTime();
        cutting.run();
        measure(kind, start, pens);
        sleep(Math.max(0, 10_000 - (System.nanoTime() - start) / 1_000_000));
    }

    private int inTurn() {
        int next = paused.isPresent() ? (paused.getAsInt() + 1) % cluster.size() : victim();
        paused = OptionalInt.of(next);
        return next;
    }

    private void pause(Kind kind, int victim) {
        List<Pen> pens = pensOn(List.of(victim));
        long start = System.nanoTime();
        cluster.pause(victim);
        measure(kind, start, pens);
        sleep(Math.max(0, 9_000 - (System.nanoTime() - start) / 1_000_000));
        cluster.goOn(victim);
    }

    private void killed(Kind kind, List<Integer> victims) {
        List<Pen> pens = pensOn(victims);
        pens.forEach(pen -> pen.holder().hideWhenCutOff(ABSENT));
        sleep(50); // so that they have heard of it
        long start = System.nanoTime();
        victims.forEach(cluster::kill);
        if (cluster.size() - victims.size() > 0) {
            measure(kind, start, pens);
        }
        sleep(random.nextInt(2_000));
        victims.forEach(cluster::start);
    }

    private Optional<Pen> anyPen() {
        for (int tried = 0; tried < 50; tried++) {
            List<Pen> pens = pensOn(IntStream.range(0, cluster.size()).boxed().toList());
            if (!pens.isEmpty()) {
                return Optional.of(pens.get(random.nextInt(pens.size())));
            }
            sleep(20);
        }
        return Optional.empty();
    }

    /**
     * The pens whose holders are on those nodes, and for which others wait on healthy ones, or on any when all are
     * meant.
     */
    private List<Pen> pensOn(List<Integer> nodes) {
        boolean all = nodes.size() == cluster.size();
        List<Pen> pens = new ArrayList<>();
        for (Writer writer : workload.writers()) {
            boolean wanted = workload.writers().stream()
                    .anyMatch(other -> other != writer
                            && other.document().equals(writer.document())
                            && other.connected()
                            && (all || !nodes.contains(other.node())));
            if (writer.holder() && writer.connected() && nodes.contains(writer.node()) && wanted) {
                pens.add(new Pen(writer, writer.epoch()));
            }
        }
        return pens;
    }

    /** Waits for the next holder of each pen, and notes how long that took. */
    private void measure(Kind kind, long start, List<Pen> pens) {
        for (Pen pen : pens) {
            try {
                dumpWhenSlow(pen, start);
                await().atMost(LONGEST).pollInterval(Duration.ofMillis(20)).until(() -> next(pen)
                        .isPresent());
            } catch (org.awaitility.core.ConditionTimeoutException never) {
                workload.history()
                        .violated(
                                7,
                                "nobody had the pen of " + pen.holder().document() + " within " + LONGEST.toSeconds()
                                        + " s after: " + kind.words());
                continue;
            }
            long moved = next(pen).getAsLong();
            if (moved >= start) {
                long millis = (moved - start) / 1_000_000;
                took.add(new Took(kind, millis));
                if (millis > SLOW) {
                    System.out.printf(
                            "%s: %s moved after %d ms, %s%n", kind, pen.holder().document(), millis, Instant.now());
                }
            }
        }
    }

    /** What takes too long leaves behind what every node was doing. */
    private void dumpWhenSlow(Pen pen, long start) {
        while (next(pen).isEmpty()) {
            if ((System.nanoTime() - start) / 1_000_000 > SLOW) {
                if (dumped != start) {
                    dumped = start;
                    cluster.dumpThreads();
                }
                return;
            }
            sleep(20);
        }
    }

    /** When the next one was told; the holder's own giving it back just before is no hand-over to measure. */
    private OptionalLong next(Pen pen) {
        return workload.history().events().stream()
                .filter(event -> event instanceof Event.Told told
                        && told.document().equals(pen.holder().document())
                        && told.you() == Rights.Place.HOLDER
                        && told.epoch() > pen.epoch())
                .mapToLong(Event::at)
                .min();
    }

    static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
