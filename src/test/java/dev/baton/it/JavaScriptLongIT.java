package dev.baton.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What takes longer with the JavaScript client, or needs packages that are many: the checks of the npm package, the
 * guides with their editors, recorded editing sessions, crowds. What was written is read once more after both nodes
 * have started anew.
 */
class JavaScriptLongIT {
    private static final long MINUTES = 20;

    private static final int TESTS = 3;

    /** A recorded session of hours is written in minutes. */
    private static final Map<String, String> FAST =
            Map.of("BATON_LIMITS_MESSAGES_PER_SECOND", "20000", "BATON_LIMITS_BYTES_PER_SECOND", "16MiB");

    @Test
    void theClientHoldsWithManyEditorsAndLongSessions() throws IOException, InterruptedException {
        Scripts scripts = Scripts.copied();
        Path written = Path.of("target/js/written").toAbsolutePath();
        try (Nodes nodes = Nodes.start(JavaScriptLongIT.class, 2, FAST)) {
            scripts.install(nodes.get(0), "long");
            Map<String, String> environment = Scripts.nodes(nodes.get(0), nodes.get(1));
            environment.put("BATON_WRITTEN", written.toString());
            environment.put("BATON_TRACES", System.getProperty("baton.traces", ""));
            scripts.run("long", 1, MINUTES, TESTS, environment);
            nodes.get(0).terminate();
            nodes.get(1).terminate();
            NodeProcess anew = nodes.add(1, Map.of()).get(0);
            environment.putAll(Scripts.nodes(anew));
            scripts.run("long/anew", 1, MINUTES, 1, environment);
        }
    }
}
