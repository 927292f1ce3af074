package dev.baton.faults;

import static org.awaitility.Awaitility.await;

import dev.baton.FreePorts;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Nodes to torment, each in a place of its own, and their store in one more. Everything of it ends with {@link #close},
 * with this JVM, or when the next one is made.
 */
final class Cluster implements AutoCloseable {
    private static final String TOKEN = "only-within-a-fault-run";
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(2))
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    private final Net net;
    private final int size;
    private final String name = "faults-" + UUID.randomUUID();
    private final Path folder;
    private final Path logs;
    private final Map<String, String> settings;
    private final List<List<String>> programs;
    private final Process[] nodes;
    private final Path[] said;
    private final int[] ports;
    private final int clusterPort;
    private final Map<Integer, Map<String, String>> own = new HashMap<>();
    private Optional<Stores> store = Optional.empty();
    private final Thread undertaker = new Thread(this::killAll);
    private int starts;

    private Cluster(int size, Map<String, String> settings, List<String> program) throws IOException {
        this.size = size;
        this.net = Net.of(size + 2);
        this.settings = settings;
        this.programs = new ArrayList<>(Collections.nCopies(size, program));
        this.folder = Files.createTempDirectory("baton-faults-");
        // One folder each: several clusters of one run name their nodes alike.
        this.logs = Files.createDirectories(jar().resolveSibling("faults-logs").resolve(folder.getFileName()));
        this.nodes = new Process[size];
        this.said = new Path[size];
        this.ports = new int[size];
        this.clusterPort = net.real() ? 5701 : FreePorts.inARow(20);
        Runtime.getRuntime().addShutdownHook(undertaker);
        for (int node = 0; node < size; node++) {
            ports[node] = net.real() ? 8080 : FreePorts.inARow(2);
        }
        try {
            if (!settings.containsKey("BATON_STORE_URL")) {
                this.store = Optional.of(new Stores(net, size, folder, logs));
            }
        } catch (RuntimeException | Error failed) {
            net.close();
            throw failed;
        }
    }

    /**
     * Starts so many nodes and waits until they serve.
     *
     * @param settings of each node, {@code BATON_…}
     */
    static Cluster start(int size, Map<String, String> settings) {
        return start(size, settings, List.of("-jar", jar().toString()));
    }

    /** The same with another program than the jar: the JVM's arguments. */
    static Cluster start(int size, Map<String, String> settings, List<String> program) {
        try {
            Cluster cluster = new Cluster(size, settings, program);
            try {
                cluster.start(0);
                cluster.awaitReady(0);
                for (int node = 1; node < size; node++) {
                    cluster.start(node);
                }
                for (int node = 1; node < size; node++) {
                    cluster.awaitReady(node);
                }
                return cluster;
            } catch (RuntimeException | Error failed) {
                cluster.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Nodes that are not started yet. */
    static Cluster of(int size, Map<String, String> settings) {
        try {
            return new Cluster(size, settings, List.of("-jar", jar().toString()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** From its next start on a node has a setting of its own. */
    void set(int node, String key, String value) {
        own.computeIfAbsent(node, none -> new HashMap<>()).put(key, value);
    }

    Net net() {
        return net;
    }

    int size() {
        return size;
    }

    /** The store that was started with the nodes. */
    Stores stores() {
        return store.orElseThrow();
    }

    /** The address of a node's socket. */
    String uri(int node) {
        return "ws://" + net.address(node) + ":" + ports[node] + "/socket";
    }

    // ---- nodes ----------------------------------------------------------------------------------------------------

    /** Starts a node that is not running; does not wait. */
    void start(int node) {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("BATON_HTTP_HOST", net.address(node));
        environment.put("BATON_HTTP_PORT", Integer.toString(ports[node]));
        environment.put("BATON_MANAGEMENT_HOST", net.address(node));
        environment.put("BATON_MANAGEMENT_TOKEN", TOKEN);
        environment.put("BATON_AUTH_MODE", "none");
        environment.put("BATON_CLUSTER_NAME", name);
        environment.put("BATON_CLUSTER_HOST", net.address(node));
        environment.put("BATON_CLUSTER_PORT", Integer.toString(clusterPort));
        environment.put("BATON_CLUSTER_MEMBERS", members());
        store.ifPresent(pair -> {
            environment.put("BATON_STORE_URL", pair.url());
            environment.put("BATON_STORE_USER", "postgres");
        });
        String label = "node" + node + "-" + starts++;
        said[node] = logs.resolve(label + ".err");
        List<String> jvm = new ArrayList<>(List.of(java(), "-Xmx512m"));
        jvm.addAll(programs.get(node));
        ProcessBuilder builder = new ProcessBuilder(with(net.in(node), jvm))
                .directory(folder.toFile())
                .redirectOutput(logs.resolve(label + ".out").toFile())
                .redirectError(said[node].toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("BATON_"));
        builder.environment().putAll(environment);
        builder.environment().putAll(settings);
        builder.environment().putAll(own.getOrDefault(node, Map.of()));
        try {
            nodes[node] = builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** From its next start on a node is of that jar. */
    void use(int node, Path jar) {
        programs.set(node, List.of("-jar", jar.toString()));
    }

    private String members() {
        if (!net.real()) {
            return "127.0.0.1";
        }
        List<String> addresses = new ArrayList<>();
        for (int node = 0; node < size; node++) {
            addresses.add(net.address(node));
        }
        return String.join(",", addresses);
    }

    /** Waits until a node would take clients, as its own health page says. */
    void awaitReady(int node) {
        await("node " + node + " is ready")
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> status(node) == 200);
    }

    /** Waits until all that run are ready and see one another. */
    void awaitWhole() {
        for (int node = 0; node < size; node++) {
            awaitReady(node);
        }
    }

    /** The status of a node's readiness; 0 when it does not answer. */
    int status(int node) {
        return get(node, "/health/ready").map(HttpResponse::statusCode).orElse(0);
    }

    /** What a node has logged since it was started last. */
    String logged(int node) {
        try {
            return Files.readString(said[node]);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What a node says of its readiness; empty when it does not answer. */
    String readiness(int node) {
        return get(node, "/health/ready").map(HttpResponse::body).orElse("");
    }

    /** A node's own gauges. */
    Map<String, Long> gauges(int node) {
        Map<String, Long> gauges = new HashMap<>();
        get(node, "/metrics")
                .map(HttpResponse::body)
                .orElse("")
                .lines()
                .filter(line -> line.startsWith("baton_") && !line.contains("{"))
                .map(line -> line.split(" ", 2))
                .forEach(parts -> gauges.put(parts[0], (long) Double.parseDouble(parts[1])));
        return gauges;
    }

    /**
     * Has a moderator act through a node: {@code action} is {@code handover} or {@code remove}. Gives the status; 0
     * when nobody answered.
     */
    int moderate(int node, String action, String document, String session) {
        String body = new JsonObject()
                .put("document", document)
                .put("session", session)
                .encode();
        return send(HttpRequest.newBuilder(management(node, "/api/documents/" + action))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .map(HttpResponse::statusCode)
                .orElse(0);
    }

    private URI management(int node, String path) {
        return URI.create("http://" + net.address(node) + ":" + (ports[node] + 1) + path);
    }

    private Optional<HttpResponse<String>> get(int node, String path) {
        return send(HttpRequest.newBuilder(management(node, path)));
    }

    private static Optional<HttpResponse<String>> send(HttpRequest.Builder request) {
        try {
            return Optional.of(HTTP.send(
                    request.header("Authorization", "Bearer " + TOKEN)
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString()));
        } catch (IOException silent) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    void kill(int node) {
        nodes[node].destroyForcibly().onExit().join();
    }

    /** SIGTERM; waits for the end and gives the status. */
    int stop(int node) {
        signal("TERM", nodes[node].pid());
        return nodes[node].onExit().join().exitValue();
    }

    void pause(int node) {
        signal("STOP", nodes[node].pid());
    }

    void goOn(int node) {
        signal("CONT", nodes[node].pid());
    }

    /** Kilobytes resident, as the kernel counts them. */
    long resident(int node) {
        return Long.parseLong(Net.run(List.of("ps", "-o", "rss=", "-p", Long.toString(nodes[node].pid())))
                .strip());
    }

    /** Where the nodes' logs are. */
    Path logs() {
        return logs;
    }

    /** Writes what the threads of each node do into the logs, for whoever looks for what held something up. */
    void dumpThreads() {
        for (Process node : nodes) {
            signal("QUIT", node.pid());
        }
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    private static void signal(String signal, long pid) {
        try {
            Net.run(List.of("kill", "-" + signal, Long.toString(pid)));
        } catch (IllegalStateException gone) {
            // a process that has ended in the meantime needs no signal
        }
    }

    private void killAll() {
        for (Process node : nodes) {
            if (node != null) {
                node.destroyForcibly();
            }
        }
        store.ifPresent(Stores::close);
    }

    @Override
    public void close() {
        killAll();
        Runtime.getRuntime().removeShutdownHook(undertaker);
        for (Process node : nodes) {
            if (node != null) {
                node.onExit().join();
            }
        }
        net.close();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException failed) {
            System.err.println(folder + " was not deleted: " + failed.getMessage());
        }
    }

    static List<String> with(List<String> before, List<String> command) {
        List<String> all = new ArrayList<>(before);
        all.addAll(command);
        return all;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static Path jar() {
        return Path.of(System.getProperty("baton.jar", "target/baton.jar")).toAbsolutePath();
    }
}
