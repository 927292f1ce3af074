package dev.baton.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One node: the jar in a JVM of its own, seen from outside. Any thread. */
final class NodeProcess {
    private static final Pattern READY =
            Pattern.compile("baton ready node=(\\S+) http=(\\d+) management=(\\d+) cluster=(\\d+)");
    private static final Duration END = Duration.ofSeconds(40);
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    private final Process process;
    private final Path out;
    private final Path err;

    NodeProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    // ---- what it says ---------------------------------------------------------------------------------------------

    /** Whether it has said that it serves. */
    boolean isReady() {
        if (!process.isAlive()) {
            throw new AssertionError("a node ended with status " + process.exitValue() + ": " + text(err));
        }
        return READY.matcher(text(out)).find();
    }

    /** The node's name. */
    String id() {
        return ready().group(1);
    }

    /** The port of the socket. */
    int port() {
        return Integer.parseInt(ready().group(2));
    }

    /** The address of the socket. */
    String uri() {
        return "ws://127.0.0.1:" + port() + "/socket";
    }

    /** The port of health, metrics and the console. */
    int managementPort() {
        return Integer.parseInt(ready().group(3));
    }

    /** How many nodes there were when it was ready. */
    int clusterSize() {
        return Integer.parseInt(ready().group(4));
    }

    /** What it has logged so far. */
    String logged() {
        return text(err);
    }

    private Matcher ready() {
        Matcher ready = READY.matcher(text(out));
        if (!ready.find()) {
            throw new IllegalStateException("not ready; it logged: " + text(err));
        }
        return ready;
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    // ---- the management port --------------------------------------------------------------------------------------

    /** The status of a management page. */
    int health(String path) {
        return get(path).statusCode();
    }

    /** The text of a management page, whatever its status. */
    String page(String path) {
        return get(path).body();
    }

    /** All of the node's own metrics, {@code baton_…}, by name and tags. */
    Map<String, Long> gauges() {
        Map<String, Long> gauges = new TreeMap<>();
        metrics().lines().filter(line -> line.startsWith("baton_")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            gauges.put(line.substring(0, space), (long) Double.parseDouble(line.substring(space + 1)));
        });
        return gauges;
    }

    /** Bytes of live heap: what is used right after a full collection. */
    long liveHeap() {
        collect();
        return (long) metrics()
                .lines()
                .filter(line -> line.startsWith("jvm_memory_used_bytes") && line.contains("area=\"heap\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private String metrics() {
        return get("/metrics").body();
    }

    private void collect() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Signals.run(jcmd, Long.toString(pid()), "GC.run");
    }

    private HttpResponse<String> get(String path) {
        return send(path, request -> request);
    }

    /** Any request to the management port. */
    HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> more) {
        URI uri = URI.create("http://127.0.0.1:" + managementPort() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10));
        try {
            return HTTP.send(more.apply(request).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    // ---- its end --------------------------------------------------------------------------------------------------

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** As a power cut would: SIGKILL. Returns when the process is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP: it does nothing from now on, and its connections stay open. */
    void pause() {
        Signals.send("STOP", pid());
    }

    /** SIGCONT. */
    void goOn() {
        Signals.send("CONT", pid());
    }

    /** SIGTERM; returns the exit status when the process is gone. */
    int terminate() {
        tellToGo();
        return exitStatus();
    }

    /** SIGTERM. */
    void tellToGo() {
        Signals.send("TERM", pid());
    }

    /** Waits until the process is gone. */
    int exitStatus() {
        awaitEnd();
        return process.exitValue();
    }

    private void awaitEnd() {
        await().atMost(END).pollInterval(Duration.ofMillis(5)).until(() -> !process.isAlive());
    }
}
