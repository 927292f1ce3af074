package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The console in a real browser: what is so in the cluster, live, and what an operator does about it. */
class ConsoleIT {
    private static final Path PICTURES = Path.of("target/screenshots");
    private static final Path PICTURE = Pictures.FOLDER.resolve("console.svg");
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String ROWS = "document.getElementById('documents').innerText";

    @Test
    void theConsoleShowsPensAndHandOversAsTheyHappenAndMovesAPenAndEndsASession() throws Exception {
        try (Browser browser = Browser.start();
                Nodes nodes = Nodes.start(ConsoleIT.class, 2, Map.of())) {
            int port = nodes.get(0).port();
            EditorPage ada = EditorPage.enter(browser, port, "minutes", "Ada", "edit");
            ada.awaitPen(SOON);
            Tab ben = EditorPage.enter(browser, nodes.get(1).port(), "minutes", "Ben", "edit")
                    .tab();
            Tab console = browser.open("http://127.0.0.1:" + nodes.get(0).managementPort() + "/console");
            console.await("location.pathname === '/console/'");
            console.await("document.getElementById('ready').textContent === 'Ready'");
            console.await(ROWS + ".includes('minutes') && " + ROWS + ".includes('Ada')");
            console.await("/Live nodes\\s*2|2\\s*Live nodes/.test(document.getElementById('tiles').innerText)");

            console.click("#documents button");
            console.await("document.getElementById('members').innerText.includes('Ben')");
            console.click("#members tr:nth-of-type(2) button");
            console.await("document.getElementById('sure').open");
            console.click("#sure button[value=yes]");
            console.await(ROWS + ".includes('Ben')");
            console.await("document.getElementById('seen').innerText.includes('from Ada to Ben')");
            ada.awaitReadOnly();

            console.prefers("light");
            console.screenshot(PICTURES.resolve("console-light.png"));
            console.size(1120, 720, false);
            console.picture("The console of a cluster of two nodes", PICTURE);
            Pictures.check(browser, PICTURE);
            console.prefers("dark");
            console.screenshot(PICTURES.resolve("console-dark.png"));

            for (int width : new int[] {360, 800}) {
                console.size(width, 720, false);
                assertThat(
                                console.evaluate(
                                        "[...document.querySelectorAll('th')].filter((head) => head.checkVisibility()"
                                                + " && head.innerText && head.clientHeight > 40).map((head) => head.innerText).join(', ')"))
                        .as("headings in two lines at %d", width)
                        .isEqualTo("");
            }
            Accessibility.check(console);
            console.size(1120, 720, false);

            console.click("#members tr:nth-of-type(2) button.danger");
            console.await("document.getElementById('sure').open");
            console.click("#sure button[value=yes]");
            ben.await("document.getElementById('ended-title').innerText.includes('taken out')");
            ada.awaitPen(SOON);
            console.await(ROWS + ".includes('Ada')");
            assertThat(browser.faults()).isEmpty();
        }
    }
}
