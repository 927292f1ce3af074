package dev.baton.bench;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Sockets that do nothing but answer pings: what each costs in memory, and each ping with its pong in processor time.
 */
final class Idle {
    private static final double RATE = 1_000;

    /**
     * What was measured.
     *
     * @param kbASocket resident memory that came with the sockets, by their number
     * @param microsAPing all processor time of the server, by pings
     * @param microsAPingNet the same without what the server used before there was any socket
     */
    record Cost(double kbASocket, double microsAPing, double microsAPingNet) {}

    private Idle() {}

    /** Measures a server that nobody is connected to yet. */
    static Cost measure(Server server, int sockets, Duration alone, Duration settle, Duration watch)
            throws InterruptedException {
        Tally tally = new Tally();
        TimeUnit.MILLISECONDS.sleep(alone.toMillis()); // what only its start costs is over
        double before = server.cpuMicros();
        TimeUnit.MILLISECONDS.sleep(alone.toMillis());
        double microsASecond = (server.cpuMicros() - before) / (alone.toMillis() / 1e3);
        long empty = server.residentKb();
        try (Loader loader = new Loader()) {
            loader.open(
                    server.port(),
                    sockets,
                    RATE,
                    i -> new Client(new Client.Part("u" + i, "", "view", false), tally, ""));
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                tally.check();
                return tally.welcomed.get() == sockets;
            });
            TimeUnit.MILLISECONDS.sleep(settle.toMillis());
            double cpu = server.cpuMicros();
            long pings = tally.pings.sum();
            long begun = System.nanoTime();
            TimeUnit.MILLISECONDS.sleep(watch.toMillis());
            double used = server.cpuMicros() - cpu;
            double seconds = (System.nanoTime() - begun) / 1e9;
            long pinged = tally.pings.sum() - pings;
            long full = server.residentKb();
            tally.check();
            return new Cost(
                    (double) (full - empty) / sockets, used / pinged, (used - microsASecond * seconds) / pinged);
        }
    }
}
