package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tab that nobody looks at keeps its session, and finds that its node fell silent once it is looked at. */
class HiddenTabIT {
    /** As short as the browser's own ten minutes can be made. */
    private static final String THROTTLED = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/2,"
            + "OptOutZeroTimeoutTimersFromThrottling,AllowAggressiveThrottlingWithWebSocket";

    private static final Duration SLACK = Duration.ofSeconds(4);

    private final String document = "page-" + UUID.randomUUID();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Nodes nodes;
    private Browser first;
    private Browser second;

    @BeforeEach
    void start() {
        first = opened(Browser.start(THROTTLED));
        second = opened(Browser.start());
        nodes = opened(Nodes.start(
                HiddenTabIT.class, 2, Map.of("BATON_HEARTBEAT_INTERVAL", "1s", "BATON_HEARTBEAT_TIMEOUT", "3s")));
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
    void aHiddenTabKeepsItsSessionAndOnceShownFindsADeadNodeWithinSeconds() {
        EditorPage ann = EditorPage.enter(first, nodes.get(0).port(), document, "Ann", "view");
        EditorPage bob = EditorPage.enter(second, nodes.get(1).port(), document, "Bob", "edit");
        ann.tab()
                .evaluate("globalThis.wakes = 0; globalThis.states = []; "
                        + "setInterval(() => wakes++, 100); "
                        + "new MutationObserver(() => states.push(document.getElementById('connection').dataset.state))"
                        + ".observe(document.getElementById('connection'), { attributes: true }); 0");
        String session = String.valueOf(ann.tab().evaluate("document.getElementById('session-id').textContent"));
        first.open("about:blank").show();
        ann.tab().await("document.visibilityState === 'hidden'");
        ann.tab().evaluate("wakes = 0");
        bob.awaitPen(SLACK);

        // Seconds: -Dbaton.hidden.seconds=600 for as long as somebody is at lunch. As long as a tab sleeps between two
        // timers, and longer than any heartbeat here.
        bob.writeAndKeep("seen ");
        Duration hidden = Duration.ofSeconds(Long.getLong("baton.hidden.seconds", 40));
        long end = System.nanoTime() + hidden.toNanos();
        while (System.nanoTime() < end) {
            bob.tab().evaluate("new Promise((resolve) => setTimeout(resolve, 10_000))");
        }
        assertThat(((Number) ann.tab().evaluate("wakes")).intValue())
                .as("timers that fired in a hidden tab, of ten a second")
                .isLessThan((int) (hidden.toMillis() / 400));
        assertThat(ann.tab().evaluate("states.length"))
                .as("changes of the connection")
                .isEqualTo(0);
        assertThat(ann.tab().evaluate("document.getElementById('session-id').textContent"))
                .isEqualTo(session);
        bob.awaitWords("#people", "Ann");
        assertThat(bob.tab().evaluate("document.querySelectorAll('#people .offline').length"))
                .isEqualTo(0);
        ann.awaitText("seen ");

        nodes.pause(nodes.get(0));
        ann.tab().show();
        long found = ann.awaitLink("waiting");
        assertThat(found).isLessThan(15_000);
        nodes.get(0).goOn();
        ann.awaitLink("online");
        ann.awaitText("seen ");
    }
}
