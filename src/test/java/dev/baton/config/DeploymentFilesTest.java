package dev.baton.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The files for containers and Kubernetes set what there is to be set, and give a node the time that it takes to stop.
 */
class DeploymentFilesTest {
    private static final Path FOLDER = Path.of("docker");

    /** What compose.yaml asks of whoever runs it. */
    private static final Set<String> OF_COMPOSE = Set.of("BATON_IMAGE", "BATON_PUBLISH", "BATON_SECRETS");

    /** What a node gives itself beyond the drain, in seconds. */
    private static final int BEYOND_DRAIN = 30;

    private static String text(String file) throws IOException {
        return Files.readString(FOLDER.resolve(file));
    }

    private static int number(String file, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(text(file));
        assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void everyVariableIsASetting() throws IOException {
        Set<String> known = new TreeSet<>(OF_COMPOSE);
        Keys.ALL.forEach(key -> {
            known.add(key.environment());
            if (key.secret()) {
                known.add(key.environment() + "_FILE");
            }
        });
        Set<String> named = new TreeSet<>();
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(path -> !path.startsWith(FOLDER.resolve("secrets")))
                    .toList()) {
                Matcher matcher = Pattern.compile("\\bBATON_[A-Z_]+").matcher(Files.readString(file));
                while (matcher.find()) {
                    named.add(matcher.group());
                }
            }
        }
        assertThat(named)
                .contains("BATON_MANAGEMENT_TOKEN_FILE", "BATON_STORE_WAIT")
                .isSubsetOf(known);
    }

    @Test
    void whoStopsANodeWaitsLongerThanItTakes() throws IOException {
        int drain = number("kubernetes/statefulset.yaml", "BATON_DRAIN_TIME, value: \"(\\d+)s\"");
        int pause = number("kubernetes/statefulset.yaml", "command: \\[sleep, \"(\\d+)\"\\]");
        assertThat(number("kubernetes/statefulset.yaml", "terminationGracePeriodSeconds: (\\d+)"))
                .isGreaterThan(pause + drain + BEYOND_DRAIN);
        assertThat(number("compose.yaml", "stop_grace_period: (\\d+)s"))
                .isGreaterThan(number("compose.yaml", "BATON_DRAIN_TIME: (\\d+)s") + BEYOND_DRAIN);
    }

    @Test
    void noSecretIsAValueInTheEnvironment() throws IOException {
        List<String> secrets =
                Keys.ALL.stream().filter(Key::secret).map(Key::environment).toList();
        for (String file : List.of("compose.yaml", "kubernetes/statefulset.yaml")) {
            for (String secret : secrets) {
                assertThat(text(file)).doesNotContainPattern(secret + "\\b(?!_FILE)");
            }
        }
    }

    @Test
    void theNextNodeIsEvictedWhenTheOneBeforeHasBeenReadyForAWhile() throws IOException {
        assertThat(number("kubernetes/statefulset.yaml", "&& sleep (\\d+)\\R")).isGreaterThanOrEqualTo(10);
        assertThat(text("kubernetes/disruption.yaml")).contains("unhealthyPodEvictionPolicy: AlwaysAllow");
    }
}
