package dev.baton.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Mode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crowd leaves behind when it is gone: nothing. */
class CleanUpIT {
    private static final int SOCKETS = 5_000;
    private static final int DOCUMENTS = 500;

    /** So many are on their way at a time; the others wait for one of them. */
    private static final int AT_ONCE = 100;

    /** What is there while a crowd is; the others only rise, or are there always. */
    private static final Set<String> COME_AND_GO = Set.of(
            "baton_sockets",
            "baton_sessions",
            "baton_beats",
            "baton_rooms",
            "baton_seats",
            "baton_room_queue",
            "baton_lock_timers",
            "baton_session_records",
            "baton_lock_records",
            "baton_roster_records",
            "baton_store_queue",
            "baton_store_queue_bytes");

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Code, pools and caches that the first crowd brought in; a leak of 5,000 sessions would be more. */
    private static final double HEAP_SLACK = 30e6;

    @TempDir
    Path folder;

    @Test
    void leavesNothingBehind() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (RealNodes nodes = new RealNodes(folder)) {
            RealNodes.Node node =
                    nodes.start(1, Map.of("BATON_SESSION_EXPIRY", "2s")).get(0);
            crowd(vertx, node); // the first brings in code and pools
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(counts(node))
                    .allSatisfy((name, count) -> assertThat(count).as(name).isZero()));
            double before = heap(node);

            crowd(vertx, node);

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(counts(node))
                    .allSatisfy((name, count) -> assertThat(count).as(name).isZero()));
            assertThat(heap(node) - before).as("bytes of heap").isLessThan(HEAP_SLACK);
        } finally {
            vertx.close().await();
        }
    }

    private static void crowd(Vertx vertx, RealNodes.Node node) throws Exception {
        List<BatonClient> clients = new ArrayList<>();
        for (int first = 0; first < SOCKETS; first += AT_ONCE) {
            List<Future<BatonClient>> coming = new ArrayList<>();
            for (int i = first; i < first + AT_ONCE; i++) {
                String document = "crowd-" + i % DOCUMENTS;
                ClientOptions options = ClientOptions.to("ws://127.0.0.1:" + node.port() + "/socket")
                        .withUser("u" + i, "User " + i);
                coming.add(BatonClient.connect(vertx, options)
                        .compose(client -> client.join(document, Mode.EDIT).map(client)));
            }
            Future.all(coming).await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            coming.forEach(client -> clients.add(client.result()));
        }
        Map<String, Double> counts = counts(node);
        assertThat(counts).containsEntry("baton_sockets", (double) SOCKETS);
        assertThat(counts).containsEntry("baton_session_records", (double) SOCKETS);
        assertThat(counts).containsEntry("baton_lock_records", (double) DOCUMENTS);
        List<Future<Void>> going = clients.stream().map(BatonClient::close).toList();
        Future.join(going).await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static Map<String, Double> counts(RealNodes.Node node) throws IOException, InterruptedException {
        Map<String, Double> counts = new TreeMap<>();
        metrics(node).forEach((name, value) -> {
            if (COME_AND_GO.contains(name)) {
                counts.put(name, value);
            }
        });
        assertThat(counts).as("all of them are shown").hasSameSizeAs(COME_AND_GO);
        return counts;
    }

    private static double heap(RealNodes.Node node) throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        for (int i = 0; i < 2; i++) {
            new ProcessBuilder(jcmd, Long.toString(node.process().pid()), "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
        return metrics(node).entrySet().stream()
                .filter(metric -> metric.getKey().startsWith("jvm_memory_used_bytes{area=\"heap\""))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static Map<String, Double> metrics(RealNodes.Node node) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.management() + "/metrics"))
                .build();
        String text = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        Map<String, Double> metrics = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            metrics.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
        });
        return metrics;
    }
}
