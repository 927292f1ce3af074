package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Member;
import dev.baton.client.Mode;
import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What was sent while the pen was held and arrives when it has moved on. */
class HeldBackIT {
    private static Nodes nodes;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(HeldBackIT.class, 2, Map.of("BATON_HANDOVER_ANSWER", "1s"));
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @Test
    void anUpdateThatTheNetworkHeldBackIsFencedAndNotInTheLog() {
        try (Proxy proxy = Proxy.to(vertx, nodes.get(0).port())) {
            BatonClient ann = Waiting.on(BatonClient.connect(
                    vertx,
                    ClientOptions.to("ws://127.0.0.1:" + proxy.port() + "/socket")
                            .withUser("ann", "Ann")));
            Joined joined = Waiting.on(ann.join(document, Mode.EDIT));
            long epoch = joined.rights().epoch();
            Outcome before = Waiting.on(ann.update(document, epoch, "in-time", "x"));
            assertThat(before).isInstanceOf(Outcome.Applied.class);
            Person bob = Person.on(vertx, nodes.get(1), "bob");
            bob.edit(document);

            proxy.holdBack();
            Future<Outcome> late = ann.update(document, epoch, "late", new JsonObject().put("late", true));
            await().atMost(SOON).until(() -> proxy.held() > 0);
            Waiting.on(bob.client().request(document)); // ann does not answer
            long now = bob.penAfter(document, epoch).rights().epoch();
            assertThat(late.isComplete()).isFalse();
            proxy.letGo();

            assertThat(Waiting.on(late)).isInstanceOf(Outcome.Fenced.class);
            Outcome.Fenced fenced = (Outcome.Fenced) Waiting.on(late);
            assertThat(fenced.epoch()).isEqualTo(now);
            assertThat(fenced.holder().map(Member::session)).contains(bob.session());
            assertThat(bob.update(document, now, "next")).isInstanceOf(Outcome.Applied.class);
            Joined after = Person.on(vertx, nodes.get(0), "eve").view(document);
            assertThat(after.entries().stream().map(Entry::id))
                    .contains("in-time", "next")
                    .doesNotContain("late");
        }
    }
}
