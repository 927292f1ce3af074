package dev.baton.bench;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** A room with many members, and what updates in it cost. Used from one thread. */
final class Room {
    private static final String DOCUMENT = "bench/room";
    private static final double RATE = 300;

    /** Each of so many looks at every entry, the others only count. */
    private static final int WATCHED = 20;

    private static final Duration REST = Duration.ofSeconds(20);

    private final Server server;
    private final Loader loader;
    private final Tally tally = new Tally();
    private final List<Client> members;
    private int runs;

    /**
     * What came of a rate.
     *
     * @param rate updates a second that were meant to be sent
     * @param deliveries a second that came
     * @param p50 milliseconds from when an update was meant to be sent to when a member had it
     * @param p99 the same
     * @param microsADelivery processor time of the server
     * @param share of its core that the server used
     * @param frames a second that came, of the watched and the others
     * @param load share of its core that the load used
     */
    record Step(
            double rate,
            double deliveries,
            double p50,
            double p99,
            double microsADelivery,
            double share,
            double frames,
            double load) {}

    Room(Server server, Loader loader, int size) {
        this.server = server;
        this.loader = loader;
        // The first is in before the others, so that it holds the pen.
        List<Client> first = loader.open(server.port(), 1, RATE, i -> client("edit", 0));
        joined(1);
        List<Client> others = loader.open(server.port(), size - 1, RATE, i -> client("view", i + 1));
        joined(size);
        this.members = new ArrayList<>(first);
        members.addAll(others);
    }

    private Client client(String mode, int number) {
        return new Client(new Client.Part("m" + number, DOCUMENT, mode, number % WATCHED == WATCHED / 2), tally, "");
    }

    private void joined(int count) {
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            tally.check();
            return tally.joined.get() == count;
        });
    }

    int size() {
        return members.size();
    }

    /** Sends at that rate for a while, and measures. */
    Step run(double rate, Duration time) throws InterruptedException {
        loader.call(() -> {
            members.forEach(Client::recount);
            return 0;
        });
        long begin = System.nanoTime() + 50_000_000;
        long end = begin + time.toNanos();
        tally.window(begin, end);
        Feed feed = new Feed(members, DOCUMENT, "r" + runs++ + "-", rate, begin, end);
        double cpu = server.cpuMicros();
        double own = Proc.cpuMicros(ProcessHandle.current().pid());
        long frames = tally.frames.sum();
        var sending = feed.start(loader);
        while (System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        long delivered = loader.call(this::delivered);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double used = server.cpuMicros() - cpu;
        double share = used / 1e6 / seconds;
        double load = (Proc.cpuMicros(ProcessHandle.current().pid()) - own) / 1e6 / seconds;
        double shown = (tally.frames.sum() - frames) / seconds;
        sending.cancel(false);
        long sent = loader.call(feed::sent);
        await().atMost(REST).pollInterval(Duration.ofMillis(20)).until(() -> {
            tally.check();
            return loader.call(() -> members.stream()
                    .filter(member -> member.part.watched())
                    .allMatch(member -> member.entries() >= sent));
        });
        Histogram latencies = tally.latencies();
        return new Step(
                rate,
                delivered / seconds,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                used / delivered,
                share,
                shown,
                load);
    }

    private long delivered() {
        return members.stream().mapToLong(Client::entries).sum();
    }
}
