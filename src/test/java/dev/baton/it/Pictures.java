package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The pictures in the README, which are text. {@code -Dbaton.pictures=src/site/pictures} makes them anew; otherwise
 * they go where all pictures of a build are.
 */
final class Pictures {
    static final Path FOLDER = Path.of(System.getProperty("baton.pictures", "target/screenshots"));

    private Pictures() {}

    /** Whether it is small enough to be kept, and shows something by itself, as it must in a README. */
    static void check(Browser browser, Path picture) throws IOException {
        assertThat(Files.size(picture)).isBetween(4_000L, 60_000L);
        Tab shown = browser.open(picture.toUri().toString());
        shown.await("document.documentElement.tagName === 'svg'");
        shown.await("document.documentElement.querySelector('h2').getBoundingClientRect().height > 10");
        shown.size(1120, 720, false);
        shown.screenshot(Path.of("target/screenshots", picture.getFileName() + ".png"));
        shown.close();
    }
}
