package dev.baton.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A network of places, each a namespace with an address of its own, joined by a router in one more; links are cut in
 * the router, where packets then vanish without a word, one way or both, or lose some of what they carry, or become
 * slow. Needs root and {@code ip}, for losses {@code iptables}; where there are no namespaces all places are this
 * machine's loopback, and no link can be cut. What a crash left behind is taken down before it is built.
 */
final class Net implements AutoCloseable {
    private static final String PREFIX = "baton-t";
    private static final String ROUTER = PREFIX + "-router";
    private static final String UPLINK = PREFIX + "-up";

    private final int places;
    private final boolean real;
    private final FileChannel alone;
    private int rules;
    private boolean losesPackets;
    private boolean narrows;
    private final Set<Integer> narrowed = new HashSet<>();

    private Net(int places, boolean real, FileChannel alone) {
        this.places = places;
        this.real = real;
        this.alone = alone;
    }

    /** A network of that many places, numbered from 0. */
    static Net of(int places) {
        FileChannel alone = waitForOthers();
        takeDown();
        Net net = new Net(places, possible(), alone);
        try {
            if (net.real) {
                net.build();
            }
            return net;
        } catch (RuntimeException failed) {
            net.close();
            throw failed;
        }
    }

    /** Whether places are namespaces, so that links can be cut. */
    boolean real() {
        return real;
    }

    /** Whether links can lose some of their packets. */
    boolean losesPackets() {
        return losesPackets;
    }

    /** Whether links can be made slow. */
    boolean narrows() {
        return narrows;
    }

    /** The address of a place, which this JVM reaches too. */
    String address(int place) {
        return real ? "10.77." + (place + 1) + ".2" : "127.0.0.1";
    }

    /** What runs there: a command line to put before another one. */
    List<String> in(int place) {
        return real ? List.of("ip", "netns", "exec", name(place)) : List.of();
    }

    /** Nothing goes from one place to the other any more; the other way it does. */
    void cutOneWay(int from, int to) {
        ip(
                "-n",
                ROUTER,
                "rule",
                "add",
                "from",
                address(from),
                "to",
                address(to),
                "blackhole",
                "pref",
                "" + (100 + rules++));
    }

    /** Nothing goes between the two any more. */
    void cut(int one, int other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Of what goes to and from a place that share of all packets is lost. */
    void lose(int place, double share) {
        for (String way : List.of("-s", "-d")) {
            run(filter(
                    "-A",
                    "FORWARD",
                    way,
                    address(place),
                    "-m",
                    "statistic",
                    "--mode",
                    "random",
                    "--probability",
                    "" + share,
                    "-j",
                    "DROP"));
        }
    }

    /**
     * What goes to and from a place waits in a line of up to 300 ms for a link of 1 Mbit/s; what finds it full is lost.
     */
    void narrow(int place) {
        narrow(ROUTER, "p" + place, "add");
        narrow(name(place), "eth0", "add");
        narrowed.add(place);
    }

    private static void narrow(String where, String link, String how) {
        List<String> command = new ArrayList<>(List.of("tc", "-n", where, "qdisc", how, "dev", link, "root"));
        if (how.equals("add")) {
            command.addAll(List.of("tbf", "rate", "1mbit", "burst", "8kb", "latency", "300ms"));
        }
        run(command);
    }

    private static List<String> filter(String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", ROUTER, "iptables", "-w"));
        command.addAll(Arrays.asList(words));
        return command;
    }

    /** Every link is whole again. */
    void mend() {
        if (losesPackets) {
            run(filter("-F", "FORWARD"));
        }
        for (int place : narrowed) {
            narrow(ROUTER, "p" + place, "del");
            narrow(name(place), "eth0", "del");
        }
        narrowed.clear();
        for (; rules > 0; rules--) {
            ip("-n", ROUTER, "rule", "del", "pref", "" + (100 + rules - 1));
        }
    }

    @Override
    public void close() {
        if (real) {
            takeDown();
        }
        try {
            alone.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One machine has one such network at a time; the lock goes with the process that holds it. */
    private static FileChannel waitForOthers() {
        try {
            Path file = Path.of(System.getProperty("java.io.tmpdir"), PREFIX + ".lock");
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock held = channel.lock();
            if (!held.isValid()) {
                throw new IllegalStateException("no lock on " + file);
            }
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- up and down ----------------------------------------------------------------------------------------------

    private void build() {
        ip("netns", "add", ROUTER);
        run(List.of("ip", "netns", "exec", ROUTER, "sysctl", "-qw", "net.ipv4.ip_forward=1"));
        ip("-n", ROUTER, "link", "set", "lo", "up");
        ip("link", "add", UPLINK, "type", "veth", "peer", "name", "root0", "netns", ROUTER);
        ip("addr", "add", "10.77.0.1/30", "dev", UPLINK);
        ip("link", "set", UPLINK, "up");
        ip("-n", ROUTER, "addr", "add", "10.77.0.2/30", "dev", "root0");
        ip("-n", ROUTER, "link", "set", "root0", "up");
        ip("route", "add", "10.77.0.0/16", "via", "10.77.0.2");
        for (int place = 0; place < places; place++) {
            String link = "p" + place;
            ip("netns", "add", name(place));
            ip("-n", name(place), "link", "set", "lo", "up");
            ip("link", "add", link, "netns", ROUTER, "type", "veth", "peer", "name", "eth0", "netns", name(place));
            ip("-n", ROUTER, "addr", "add", "10.77." + (place + 1) + ".1/30", "dev", link);
            ip("-n", ROUTER, "link", "set", link, "up");
            ip("-n", name(place), "addr", "add", address(place) + "/30", "dev", "eth0");
            ip("-n", name(place), "link", "set", "eth0", "up");
            ip("-n", name(place), "route", "add", "default", "via", "10.77." + (place + 1) + ".1");
        }
        losesPackets = works("no packet is lost", () -> lose(0, 0.5));
        narrows = works("no link is slow", () -> narrow(0));
        mend();
    }

    /** Not every kernel has all of it, nor every machine its tools. */
    private static boolean works(String otherwise, Runnable harm) {
        try {
            harm.run();
            return true;
        } catch (IllegalStateException refused) {
            System.out.println(refused.getMessage() + ": " + otherwise + " in this run");
            return false;
        }
    }

    private static boolean possible() {
        try {
            ip("netns", "add", ROUTER);
            ip("netns", "del", ROUTER);
            return true;
        } catch (IllegalStateException refused) {
            System.out.println("No network namespaces here (" + refused.getMessage() + "): no link is cut in this run");
            return false;
        }
    }

    private static void takeDown() {
        String names;
        try {
            names = run(List.of("ip", "netns", "list"));
        } catch (IllegalStateException none) {
            return;
        }
        // It would go with the router's namespace, but when the kernel comes to it; the next network has one of that
        // name.
        if (run(List.of("ip", "-brief", "link")).lines().anyMatch(line -> line.startsWith(UPLINK + "@"))) {
            ip("link", "del", UPLINK);
        }
        names.lines()
                .map(line -> line.replaceFirst(" .*", ""))
                .filter(name -> name.startsWith(PREFIX))
                .forEach(name -> ip("netns", "del", name));
    }

    private static String name(int place) {
        return PREFIX + place;
    }

    private static void ip(String... words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(words));
        run(command);
    }

    /** Runs a command to its end and gives what it printed. */
    static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said.strip());
            }
            return said;
        } catch (IOException e) {
            throw new IllegalStateException(String.join(" ", command) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted", e));
        }
    }
}
