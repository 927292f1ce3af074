package dev.baton.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** A room of a thousand: what a delivery costs at an easy rate, and how many a second there are before they come late. */
final class Fanout {
    private static final double EASY = 20;
    private static final double LATE = 60;
    private static final double[] FACTORS = {
        0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.7, 1.9, 2.1, 2.4, 2.7, 3
    };

    /**
     * What was measured.
     *
     * @param easy at 20 updates a second
     * @param most the highest rate whose 99th percentile was in time
     */
    record Result(Room.Step easy, Room.Step most) {}

    private Fanout() {}

    /** Measures; rates go up to three million deliveries a second. */
    static Result measure(Server server, int size, Duration step, PrintStream log) throws InterruptedException {
        try (Loader loader = new Loader()) {
            Room room = new Room(server, loader, size);
            room.run(100_000.0 / size, step.multipliedBy(2)); // whatever is compiled late is compiled now
            Room.Step easy = print(log, room.run(EASY, step.multipliedBy(2)));
            Room.Step most = easy;
            for (double factor : FACTORS) {
                double rate = factor * 1e6 / size;
                Room.Step next = print(log, room.run(rate, step));
                if (next.p99() > LATE) {
                    next = print(log, room.run(rate, step)); // one more chance: the machine is shared
                }
                if (next.p99() > LATE) {
                    break;
                }
                most = next;
            }
            return new Result(easy, most);
        }
    }

    private static Room.Step print(PrintStream log, Room.Step step) {
        log.printf(
                Locale.ROOT,
                "  %5.0f updates/s: %,9.0f deliveries/s, p50 %.1f ms, p99 %.1f ms, %.2f µs each, server %.0f%%, load %.0f%%, %,.0f frames/s%n",
                step.rate(),
                step.deliveries(),
                step.p50(),
                step.p99(),
                step.microsADelivery(),
                100 * step.share(),
                100 * step.load(),
                step.frames());
        return step;
    }
}
