package dev.baton.node;

import static org.awaitility.Awaitility.await;

import dev.baton.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A cluster of nodes, each the jar in a JVM of its own, with one folder and so one SQLite file. Ends with {@link #close}. */
final class RealNodes implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Pattern READY =
            Pattern.compile("baton ready node=(\\S+) http=(\\d+) management=(\\d+) cluster=(\\d+)");

    /**
     * One node.
     *
     * @param process its JVM
     * @param out what it prints
     * @param err what it logs
     */
    record Node(Process process, Path out, Path err) {

        /** The port of the socket. */
        int port() {
            return Integer.parseInt(ready().group(2));
        }

        /** The port of health and metrics. */
        int management() {
            return Integer.parseInt(ready().group(3));
        }

        private Matcher ready() {
            Matcher ready = READY.matcher(text(out));
            if (!ready.find()) {
                throw new IllegalStateException("not ready; it logged: " + text(err));
            }
            return ready;
        }

        boolean isReady() {
            if (!process.isAlive()) {
                throw new IllegalStateException("a node ended: " + text(err));
            }
            return READY.matcher(text(out)).find();
        }

        private static String text(Path file) {
            try {
                return Files.exists(file) ? Files.readString(file) : "";
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Ends it as a power cut would. */
        void kill() {
            process.destroyForcibly();
        }

        /** Stops it, or lets it go on: {@code STOP}, {@code CONT}, {@code TERM}. */
        void signal(String name) {
            RealNodes.signal(process.pid(), name);
        }
    }

    private final Path folder;
    private final String cluster = "it-" + UUID.randomUUID();
    private final int clusterPort = FreePorts.inARow(20);
    private final List<Node> nodes = new ArrayList<>();

    RealNodes(Path folder) {
        this.folder = folder;
    }

    /** Starts so many nodes at once, and waits until they serve. */
    List<Node> start(int count, Map<String, String> settings) {
        List<Node> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(launch(settings));
        }
        await().atMost(START).pollInterval(Duration.ofMillis(50)).until(() -> started.stream()
                .allMatch(Node::isReady));
        return started;
    }

    private Node launch(Map<String, String> settings) {
        Path out = folder.resolve("node-" + nodes.size() + ".out");
        Path err = folder.resolve("node-" + nodes.size() + ".err");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-jar",
                        Path.of(System.getProperty("baton.jar"))
                                .toAbsolutePath()
                                .toString())
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("BATON_"));
        builder.environment()
                .putAll(Map.of(
                        "BATON_HTTP_PORT",
                        "0",
                        "BATON_CLUSTER_NAME",
                        cluster,
                        "BATON_CLUSTER_PORT",
                        Integer.toString(clusterPort)));
        builder.environment().putAll(settings);
        try {
            Node node = new Node(builder.start(), out, err);
            nodes.add(node);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void signal(long pid, String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("no process " + pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        nodes.forEach(Node::kill);
        nodes.forEach(node -> await().atMost(START).until(() -> !node.process().isAlive()));
    }
}
