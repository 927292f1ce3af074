package dev.baton.bench;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Many sockets are cut off at once and come back with their sessions; others look on, and are written to meanwhile. */
final class Herd {
    private static final double RATE = 1_000;
    private static final int BYSTANDERS = 100;
    private static final double UPDATES = 20;
    private static final String DOCUMENT = "bench/bystanders";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /**
     * What was measured.
     *
     * @param seconds from the first socket that was cut off to the last that was back
     * @param retries how often one was told to try again in a moment
     * @param lost how many came back as somebody new
     * @param offlines how often bystanders were told that one of theirs was offline, while all of them were there
     * @param p99 milliseconds until a bystander had an update, meanwhile
     * @param worst the same, of the last
     */
    record Result(double seconds, long retries, int lost, long offlines, double p99, double worst) {}

    private Herd() {}

    /** Measures; {@code comeBack} is how many come back in a second. */
    static Result measure(Server server, int sockets, double comeBack) {
        Tally watching = new Tally();
        Tally first = new Tally();
        Tally second = new Tally();
        try (Loader loader = new Loader()) {
            List<Client> bystanders =
                    new ArrayList<>(loader.open(server.port(), 1, RATE, i -> bystander("edit", 0, watching)));
            await().atMost(PATIENCE).until(() -> watching.joined.get() == 1);
            bystanders.addAll(
                    loader.open(server.port(), BYSTANDERS - 1, RATE, i -> bystander("view", i + 1, watching)));
            await().atMost(PATIENCE).until(() -> watching.joined.get() == BYSTANDERS);
            List<Client> herd = loader.open(server.port(), sockets, RATE, i -> member(i, first, ""));
            await().atMost(PATIENCE).until(() -> first.joined.get() == sockets);
            first.check();
            long offlinesBefore = watching.offlines.sum();
            long begin = System.nanoTime();
            long end = begin + PATIENCE.toNanos();
            watching.window(begin, end);
            var feed = new Feed(bystanders, DOCUMENT, "herd-", UPDATES, begin, end).start(loader);
            loader.call(() -> {
                herd.forEach(Client::drop);
                return 0;
            });
            await().atMost(PATIENCE).until(() -> first.gone.get() == sockets);
            loader.open(
                    server.port(),
                    sockets,
                    comeBack,
                    i -> member(i, second, herd.get(i).resume()));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
                second.check();
                return second.joined.get() == sockets;
            });
            double seconds = (System.nanoTime() - begin) / 1e9;
            feed.cancel(false);
            watching.check();
            Histogram latencies = watching.latencies();
            return new Result(
                    seconds,
                    second.retries.sum(),
                    sockets - second.resumed.get(),
                    watching.offlines.sum() - offlinesBefore,
                    latencies.getValueAtPercentile(99) / 1e3,
                    latencies.getMaxValue() / 1e3);
        }
    }

    private static Client bystander(String mode, int number, Tally tally) {
        return new Client(new Client.Part("bystander" + number, DOCUMENT, mode, true), tally, "");
    }

    /** Twenty to a document. */
    private static Client member(int number, Tally tally, String resume) {
        return new Client(new Client.Part("h" + number, "bench/herd/" + number / 20, "view", false), tally, resume);
    }
}
