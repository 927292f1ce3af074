package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Many come at once to a document with a large snapshot, on a node whose heap would not hold a copy for each of them.
 */
class LargeJoinIT {
    private static final int SNAPSHOT = 10 << 20;
    private static final int JOINERS = 40;

    /** Of the node's heap: less than half of what all the copies would take. */
    private static final String HEAP = "-Xmx192m";

    /** What the node may hold more afterwards: the snapshot itself once, and what the JVM keeps for itself. */
    private static final long ROOM = 3L * SNAPSHOT;

    private static final long MINUTES = 4;

    private final String document = "large-" + UUID.randomUUID();

    @Test
    void aNodeServesALargeSnapshotToManyAtOnceWithinItsHeap() throws Exception {
        Vertx vertx = Vertx.vertx();
        List<String> java =
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), HEAP);
        try (Nodes nodes = Nodes.in(java, LargeJoinIT.class, Map.of("BATON_LIMITS_BYTES_PER_SECOND", "100MiB"))) {
            NodeProcess node = nodes.add(1, Map.of()).get(0);
            BatonClient writer = connect(vertx, node, "writer");
            Joined mine = Waiting.on(writer.join(document, Mode.EDIT));
            Outcome.Applied update = (Outcome.Applied)
                    Waiting.on(writer.update(document, mine.rights().epoch(), "u", "small"));
            String content = "é".repeat(SNAPSHOT / 2);
            assertThat(Waiting.on(writer.snapshot(document, mine.rights().epoch(), update.seq(), content)))
                    .isInstanceOf(Outcome.Applied.class);
            long before = node.liveHeap();

            long begun = System.nanoTime();
            List<Future<Boolean>> same = new ArrayList<>();
            for (int i = 0; i < JOINERS; i++) {
                BatonClient joiner = connect(vertx, node, "joiner-" + i);
                same.add(joiner.join(document, Mode.VIEW)
                        .map(joined ->
                                content.equals(joined.snapshot().orElseThrow().data()))
                        .onComplete(done -> joiner.abort()));
            }
            Future.join(same).await(MINUTES, TimeUnit.MINUTES);
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertThat(same).allMatch(Future::result);
            long more = node.liveHeap() - before;
            System.out.printf(
                    Locale.ROOT,
                    "%d joiners of a snapshot of %d MiB: %d ms, %d KiB of heap more afterwards%n",
                    JOINERS,
                    SNAPSHOT >> 20,
                    took,
                    more >> 10);
            assertThat(more).isLessThan(ROOM);
            assertThat(node.logged()).doesNotContain("OutOfMemoryError");
        } finally {
            Waiting.on(vertx.close());
        }
    }

    private static BatonClient connect(Vertx vertx, NodeProcess node, String name) {
        return Waiting.on(
                BatonClient.connect(vertx, ClientOptions.to(node.uri()).withUser(name, name)));
    }
}
