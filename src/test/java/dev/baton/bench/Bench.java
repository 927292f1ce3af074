package dev.baton.bench;

import dev.baton.it.Growth;
import dev.baton.it.HandOverBench;
import dev.baton.log.LogBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of the bench. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures what a node costs and how fast it is, beside a server written by hand, and prints a table.")
public final class Bench implements Callable<Integer> {
    private static final int CORE = 1;

    /** What can be measured. */
    enum Scenario {
        /** Sockets that do nothing. */
        idle,
        /** A room of a thousand. */
        fanout,
        /** Many come back at once. */
        herd,
        /** Durable updates a second, by the number of documents: the log alone, on both stores. */
        updates,
        /** How long the pen takes from one node to another, by cause, on both stores. */
        handover,
        /** From nothing to ready. */
        start,
        /** What an update costs a cluster, counted. */
        growth,
        /** {@link Micro}. */
        jmh,
    }

    @Parameters(arity = "0..*", description = "what to measure: ${COMPLETION-CANDIDATES}; all when none is named")
    private Set<Scenario> scenarios = EnumSet.noneOf(Scenario.class);

    @Option(names = "--quick", description = "all of it small, to try the bench; its figures are worth little")
    private boolean quick;

    @Option(names = "--sockets", defaultValue = "15000", description = "of idle and herd (${DEFAULT-VALUE})")
    private int sockets;

    @Option(names = "--jar", defaultValue = "target/baton.jar", description = "the node (${DEFAULT-VALUE})")
    private Path jar;

    @Option(names = "--jvm", description = "an option for the JVM of the servers, may be repeated; none is what counts")
    private List<String> jvm = List.of();

    @Option(names = "--only-baton", description = "leave out the server written by hand")
    private boolean alone;

    @Option(
            names = "--rates",
            split = ",",
            description =
                    "of fanout: updates a second to try one after the other; rising until they come late by default")
    private List<Double> rates = List.of();

    @Option(names = "--table", description = "write the table to this file too")
    private Optional<Path> file = Optional.empty();

    private final Table table = new Table();

    /** Runs it, and ends the process with its exit status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Proc.pin(ProcessHandle.current().pid(), CORE);
        for (Scenario scenario : scenarios.isEmpty() ? EnumSet.allOf(Scenario.class) : scenarios) {
            System.out.println(scenario);
            switch (scenario) {
                case idle -> idle();
                case fanout -> fanout();
                case herd -> herd();
                case updates -> LogBench.main(new String[] {quick ? "1" : "5", "1,50,200,500", ""});
                case handover -> HandOverBench.main(new String[] {quick ? "20" : "500"});
                case start -> start();
                case growth -> growth();
                case jmh -> jmh();
            }
        }
        System.out.println();
        System.out.println(table.text());
        if (file.isPresent()) {
            Files.writeString(file.get(), table.text() + "\n");
        }
        return 0;
    }

    private interface Measurement<T> {
        T of(Server server) throws Exception;
    }

    /** A fresh server for it. */
    private <T> T with(Server.Kind kind, Measurement<T> measurement) throws Exception {
        try (Server server = Server.start(kind, jar, jvm)) {
            System.out.println(" " + kind);
            return measurement.of(server);
        }
    }

    private void idle() throws Exception {
        int count = quick ? 500 : sockets;
        Measurement<Idle.Cost> measurement = server -> Idle.measure(
                server,
                count,
                Duration.ofSeconds(quick ? 2 : 10),
                Duration.ofSeconds(quick ? 2 : 30),
                Duration.ofSeconds(quick ? 5 : 30));
        Idle.Cost baton = with(Server.Kind.BATON, measurement);
        System.out.println("  " + baton);
        OptionalDouble memory = OptionalDouble.empty();
        OptionalDouble ping = OptionalDouble.empty();
        OptionalDouble net = OptionalDouble.empty();
        if (!alone) {
            Idle.Cost hand = with(Server.Kind.BY_HAND, measurement);
            memory = OptionalDouble.of(hand.kbASocket());
            ping = OptionalDouble.of(hand.microsAPing());
            net = OptionalDouble.of(hand.microsAPingNet());
        }
        String with = String.format(Locale.ROOT, "%,d sockets: ", count);
        table.add(with + "resident a socket", baton.kbASocket(), memory, "KB", Table.Goal.atMost(20));
        table.add(with + "CPU a ping and pong", baton.microsAPing(), ping, "µs", Table.Goal.atMost(12));
        table.add(with + "the same, less what the node uses without sockets", baton.microsAPingNet(), net, "µs");
    }

    private void herd() throws Exception {
        int count = quick ? 500 : sockets;
        Herd.Result result = with(Server.Kind.BATON, server -> Herd.measure(server, count, 2_000));
        String with = String.format(Locale.ROOT, "%,d cut off and back: ", count);
        OptionalDouble none = OptionalDouble.empty();
        table.add(with + "all in their documents again", result.seconds(), none, "s", Table.Goal.atMost(10));
        table.add(with + "told to try again in a moment", (double) result.retries(), none, "times");
        table.add(with + "sessions lost", result.lost(), none, "", Table.Goal.atMost(0));
        table.add(
                with + "false offlines among 100 bystanders",
                (double) result.offlines(),
                none,
                "",
                Table.Goal.atMost(0));
        table.add(with + "p99 of a bystander's updates", result.p99(), none, "ms");
        table.add(with + "worst of a bystander's updates", result.worst(), none, "ms");
    }

    private void start() throws Exception {
        List<Double> seconds = new ArrayList<>();
        List<Double> megabytes = new ArrayList<>();
        for (int i = 0; i < (quick ? 1 : 5); i++) {
            with(Server.Kind.BATON, server -> {
                seconds.add(server.startSeconds());
                TimeUnit.SECONDS.sleep(quick ? 2 : 10);
                megabytes.add(server.residentKb() / 1024.0);
                return 0;
            });
        }
        OptionalDouble none = OptionalDouble.empty();
        String with = "start on one core, the median of " + seconds.size() + ": ";
        table.add(with + "ready", median(seconds), none, "s", Table.Goal.atMost(3));
        table.add(with + "resident, idle", median(megabytes), none, "MB", Table.Goal.atMost(250));
    }

    private void growth() {
        for (Growth.Cost cost :
                Growth.count(quick ? List.of(1, 2) : List.of(1, 2, 3, 5), quick ? 20 : 100, quick ? 20 : 200)) {
            table.add(
                    "an update, nodes " + cost.nodes() + ", " + cost.what(),
                    String.format(
                            Locale.ROOT,
                            "%.2f messages, %.2f transactions, %.2f rows, %.2f map operations",
                            cost.messages(),
                            cost.transactions(),
                            cost.rows(),
                            cost.operations()));
        }
    }

    private void jmh() throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(Micro.class.getName())
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .forks(1)
                .warmupIterations(quick ? 1 : 3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(quick ? 1 : 5)
                .measurementTime(TimeValue.seconds(1))
                .verbosity(VerboseMode.SILENT);
        for (RunResult result : new Runner(options.build()).run()) {
            table.add(
                    result.getPrimaryResult().getLabel(),
                    String.format(
                            Locale.ROOT,
                            "%,.0f ns, %,.0f bytes allocated",
                            result.getPrimaryResult().getScore(),
                            result.getSecondaryResults()
                                    .get("gc.alloc.rate.norm")
                                    .getScore()));
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private void fanout() throws Exception {
        int size = quick ? 100 : 1_000;
        Measurement<Fanout.Result> measurement =
                server -> Fanout.measure(server, size, rates, Duration.ofSeconds(quick ? 1 : 6), System.out);
        Fanout.Result baton = with(Server.Kind.BATON, measurement);
        OptionalDouble easy = OptionalDouble.empty();
        OptionalDouble p99 = OptionalDouble.empty();
        OptionalDouble most = OptionalDouble.empty();
        if (!alone) {
            Fanout.Result hand = with(Server.Kind.BY_HAND, measurement);
            easy = OptionalDouble.of(hand.easy().microsADelivery());
            p99 = OptionalDouble.of(hand.easy().p99());
            most = OptionalDouble.of(hand.most().deliveries());
        }
        String with = String.format(Locale.ROOT, "a room of %,d, ", size);
        table.add(
                with + "20 updates/s: CPU a delivery",
                baton.easy().microsADelivery(),
                easy,
                "µs",
                Table.Goal.atMost(8.5));
        table.add(with + "20 updates/s: p99 until delivered", baton.easy().p99(), p99, "ms");
        table.add(
                with + "most a second with p99 ≤ 60 ms",
                baton.most().deliveries(),
                most,
                "deliveries/s",
                Table.Goal.atLeast(1_000_000));
    }
}
