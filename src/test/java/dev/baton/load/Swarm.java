package dev.baton.load;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line of the swarm. Exit status: 0 when every promise was kept, 1 when one was broken, 2 for a bad option.
 */
@Command(
        name = "swarm",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Opens many sockets to a node and watches whether it keeps its promises about heartbeats.")
public final class Swarm implements Callable<Integer> {

    /** Files that are open besides sockets: jars, logs, selectors. */
    private static final int OTHER_FILES = 200;

    @Spec
    private CommandSpec spec;

    @Option(names = "--url", required = true, description = "the node's socket: ws://127.0.0.1:PORT/socket")
    private URI url;

    @Option(names = "--sockets", defaultValue = "15000", description = "how many stay (${DEFAULT-VALUE})")
    private int sockets;

    @Option(names = "--rate", defaultValue = "1000/s", converter = Rate.class, description = "connects (1000/s)")
    private double rate;

    @Option(names = "--for", defaultValue = "1m", converter = Length.class, description = "watch this long (1m)")
    private Duration time;

    @Option(names = "--mute", defaultValue = "0", description = "share that never answers a ping, 0 to 1 (0)")
    private double mute;

    @Option(names = "--documents", defaultValue = "0", description = "join one of so many documents each (0: none)")
    private int documents;

    @Option(names = "--mode", defaultValue = "view", description = "view or edit (${DEFAULT-VALUE})")
    private String mode;

    @Option(names = "--prefix", defaultValue = "load", description = "documents are PREFIX-0, … (${DEFAULT-VALUE})")
    private String prefix;

    @Option(
            names = "--churn",
            arity = "0..1",
            defaultValue = "0",
            fallbackValue = "5000",
            description = "beside those who stay, so many come, join and close, again and again (5000 when no number)")
    private int churn;

    @Option(names = "--churn-stay", defaultValue = "2s", converter = Length.class, description = "and stay this long")
    private Duration churnStay;

    @Option(names = "--editor-interval", defaultValue = "2s", converter = Length.class, description = "of holders (2s)")
    private Duration editorInterval;

    @Option(names = "--editor-timeout", defaultValue = "5s", converter = Length.class, description = "of holders (5s)")
    private Duration editorTimeout;

    @Option(names = "--threads", defaultValue = "1", description = "event loops (${DEFAULT-VALUE})")
    private int threads;

    @Option(names = "--json", description = "write all figures to this file")
    private Optional<Path> json = Optional.empty();

    @Option(names = "--tolerance", defaultValue = "0.1", description = "of a ping's time (${DEFAULT-VALUE})")
    private double tolerance;

    @Option(names = "--max-outside", defaultValue = "0", description = "share of pings off by more (${DEFAULT-VALUE})")
    private double outside;

    @Option(
            names = "--max-share",
            defaultValue = "0.04",
            description = "of an interval's pings in 100 ms (${DEFAULT-VALUE})")
    private double share;

    @Option(
            names = "--max-late",
            defaultValue = "250ms",
            converter = Length.class,
            description = "close of the silent, after its timeout (250ms)")
    private Duration late;

    @Option(names = "--max-lost", defaultValue = "0", description = "closes of those who answer (${DEFAULT-VALUE})")
    private int lost;

    /** Runs it, and ends the process with its exit status. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command, to be executed in this process; that blocks the thread, which must not be an event loop. */
    public static CommandLine commandLine() {
        return new CommandLine(new Swarm());
    }

    @Override
    public Integer call() throws Exception {
        check();
        Plan plan = new Plan(
                url,
                sockets,
                rate,
                mute,
                time,
                documents > 0 ? Optional.of(new Plan.Documents(documents, prefix, mode)) : Optional.empty(),
                churn > 0 ? Optional.of(new Plan.Churn(churn, churnStay)) : Optional.empty(),
                new Plan.Beat(editorInterval.toMillis(), editorTimeout.toMillis()),
                threads);
        Report report = watch(plan, new Promises(tolerance, outside, share, late, lost));
        spec.commandLine().getOut().println(report.text());
        spec.commandLine().getOut().flush();
        if (json.isPresent()) {
            Files.writeString(json.get(), report.json().encodePrettily());
        }
        return report.broken().isEmpty() ? 0 : 1;
    }

    private Report watch(Plan plan, Promises promises) throws InterruptedException {
        Crowd crowd = new Crowd(plan, promises);
        if (!crowd.sendScout()) {
            tell("a first socket was not welcomed; trying all the same");
        }
        Crowd.Group standing = crowd.open(plan.sockets(), true);
        tell(plan.sockets() - standing.missing() + " of " + plan.sockets() + " are in");
        long from = crowd.now();
        long end = from + plan.time().toNanos() / 1000;
        int waves = 0;
        while (crowd.now() < end) {
            if (plan.churn().isPresent()) {
                wave(crowd, plan.churn().get());
                waves++;
            } else {
                pause(Duration.ofMillis((end - crowd.now()) / 1000 + 1));
            }
        }
        crowd.watchNoMore(standing);
        long to = crowd.now();
        crowd.leave(standing);
        Ledger seen = crowd.end();
        int asked =
                plan.sockets() + waves * plan.churn().map(Plan.Churn::sockets).orElse(0);
        // Within two intervals everybody has its beat.
        Report.Span span = new Report.Span(Math.min(to, from + 2 * seen.interval), to);
        return Report.of(plan, promises, seen, new Report.Asked(asked, waves), span);
    }

    private void wave(Crowd crowd, Plan.Churn wave) throws InterruptedException {
        Crowd.Group passing = crowd.open(wave.sockets(), false);
        tell(wave.sockets() - passing.missing() + " of " + wave.sockets() + " came by");
        pause(wave.stay());
        crowd.leave(passing);
    }

    private static void pause(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        while (end - System.nanoTime() > 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private void tell(String progress) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(progress);
        err.flush();
    }

    private void check() {
        require(
                "ws".equals(url.getScheme()) && url.getHost() != null && url.getPort() > 0,
                "--url",
                "ws://HOST:PORT/PATH");
        require(sockets >= 0, "--sockets", "0 or more");
        require(churn >= 0, "--churn", "0 or more");
        require(documents >= 0, "--documents", "0 or more");
        require(threads > 0, "--threads", "1 or more");
        require(mute >= 0 && mute <= 1, "--mute", "a share from 0 to 1");
        require(mode.equals("view") || mode.equals("edit"), "--mode", "view or edit");
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            long most = system.getMaxFileDescriptorCount() - OTHER_FILES;
            require(
                    sockets + churn <= most,
                    "--sockets",
                    "together with --churn at most " + most + ", as this process may not open more files (ulimit -n)");
        }
    }

    private void require(boolean holds, String option, String allowed) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + " must be " + allowed);
        }
    }

    /** {@code 250ms}, {@code 5s}, {@code 2m}. */
    static final class Length implements ITypeConverter<Duration> {

        private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m)");

        @Override
        public Duration convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is no duration like 250ms, 5s or 2m");
            }
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                default -> Duration.ofMinutes(amount);
            };
        }
    }

    /** {@code 1000} or {@code 1000/s}. */
    static final class Rate implements ITypeConverter<Double> {

        private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,6})(/s)?");

        @Override
        public Double convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is no rate like 1000/s");
            }
            return Double.valueOf(matcher.group(1));
        }
    }
}
