package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The checks of axe-core on a page as it is shown: light and dark, wide and on a telephone. For the test's thread. */
final class Accessibility {
    /** Put there by the build. */
    private static final Path AXE = Path.of("target/axe/axe.min.js");

    private static final int TELEPHONE = 360;

    /** Fewer rules than this apply only to a page that was not there. */
    private static final int APPLY = 10;

    private Accessibility() {}

    /**
     * Asserts that there is no finding in light and in dark, at 1280 and at 360 pixels, and nothing wider than a
     * telephone.
     */
    static void check(Tab tab) {
        for (String scheme : List.of("light", "dark")) {
            tab.prefers(scheme);
            tab.size(1280, 900, false);
            checkAsItIs(tab, scheme);
            tab.size(TELEPHONE, 740, true);
            tab.await("document.documentElement.scrollWidth <= " + TELEPHONE);
            checkAsItIs(tab, scheme + ", telephone");
        }
    }

    private static void checkAsItIs(Tab tab, String how) {
        if (!Boolean.TRUE.equals(tab.evaluate("'axe' in globalThis"))) {
            tab.evaluate(script() + ";0");
        }
        JsonObject result = new JsonObject(
                String.valueOf(
                        tab.evaluate(
                                "axe.run().then(({ passes, violations }) => "
                                        + "JSON.stringify({ passed: passes.length, found: violations.map(({ impact, id, nodes }) => "
                                        + "[impact, id, ...nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary)].join(' ')) }))")));
        assertThat(result.getInteger("passed")).isGreaterThan(APPLY);
        assertThat(result.getJsonArray("found")).as(how).isEqualTo(new JsonArray());
    }

    private static String script() {
        try {
            return Files.readString(AXE);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
