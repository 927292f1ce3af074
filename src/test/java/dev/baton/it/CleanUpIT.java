package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Mode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

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

    /** How long a crowd may take to come, and to go. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Code, pools and caches that the first crowd brought in; a leak of 5,000 sessions would be more. */
    private static final long HEAP_SLACK = 30_000_000;

    @Test
    void leavesNothingBehind() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(CleanUpIT.class, 1, Map.of("BATON_SESSION_EXPIRY", "2s"))) {
            NodeProcess node = nodes.get(0);
            crowd(vertx, node); // the first brings in code and pools
            awaitNothing(node);
            long before = node.liveHeap();

            crowd(vertx, node);

            awaitNothing(node);
            assertThat(node.liveHeap() - before).as("bytes of heap").isLessThan(HEAP_SLACK);
        } finally {
            vertx.close().await();
        }
    }

    private static void awaitNothing(NodeProcess node) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(counts(node))
                .allSatisfy((name, count) -> assertThat(count).as(name).isZero()));
    }

    private static void crowd(Vertx vertx, NodeProcess node) throws Exception {
        List<BatonClient> clients = new ArrayList<>();
        for (int first = 0; first < SOCKETS; first += AT_ONCE) {
            List<Future<BatonClient>> coming = new ArrayList<>();
            for (int i = first; i < first + AT_ONCE; i++) {
                String document = "crowd-" + i % DOCUMENTS;
                ClientOptions options = ClientOptions.to(node.uri()).withUser("u" + i, "User " + i);
                coming.add(BatonClient.connect(vertx, options)
                        .compose(client -> client.join(document, Mode.EDIT).map(client)));
            }
            Future.all(coming).await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            coming.forEach(client -> clients.add(client.result()));
        }
        Map<String, Long> counts = counts(node);
        assertThat(counts).containsEntry("baton_sockets", (long) SOCKETS);
        assertThat(counts).containsEntry("baton_session_records", (long) SOCKETS);
        assertThat(counts).containsEntry("baton_lock_records", (long) DOCUMENTS);
        List<Future<Void>> going = clients.stream().map(BatonClient::close).toList();
        Future.join(going).await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static Map<String, Long> counts(NodeProcess node) {
        Map<String, Long> counts = node.gauges();
        counts.keySet().retainAll(COME_AND_GO);
        assertThat(counts).as("all of them are shown").hasSameSizeAs(COME_AND_GO);
        return counts;
    }
}
