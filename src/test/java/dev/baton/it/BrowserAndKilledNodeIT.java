package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.FreePorts;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The node of the browser with the pen is killed: the pen is somewhere in time, and the text is whole in both browsers.
 */
class BrowserAndKilledNodeIT {
    /** What a killed node may cost at the default graces, rounded down. */
    private static final Duration NODE_LOST = Duration.ofSeconds(4);

    /** What two browsers and two nodes on one machine may take on top of what the node promises. */
    private static final Duration SLACK = Duration.ofSeconds(4);

    private final String document = "page-" + UUID.randomUUID();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Nodes nodes;
    private Browser first;
    private Browser second;

    @BeforeEach
    void start() {
        first = opened(Browser.start());
        second = opened(Browser.start());
        nodes = opened(Nodes.none(
                BrowserAndKilledNodeIT.class,
                Map.of("BATON_HEARTBEAT_INTERVAL", "1s", "BATON_HEARTBEAT_TIMEOUT", "3s")));
        // On a port that nobody is given while it is dead.
        nodes.add(1, Map.of("BATON_HTTP_PORT", Integer.toString(FreePorts.inARow(1))));
        nodes.add(1, Map.of());
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.add(part);
        return part;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : open) {
            part.close();
        }
    }

    @Test
    void theNodeOfTheTabWithThePenIsKilledAndTheTabComesBackWhenThereIsOneAgain() {
        EditorPage ann = EditorPage.enter(first, nodes.get(0).port(), document, "Ann", "edit");
        ann.awaitPen(SLACK);
        EditorPage bob = EditorPage.enter(second, nodes.get(1).port(), document, "Bob", "edit");
        bob.awaitWords("#pen", "You are next in line");
        ann.writeAndKeep("before ");
        int port = nodes.get(0).port();
        nodes.get(0).kill();
        assertThat(bob.awaitPen(NODE_LOST.plus(SLACK).plus(SLACK)))
                .isLessThanOrEqualTo(NODE_LOST.plus(SLACK).toMillis());
        bob.writeAndKeep("after");
        ann.awaitLink("waiting");
        nodes.add(1, Map.of("BATON_HTTP_PORT", Integer.toString(port)));
        ann.awaitLink("online");
        ann.awaitReadOnly();
        ann.awaitText("before after");
        bob.awaitText("before after");
    }

    @Test
    void theNodeIsKilledWithAnUpdateUnansweredAndTheTextIsThereOnceInBothBrowsers() {
        Vertx vertx = Vertx.vertx();
        Balancer balancer = opened(Balancer.start(vertx));
        opened(() -> Waiting.on(vertx.close()));
        balancer.add(nodes.get(0));
        EditorPage ann = EditorPage.enter(first, balancer.port(), document, "Ann", "edit");
        ann.awaitPen(SLACK);
        EditorPage bob = EditorPage.enter(second, nodes.get(1).port(), document, "Bob", "view");
        ann.writeAndKeep("before ");
        bob.awaitText("before ");
        balancer.add(nodes.get(1));
        // Stopped first, so that what is typed is sent and cannot be answered before the node is gone.
        nodes.pause(nodes.get(0));
        ann.write("unanswered ");
        ann.tab().await("document.getElementById('saved').textContent !== 'All stored'");
        Object dead = ann.tab().evaluate("document.getElementById('node-id').textContent");
        nodes.get(0).kill();
        ann.tab().await("document.getElementById('node-id').textContent !== '" + dead + "'");
        ann.awaitLink("online");
        ann.awaitPen(SLACK);
        ann.writeAndKeep("after");
        ann.awaitText("before unanswered after");
        bob.awaitText("before unanswered after");
    }
}
