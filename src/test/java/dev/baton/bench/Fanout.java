package dev.baton.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A room of a thousand: what a delivery costs at an easy rate, and how many a second there are before they come late.
 */
final class Fanout {
    private static final double EASY = 20;
    private static final double LATE = 60;
    private static final List<Double> RISING = List.of(
            50.0, 100.0, 150.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 800.0, 900.0, 1000.0, 1100.0, 1200.0, 1300.0,
            1400.0, 1500.0, 1700.0, 1900.0, 2100.0, 2400.0, 2700.0, 3000.0);

    /**
     * What was measured.
     *
     * @param easy at 20 updates a second
     * @param most the highest rate whose 99th percentile was in time
     */
    record Result(Room.Step easy, Room.Step most) {}

    private Fanout() {}

    /**
     * Measures.
     *
     * @param rates updates a second to try one after the other; none for the usual ones, up to where they come late
     */
    static Result measure(Server server, int size, List<Double> rates, Duration step, PrintStream log)
            throws InterruptedException {
        try (Loader loader = new Loader()) {
            Room room = new Room(server, loader, size);
            room.run(100, step.multipliedBy(6)); // whatever is compiled late is compiled now
            Room.Step easy = print(log, room.run(EASY, step.multipliedBy(2)));
            Room.Step most = easy;
            for (double rate : rates.isEmpty() ? RISING : rates) {
                Room.Step next = print(log, room.run(rate, step));
                if (next.p99() > LATE && rates.isEmpty()) {
                    next = print(log, room.run(rate, step)); // one more chance: the machine is shared
                    if (next.p99() > LATE) {
                        break;
                    }
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
