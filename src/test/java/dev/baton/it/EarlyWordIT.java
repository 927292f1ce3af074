package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients hear of a grant before the lock's record has heard of it. What they ask for in that moment, on the thread
 * that brings the news, is not lost.
 */
class EarlyWordIT {
    /** So many, that each node keeps the locks of some: where the record is decides who comes first. */
    private static final int DOCUMENTS = 12;

    private static final long ROUNDS = 20;

    private static Nodes nodes;
    private static Vertx vertx;

    private final List<String> documents = IntStream.range(0, DOCUMENTS)
            .mapToObj(i -> "doc-" + UUID.randomUUID())
            .toList();
    private final List<BatonClient> clients = new ArrayList<>();
    private final Set<Grant> reacted = ConcurrentHashMap.newKeySet();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    private record Grant(String document, long epoch) {}

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        // Who does nothing else comes to more than a session may send in a second.
        nodes = Nodes.start(EarlyWordIT.class, 3, Map.of("BATON_LIMITS_MESSAGES_PER_SECOND", "10000"));
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @AfterEach
    void sayGoodbye() {
        clients.forEach(BatonClient::abort);
    }

    @Test
    void whoLaysThePenDownTheMomentItGetsItHasLaidItDown() {
        int line = 60;
        String document = documents.get(0);
        Person ann = Person.on(vertx, nodes.get(0), "ann");
        clients.add(ann.client());
        long first = ann.take(document);
        for (int i = 0; i < line; i++) {
            join(connect(i % 3, "p" + i, this::layDown), document);
        }

        ann.release(document, first);

        Person.Told free =
                ann.rights(document, rights -> rights.state() == Rights.State.FREE && rights.epoch() == first + line);
        assertThat(free.rights().queue()).isEmpty();
        assertThat(reacted).as("each had it once").hasSize(line);
        assertThat(failures).isEmpty();
    }

    private Future<?> layDown(BatonClient client, NodeEvent event) {
        return event instanceof NodeEvent.RightsChanged told
                        && told.rights().you() == Rights.Place.HOLDER
                        && reacted.add(grant(told))
                ? client.release(told.rights().document(), told.rights().epoch())
                : Future.succeededFuture();
    }

    @Test
    void whoAsksTheMomentItHearsOfTheNextHolderHasAsked() {
        BatonClient ann = connect(0, "ann", this::passOn);
        BatonClient bob = connect(1, "bob", this::passOn);
        BatonClient eve = connect(2, "eve", this::askOnce);
        for (String document : documents) {
            join(ann, document);
            join(bob, document);
            Waiting.on(eve.join(document, Mode.VIEW));
            Waiting.on(eve.request(document));
        }

        await().atMost(SOON).untilAsserted(() -> assertThat(documents)
                .allSatisfy(document -> assertThat(reacted).contains(new Grant(document, ROUNDS))));
        assertThat(failures).isEmpty();
    }

    /** Between the first two: whoever is asked for the pen gives it to the other one. */
    private Future<?> passOn(BatonClient client, NodeEvent event) {
        return event instanceof NodeEvent.Requested asked
                ? client.release(
                        asked.document(),
                        asked.epoch(),
                        clients.get(client == clients.get(0) ? 1 : 0).session())
                : Future.succeededFuture();
    }

    private Future<?> askOnce(BatonClient client, NodeEvent event) {
        return event instanceof NodeEvent.RightsChanged told
                        && told.rights().state() == Rights.State.HELD
                        && told.rights().epoch() <= ROUNDS
                        && reacted.add(grant(told))
                ? client.request(told.rights().document())
                : Future.succeededFuture();
    }

    private static Grant grant(NodeEvent.RightsChanged told) {
        return new Grant(told.rights().document(), told.rights().epoch());
    }

    private BatonClient connect(int node, String name, BiFunction<BatonClient, NodeEvent, Future<?>> reaction) {
        AtomicReference<BatonClient> self = new AtomicReference<>();
        ClientOptions options = ClientOptions.to(nodes.get(node).uri())
                .withUser(name, name)
                .withEvents(event -> Optional.ofNullable(self.get()).ifPresent(client -> reaction.apply(client, event)
                        .onFailure(failure -> failures.add(failure.toString()))));
        BatonClient client = Waiting.on(BatonClient.connect(vertx, options));
        clients.add(client);
        self.set(client);
        return client;
    }

    private static void join(BatonClient client, String document) {
        Waiting.on(client.join(document, Mode.EDIT));
    }
}
