package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Pictures of the pages as they are, in {@code target/screenshots}. To make them alone:
 * {@code mvn verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=ScreenshotsIT}.
 */
class ScreenshotsIT {
    private static final Path FOLDER = Path.of("target/screenshots");
    private static final Path PICTURE = Pictures.FOLDER.resolve("editor.svg");

    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void picturesOfThePageInLightInDarkAndOnATelephone() throws Exception {
        try (Browser browser = Browser.start();
                Browser other = Browser.start();
                Nodes nodes = Nodes.start(ScreenshotsIT.class, 2, Map.of("BATON_HANDOVER_ANSWER", "2m"))) {
            int port = nodes.get(0).port();
            Tab door = browser.open("http://127.0.0.1:" + port + "/#meeting-notes");
            door.prefers("light");
            door.await("!document.getElementById('start').hidden");
            door.screenshot(FOLDER.resolve("enter.png"));
            door.close();

            EditorPage ada = EditorPage.enter(browser, port, "meeting-notes", "Ada", "edit");
            ada.awaitPen(SOON);
            EditorPage ben = EditorPage.enter(other, nodes.get(1).port(), "meeting-notes", "Ben", "edit");
            ben.awaitWords("#pen", "You are next in line");
            ada.write("Meeting notes");
            ada.newLine();
            ada.write("One writes at a time; everyone reads along.");
            ada.newLine();
            ada.writeAndKeep("Who closes the laptop hands the pen on. ");
            ben.awaitText("Meeting notes\nOne writes at a time; everyone reads along.\n"
                    + "Who closes the laptop hands the pen on. ");
            ben.select("Meeting notes\nOne writes ".length(), "Meeting notes\nOne writes at a time".length());
            ada.awaitCaret("Ben", "at a time");
            ben.tab()
                    .evaluate("document.getElementById('say-text').value = 'May I add a point?', "
                            + "document.getElementById('say').requestSubmit()");
            ada.awaitWords("#messages", "May I add a point?");
            ben.ask();
            ada.awaitWords("#requests", "Ben");
            ada.tab().size(1120, 700, false);
            ada.tab().picture("Ada writes, and Ben asks for the pen", PICTURE);
            Pictures.check(browser, PICTURE);
            for (String scheme : List.of("light", "dark")) {
                ada.tab().prefers(scheme);
                ada.tab().screenshot(FOLDER.resolve("writing-" + scheme + ".png"));
                ben.tab().prefers(scheme);
                ben.tab().screenshot(FOLDER.resolve("reading-" + scheme + ".png"));
            }
            ada.tab().prefers("light");
            ada.tab().size(390, 844, true);
            ada.tab().screenshot(FOLDER.resolve("telephone.png"));
            ada.tab().close();
            ben.awaitWords("#pen", "is kept for");
            ben.tab().screenshot(FOLDER.resolve("reserved-dark.png"));
        }
        try (Stream<Path> pictures = Files.list(FOLDER)) {
            assertThat(pictures.filter(picture -> picture.toFile().length() > 10_000))
                    .hasSizeGreaterThanOrEqualTo(7);
        }
    }
}
