package dev.baton.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power goes while nodes write to an SQLite file. Their writes and syncs are recorded, and for many moments the
 * files are put together as a disk may have them then: what was synced is there, of the rest nothing, all, or some.
 * Each of those stores must be sound, and hold once what was acknowledged before.
 * {@code -Dpowercut.moments=… -Dpowercut.updates=…} for a longer run, which is part of the profile {@code faults}.
 */
class PowerCutIT {
    private static final int MOMENTS = Integer.getInteger("baton.powercut.moments", 60);
    private static final int ACKNOWLEDGED = Integer.getInteger("baton.powercut.updates", 500);
    private static final int DOCUMENTS = 2;

    @TempDir
    private Path folder;

    private Path store;

    /** What came of the cuts. */
    private record Outcome(int cuts, int corrupt, int lost, int acknowledged, int syncs, Optional<String> first) {}

    @BeforeEach
    void makeFolder() throws IOException {
        store = Files.createDirectories(folder.resolve("store"));
    }

    @Test
    void a_power_cut_costs_one_node_nothing_that_was_acknowledged() throws Exception {
        assertThat(outcome(record(List.of("one"), ""))).satisfies(PowerCutIT::nothingIsLost);
    }

    @Test
    void a_power_cut_costs_two_nodes_nothing_that_was_acknowledged() throws Exception {
        assertThat(outcome(record(List.of("one", "two"), ""))).satisfies(PowerCutIT::nothingIsLost);
    }

    @Test
    void a_connection_that_does_not_sync_is_found_to_tear_the_file() throws Exception {
        assertThat(outcome(record(List.of("one"), "careless")).corrupt()).isPositive();
    }

    private static void nothingIsLost(Outcome outcome) {
        assertThat(outcome.first()).as("%s", outcome).isEmpty();
        assertThat(outcome.corrupt() + outcome.lost()).isZero();
    }

    private List<Trace.Step> record(List<String> nodes, String care) throws Exception {
        Path strace = Tool.STRACE.require();
        Path written = folder.resolve("trace");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // The shell is not replaced: it waits for all of them.
        String script = IntStream.range(0, nodes.size())
                .mapToObj(i -> "\"$@\" " + nodes.get(i) + " " + DOCUMENTS + " " + ACKNOWLEDGED / nodes.size() + " "
                        + care + " > " + folder.resolve("printed" + i) + " &")
                .collect(Collectors.joining("\n", "", "\nwait"));
        List<String> command = new ArrayList<>(List.of(strace.toString(), "-o", written.toString()));
        command.addAll(Trace.OPTIONS);
        command.addAll(List.of("sh", "-c", script, "sh", java, "-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), AppendingNode.class.getName()));
        command.add("jdbc:sqlite:" + store.resolve("baton.db"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Trace.read(written, store);
    }

    private Outcome outcome(List<Trace.Step> steps) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int served = IntStream.range(0, steps.size())
                .filter(i -> isAcknowledgement(steps.get(i)))
                .findFirst()
                .orElseThrow();
        Set<Integer> moments = new TreeSet<>();
        while (moments.size() < MOMENTS) {
            moments.add(served + random.nextInt(steps.size() - served));
        }
        Disk disk = new Disk();
        List<String> acknowledged = new ArrayList<>();
        List<String> found = new ArrayList<>();
        int corrupt = 0;
        int cuts = 0;
        for (int i = 0; i < steps.size(); i++) {
            disk.take(steps.get(i));
            if (isAcknowledgement(steps.get(i))) {
                acknowledged.add(((Trace.Printed) steps.get(i)).line().substring("ack ".length()));
            }
            if (!moments.contains(i)) {
                continue;
            }
            Disk.Cut[] kinds = Disk.Cut.values();
            Disk.Cut cut = kinds[cuts++ % kinds.length];
            Path left = Files.createDirectories(folder.resolve("left" + cuts));
            disk.cut(left, random, cut);
            String where = "seed " + seed + ", step " + i + " of " + steps.size() + ", " + cut + ": ";
            try {
                lost(left.resolve("baton.db"), acknowledged).ifPresent(what -> found.add(where + what));
            } catch (SQLException e) {
                corrupt++;
                found.add(where + e.getMessage());
            }
            clear(left);
        }
        Outcome outcome = new Outcome(
                cuts,
                corrupt,
                found.size() - corrupt,
                acknowledged.size(),
                disk.syncs(),
                found.stream().findFirst());
        System.out.println("power cuts: " + outcome);
        return outcome;
    }

    private static boolean isAcknowledgement(Trace.Step step) {
        return step instanceof Trace.Printed printed && printed.line().startsWith("ack ");
    }

    /**
     * Opens what is left, as the next node would; tells what is not as it was acknowledged. Fails where the file is
     * torn.
     */
    private static Optional<String> lost(Path file, List<String> acknowledged) throws SQLException {
        Map<String, String> stored = new HashMap<>();
        Map<String, Long> heads = new HashMap<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file + "?synchronous=OFF");
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
                if (!rows.next() || !rows.getString(1).equals("ok")) {
                    throw new SQLException("integrity_check: " + rows.getString(1));
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT d.name, e.seq, e.epoch, e.session, e.operation, d.head"
                    + " FROM baton_entry e JOIN baton_document d ON d.num = e.document ORDER BY e.document, e.seq")) {
                while (rows.next()) {
                    String document = rows.getString(1);
                    if (heads.merge(document, 1L, Long::sum) != rows.getLong(2)) {
                        return Optional.of("a gap in " + document + " before " + rows.getLong(2));
                    }
                    if (rows.getString(5) != null) {
                        String key =
                                document + " " + rows.getLong(3) + " " + rows.getString(4) + " " + rows.getString(5);
                        if (stored.put(key, rows.getString(2)) != null) {
                            return Optional.of("twice in the log: " + key);
                        }
                    }
                }
            }
        }
        Set<String> there = new HashSet<>();
        stored.forEach((key, seq) -> there.add(key + " " + seq));
        return acknowledged.stream()
                .filter(line -> !there.contains(line))
                .findFirst()
                .map(line -> "acknowledged and not there: " + line);
    }

    private static void clear(Path left) throws IOException {
        try (var files = Files.list(left)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(left);
    }
}
