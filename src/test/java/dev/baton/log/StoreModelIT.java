package dev.baton.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model of the store and of what sessions believe, searched whole by Alloy within the bounds that {@code store.als}
 * states: with the incarnation no token has two holders and none from before a fail-over is accepted; without it the
 * search finds how one gets two.
 */
class StoreModelIT {
    private static final Path ALLOY = Path.of("target/alloy/alloy.jar");
    private static final Path MODEL = Path.of("src/test/resources/model/store.als");
    private static final Pattern RESULT =
            Pattern.compile("(?:check|run)\\s+(\\w+)\\s.*\\b(SAT|UNSAT)\\s*$", Pattern.MULTILINE);

    @TempDir
    private Path folder;

    @Test
    void withTheIncarnationNoTokenHasTwoHoldersAndWithoutItOneHas() throws Exception {
        Map<String, String> found = search();
        assertThat(found)
                .as("an instance of what happens, a counterexample to what is safe")
                .containsOnly(
                        Map.entry("fencedStoreIsSafe", "UNSAT"),
                        Map.entry("unfencedStoreIsSafe", "SAT"),
                        Map.entry("happens", "SAT"));
    }

    private Map<String, String> search() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        ALLOY.toString(),
                        "exec",
                        "-f",
                        "-o",
                        folder.resolve("found").toString(),
                        MODEL.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        Map<String, String> found = new TreeMap<>();
        Matcher results = RESULT.matcher(printed);
        while (results.find()) {
            found.put(results.group(1), results.group(2));
        }
        return found;
    }
}
