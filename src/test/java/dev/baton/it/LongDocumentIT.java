package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A document that was written to for very long: who comes new gets its last snapshot and what lies behind, and the node
 * holds no more of it in memory than of a short one. {@code -Dbaton.it.entries=100000} is the long run; how fast it
 * opens is printed.
 */
class LongDocumentIT {
    private static final int ENTRIES = Integer.getInteger("baton.it.entries", 10_000);

    /** As many updates under way at once as are due before a snapshot is asked for. */
    private static final int BATCH = 500;

    /**
     * What a node may hold of any one document: a page of entries, the last snapshot, and what the JVM keeps for
     * itself.
     */
    private static final long ROOM = 8L << 20;

    private static final Map<String, String> FAST =
            Map.of("BATON_LIMITS_MESSAGES_PER_SECOND", "1000000", "BATON_LIMITS_BYTES_PER_SECOND", "1000MiB");

    private final String document = "long-" + UUID.randomUUID();

    @Test
    void aLongDocumentOpensFromItsLastSnapshotAndMemoryDoesNotGrowWithIt() {
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(LongDocumentIT.class, 2, FAST)) {
            NodeProcess node = nodes.get(0);
            Person ann = Person.on(vertx, node, "ann");
            long epoch = ann.take(document);
            write(ann, epoch, 0, ENTRIES / 10);
            long brief = node.liveHeap();
            write(ann, epoch, ENTRIES / 10, ENTRIES);
            long lengthy = node.liveHeap();

            for (NodeProcess there : List.of(node, nodes.get(1))) {
                long[] nanos = new long[20];
                for (int i = 0; i < nanos.length; i++) {
                    Person bob = Person.on(vertx, there, "bob-" + i);
                    long start = System.nanoTime();
                    Joined joined = bob.view(document);
                    nanos[i] = System.nanoTime() - start;
                    check(joined);
                    bob.client().abort();
                }
                print(there == node ? "on the writer's node" : "on another node", nanos);
            }
            assertThat(lengthy - brief)
                    .as("bytes of heap more for ten times the entries")
                    .isLessThan(ROOM);
            ann.client().abort();
        } finally {
            Waiting.on(vertx.close());
        }
    }

    /** Updates from one number to another, with the snapshots that are asked for on the way. */
    private void write(Person ann, long epoch, int from, int to) {
        for (int next = from; next < to; next += BATCH) {
            List<Future<Outcome>> answers = new ArrayList<>();
            for (int i = next; i < Math.min(to, next + BATCH); i++) {
                answers.add(ann.client().update(document, epoch, "u-" + i, new JsonObject().put("number", i)));
            }
            Waiting.on(Future.all(answers));
            Outcome.Applied last =
                    (Outcome.Applied) answers.get(answers.size() - 1).result();
            int done = next;
            await().atMost(SOON).until(() -> ann.heard().all(NodeEvent.SnapshotWanted.class).stream()
                    .anyMatch(asked -> asked.seq() > done));
            Outcome kept = Waiting.on(ann.client()
                    .snapshot(document, epoch, last.seq(), new JsonObject().put("numbers", next + answers.size())));
            assertThat(kept).isInstanceOf(Outcome.Applied.class);
        }
    }

    /** One entry more than updates: the grant of the pen. */
    private static void check(Joined joined) {
        assertThat(joined.snapshot()).isPresent();
        long snapshot = joined.snapshot().orElseThrow().seq();
        assertThat(joined.seq()).isEqualTo(ENTRIES + 1L);
        assertThat(joined.seq() - snapshot).isBetween(0L, 2L * BATCH);
        assertThat(joined.entries().stream().map(Entry::seq).toList())
                .hasSize((int) (joined.seq() - snapshot))
                .isSorted();
    }

    private static void print(String where, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "a document of %d entries opens %s: p50 %.1f ms, worst %.1f ms of %d%n",
                ENTRIES,
                where,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length - 1] / 1e6,
                nanos.length);
    }
}
