package dev.baton.it;

import static org.awaitility.Awaitility.await;

import dev.baton.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.sqlite.SQLiteErrorCode;

/**
 * A cluster of nodes that run from the jar, each in a JVM of its own, in one temporary folder and so with one SQLite
 * file; its name and ports are no other cluster's. Their logs stay in {@code target/it-logs}. Ends with {@link #close},
 * or with this JVM.
 */
final class Nodes implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2);

    private final List<String> java;
    private final String name;
    private final Path folder;
    private final Path temporary;
    private final Path logs;
    private final String cluster = "it-" + UUID.randomUUID();
    private final int clusterPort = FreePorts.inARow(20);
    private final Map<String, String> settings;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final Thread undertaker = new Thread(this::killAll);

    private Nodes(List<String> java, String name, Map<String, String> settings) {
        this.java = List.copyOf(java);
        this.name = name;
        this.settings = Map.copyOf(settings);
        try {
            this.folder = Files.createTempDirectory("baton-it-");
            this.temporary = Files.createDirectory(folder.resolve("tmp"));
            this.logs = Files.createDirectories(NodeJvm.JAR.resolveSibling("it-logs"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Runtime.getRuntime().addShutdownHook(undertaker);
    }

    /**
     * Starts a cluster and waits until all its nodes serve and know each other.
     *
     * @param user whose logs these are
     * @param settings of every node, as in the environment: {@code BATON_…}
     */
    static Nodes start(Class<?> user, int count, Map<String, String> settings) {
        Nodes started = none(user, settings);
        try {
            // The first is there when the others look for it: nodes that start in the same moment may begin as two
            // clusters, which find each other some seconds later.
            started.add(1, Map.of());
            if (count > 1) {
                started.add(count - 1, Map.of());
            }
            return started;
        } catch (RuntimeException | Error failed) {
            started.close();
            throw failed;
        }
    }

    /** A cluster without any node so far. */
    static Nodes none(Class<?> user, Map<String, String> settings) {
        return in(NodeJvm.command(), user, settings);
    }

    /** One whose nodes run in that JVM; the same without any node so far. */
    static Nodes in(List<String> java, Class<?> user, Map<String, String> settings) {
        return new Nodes(java, user.getSimpleName(), settings);
    }

    /** Starts so many more at once, with some settings of their own, and waits until they serve. */
    List<NodeProcess> add(int count, Map<String, String> more) {
        List<NodeProcess> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            added.add(launch(more));
        }
        await().atMost(START).pollInterval(Duration.ofMillis(20)).until(() -> added.stream()
                .allMatch(NodeProcess::isReady));
        long alive = nodes.stream().filter(NodeProcess::isAlive).count();
        if (added.stream().noneMatch(node -> node.clusterSize() >= alive)) {
            throw new AssertionError("the nodes did not find each other: "
                    + added.stream().map(NodeProcess::clusterSize).toList());
        }
        return added;
    }

    /** Starts one more, which is no part of the cluster yet when this returns. */
    NodeProcess begin() {
        return begin(Map.of());
    }

    /** The same, with some settings of its own. */
    NodeProcess begin(Map<String, String> more) {
        return launch(more);
    }

    /**
     * Stops a node with SIGSTOP: between two of its writes, as whoever stops within one keeps the file locked, and then
     * no other node can write. A file is no store for machines that fail apart; here it is one for lack of another.
     *
     * @return when that was, as {@link System#nanoTime()} counts, or a moment before
     */
    long pause(NodeProcess node) {
        AtomicLong paused = new AtomicLong();
        await().atMost(START).pollInterval(Duration.ofMillis(50)).until(() -> {
            paused.set(System.nanoTime());
            node.pause();
            boolean between = canBeWritten();
            if (!between) {
                node.goOn();
            }
            return between;
        });
        return paused.get();
    }

    private boolean canBeWritten() {
        try (Connection store = DriverManager.getConnection(storeUrl());
                Statement statement = store.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 500");
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("ROLLBACK");
            return true;
        } catch (SQLException failed) {
            if (failed.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code) {
                return false;
            }
            throw new AssertionError(failed);
        }
    }

    /** The nodes in the order in which they were started, the dead among them. */
    NodeProcess get(int index) {
        return nodes.get(index);
    }

    /** The first port that the members of this cluster may be on. */
    int clusterPort() {
        return clusterPort;
    }

    /** The cluster's name. */
    String cluster() {
        return cluster;
    }

    /** Where the nodes' SQLite file is, for somebody else who opens it too. */
    String storeUrl() {
        return "jdbc:sqlite:" + folder.resolve("data/baton.db");
    }

    /** What the nodes have in their temporary folder. */
    List<Path> temporaryFiles() {
        try (var files = Files.list(temporary)) {
            return files.toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private NodeProcess launch(Map<String, String> more) {
        String label = name + "-" + nodes.size();
        Path out = logs.resolve(label + ".out");
        Path err = logs.resolve(label + ".err");
        List<String> command = new ArrayList<>(java);
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(List.of("-jar", NodeJvm.JAR.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> environment = new HashMap<>(settings);
        environment.putAll(more);
        environment.putIfAbsent("BATON_HTTP_PORT", "0");
        environment.put("BATON_CLUSTER_NAME", cluster);
        environment.put("BATON_CLUSTER_PORT", Integer.toString(clusterPort));
        builder.environment().keySet().removeIf(key -> key.startsWith("BATON_"));
        builder.environment().putAll(environment);
        try {
            NodeProcess node = new NodeProcess(builder.start(), out, err);
            nodes.add(node);
            return node;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void killAll() {
        nodes.forEach(NodeProcess::kill);
    }

    @Override
    public void close() {
        killAll();
        Runtime.getRuntime().removeShutdownHook(undertaker);
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
