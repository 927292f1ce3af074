package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Entry;
import dev.baton.client.EventLog;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A client behind a slow link is not let go for what it asked for, however much it asks for at once, nor taken for
 * silent.
 */
class SlowLinkIT {
    private static final int DOCUMENTS = 5;
    private static final int ENTRIES = 40;
    private static final long BYTES_PER_SECOND = 2L << 20;

    private static Nodes nodes;
    private static NodeProcess node;
    private static Vertx vertx;

    private final String run = "slow/" + UUID.randomUUID() + "/";
    private final EventLog heard = new EventLog();

    @BeforeAll
    static void startNode() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(
                SlowLinkIT.class,
                1,
                Map.of(
                        "BATON_LIMITS_UNREAD", "128KiB",
                        "BATON_LIMITS_BYTES_PER_SECOND", "100MiB",
                        "BATON_HEARTBEAT_EDITOR_INTERVAL", "500ms",
                        "BATON_HEARTBEAT_EDITOR_TIMEOUT", "3s"));
        node = nodes.get(0);
    }

    @AfterAll
    static void stopNode() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    /** Each has more than one page of entries. */
    private List<String> longDocuments() {
        Person writer = Person.on(vertx, node, "writer");
        List<String> documents =
                IntStream.range(0, DOCUMENTS).mapToObj(i -> run + i).toList();
        JsonObject large = new JsonObject().put("x", "x".repeat(60_000));
        for (String document : documents) {
            writer.view(document);
            for (int i = 0; i < ENTRIES; i++) {
                Waiting.on(writer.client().say(document, "m" + i, large)); // it is told each, too, and reads it first
            }
        }
        writer.client().abort();
        return documents;
    }

    private List<Long> seqs(Joined joined) {
        return Stream.concat(joined.entries().stream(), heard.entries(joined.document()).stream())
                .map(Entry::seq)
                .toList();
    }

    @Test
    void whoJoinsManyLongDocumentsInOneGoGetsThemAllStaysConnectedAndKeepsItsPen() {
        List<String> documents = longDocuments();
        try (Cable cable = Cable.thin(node.port(), BYTES_PER_SECOND)) {
            BatonClient client = Waiting.on(BatonClient.connect(
                    vertx,
                    ClientOptions.to("ws://127.0.0.1:" + cable.port() + "/socket")
                            .withUser("slow", "Slow")
                            .withEvents(heard)));
            long epoch =
                    Waiting.on(client.join(run + "own", Mode.EDIT)).rights().epoch();
            List<Future<Joined>> joins = new ArrayList<>();
            documents.forEach(document -> joins.add(client.join(document, Mode.VIEW)));

            await().atMost(SOON).until(() -> joins.stream().allMatch(Future::isComplete));
            assertThat(joins).allMatch(Future::succeeded);
            for (Future<Joined> join : joins) {
                List<Long> all = LongStream.rangeClosed(1, ENTRIES).boxed().toList();
                await().atMost(SOON).until(() -> seqs(join.result()).size() >= ENTRIES);
                assertThat(seqs(join.result())).isEqualTo(all);
            }
            assertThat(client.isOpen()).isTrue();
            assertThat(Waiting.on(client.update(run + "own", epoch, "u", "still mine")))
                    .isInstanceOf(Outcome.Applied.class);
            client.abort();
        }
    }
}
