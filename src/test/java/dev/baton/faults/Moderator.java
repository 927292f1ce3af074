package dev.baton.faults;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Hands locks over and removes sessions through the management port of any node, about once a second, until it is
 * closed.
 */
final class Moderator implements AutoCloseable {
    private static final int PAUSE = 1_000;

    private final Cluster cluster;
    private final History history;
    private final List<Writer> writers;
    private final Random random;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private Optional<Future<?>> acting = Optional.empty();

    /** Acts on those writers. */
    Moderator(Cluster cluster, History history, List<Writer> writers, long seed) {
        this.cluster = cluster;
        this.history = history;
        this.writers = writers;
        this.random = new Random(seed);
    }

    void start() {
        acting = Optional.of(thread.scheduleWithFixedDelay(this::act, PAUSE, PAUSE, TimeUnit.MILLISECONDS));
    }

    private void act() {
        Writer writer = writers.get(random.nextInt(writers.size()));
        int node = random.nextInt(cluster.size());
        String session = writer.session();
        if (random.nextInt(5) > 0) {
            cluster.moderate(node, "handover", writer.document(), session);
        } else if (cluster.moderate(node, "remove", writer.document(), session) == 200) {
            history.add(new Event.Removed(System.nanoTime(), session));
        }
    }

    @Override
    public void close() {
        acting.ifPresent(going -> going.cancel(false));
        thread.shutdown();
        try {
            thread.awaitTermination(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
