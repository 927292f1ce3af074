package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/**
 * The JavaScript client, its Yjs provider, its React hooks and what page and console reckon, under Node, against real
 * nodes. What they print is in {@code target/it-logs/javascript.txt}.
 */
class JavaScriptClientIT {
    /** Files that run at once: they wait most of the time. */
    private static final int AT_ONCE = 3;

    private static final long MINUTES = 5;
    private static final int TESTS = 120;

    /** Short enough that a silent client or node is found while a test waits. */
    private static final Map<String, String> QUICK = Map.of(
            "BATON_HEARTBEAT_INTERVAL", "500ms",
            "BATON_HEARTBEAT_TIMEOUT", "2s",
            "BATON_HEARTBEAT_EDITOR_INTERVAL", "500ms",
            "BATON_HEARTBEAT_EDITOR_TIMEOUT", "2s");

    @Test
    void theClientThatANodeServesKeepsItsPromisesUnderNodeAndOverABadNetwork()
            throws IOException, InterruptedException {
        Scripts scripts = Scripts.copied();
        try (Nodes nodes = Nodes.start(JavaScriptClientIT.class, 3, QUICK)) {
            assertThat(scripts.install(nodes.get(0))).isEqualTo(versionOfTheJar());
            Map<String, String> environment = Scripts.nodes(nodes.get(0), nodes.get(1));
            environment.put("BATON_DOOMED_NODE", nodes.get(2).uri());
            environment.put("BATON_DOOMED_PID", Long.toString(nodes.get(2).pid()));
            scripts.run("", AT_ONCE, MINUTES, TESTS, environment);
        }
    }

    private static String versionOfTheJar() throws IOException {
        try (JarFile jar = new JarFile(NodeJvm.JAR.toFile())) {
            return jar.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
        }
    }
}
