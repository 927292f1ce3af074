package dev.baton.it;

import static org.awaitility.Awaitility.await;

import dev.baton.FreePorts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real Prometheus that reads nodes' metrics every second, and is asked about them. One thread. */
final class Prometheus implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/prometheus");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** One line of a chart: what sets it apart from the others of the same query, and its points. */
    record Series(Map<String, String> labels, List<Point> points) {}

    /** A value at a time, in seconds since 1970. */
    record Point(double at, double value) {}

    private final Process process;
    private final Path folder;
    private final int port;
    private final Map<String, Integer> targets = new TreeMap<>();

    private Prometheus(Process process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    /** Whether this machine has one. */
    static boolean installed() {
        return Files.isExecutable(PROGRAM);
    }

    /** Starts it, on a port of its own; it reads nobody yet. */
    static Prometheus start() throws IOException {
        Path folder = Files.createTempDirectory("baton-prometheus-");
        int port = FreePorts.inARow(1);
        Files.writeString(
                folder.resolve("prometheus.yml"),
                """
                global: {scrape_interval: 1s, scrape_timeout: 1s}
                scrape_configs:
                - job_name: baton
                  file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
                """);
        Process process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "--config.file=prometheus.yml",
                        "--storage.tsdb.path=data",
                        "--web.listen-address=127.0.0.1:" + port)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Prometheus started = new Prometheus(process, folder, port);
        await().atMost(Duration.ofSeconds(30)).until(started::answers);
        return started;
    }

    private boolean answers() {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** From now on that node is what it reads under that name; whatever was under it before is read no longer. */
    void watch(String name, NodeProcess node) throws IOException {
        targets.put(name, node.managementPort());
        JsonArray all = new JsonArray();
        targets.forEach((instance, management) -> all.add(new JsonObject()
                .put("targets", new JsonArray().add("127.0.0.1:" + management))
                .put("labels", new JsonObject().put("instance", instance))));
        Path fresh = Files.writeString(folder.resolve("targets.new"), all.encode());
        Files.move(fresh, folder.resolve("targets.json"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** What a query gives, from then until then; throws what is wrong with it. */
    List<Series> ask(String query, Instant from, Instant to, Duration step) throws IOException {
        HttpResponse<String> answer = get("/api/v1/query_range?query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8) + "&start=" + from.getEpochSecond() + "&end="
                + to.getEpochSecond() + "&step=" + step.toSeconds());
        JsonObject said = new JsonObject(answer.body());
        if (!"success".equals(said.getString("status"))) {
            throw new IllegalArgumentException(query + ": " + said.getString("error"));
        }
        List<Series> found = new ArrayList<>();
        for (Object one : said.getJsonObject("data").getJsonArray("result")) {
            found.add(series((JsonObject) one));
        }
        return found;
    }

    private static Series series(JsonObject one) {
        Map<String, String> labels = new TreeMap<>();
        one.getJsonObject("metric").forEach(label -> labels.put(label.getKey(), (String) label.getValue()));
        List<Point> points = new ArrayList<>();
        for (Object value : one.getJsonArray("values")) {
            JsonArray pair = (JsonArray) value;
            points.add(new Point(pair.getDouble(0), Double.parseDouble(pair.getString(1))));
        }
        return new Series(labels, points);
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            URI uri = URI.create("http://127.0.0.1:" + port + path);
            return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
