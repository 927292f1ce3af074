package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Waiting;
import dev.baton.cluster.NextVersion;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes are replaced one by one by those of another version, and those again by these, under clients. The other one is
 * a version whose records have a field more each; with {@code -Dbaton.release.jar} it is that jar too.
 */
class NextVersionIT {
    private static final long SEED = Long.getLong("baton.faults.seed", new Random().nextLong());

    @TempDir
    private Path folder;

    @Test
    void nodesOfThisVersionAndOfTheNextOneServeTogether() throws IOException {
        Vertx vertx = Vertx.vertx();
        List<Path> others = new ArrayList<>(List.of(NextVersion.jar(Cluster.jar(), folder)));
        Stream.ofNullable(System.getProperty("baton.release.jar")).map(Path::of).forEach(others::add);
        try (Cluster cluster = Cluster.start(3, Map.of("BATON_SESSION_EXPIRY", "15s"));
                Workload workload = new Workload(vertx, cluster, 3, 3, 2, 30, SEED)) {
            workload.addOthers();
            workload.start();
            for (Path other : others) {
                for (Path jar : List.of(other, Cluster.jar())) {
                    for (int node = 0; node < cluster.size(); node++) {
                        cluster.stop(node);
                        cluster.use(node, jar);
                        cluster.start(node);
                        cluster.awaitReady(node);
                        assertThat(cluster.logged(node)).doesNotContain("cannot be read", "cannot travel");
                    }
                }
            }
            List<Violation> violations = new ArrayList<>(workload.finish());
            violations.addAll(workload.leftovers(Duration.ofSeconds(40)));
            assertThat(violations).as("seed " + SEED).isEmpty();
            for (int node = 0; node < cluster.size(); node++) {
                assertThat(cluster.logged(node)).doesNotContain("cannot be read", "cannot travel");
            }
        } finally {
            Waiting.on(vertx.close());
        }
    }
}
