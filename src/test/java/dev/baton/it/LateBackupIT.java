package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.baton.NodeMaps;
import dev.baton.cluster.ClusterSetup;
import dev.baton.config.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a member changes in a record that it keeps itself is answered, also when the copy for the case of its loss gets no
 * answer: as while records move, where Hazelcast drops copies without a word, or from a member that stands still.
 */
class LateBackupIT {
    /** By itself Hazelcast waits for five. */
    private static final Duration SOONER = Duration.ofSeconds(3);

    private static final int CHANGES = 20;

    @Test
    void aChangeDoesNotWaitLongForACopyThatIsNotConfirmed() {
        try (Nodes nodes = Nodes.start(LateBackupIT.class, 1, Map.of())) {
            HazelcastInstance member = ClusterSetup.join(
                    Settings.of(Map.of(
                            "cluster.name", nodes.cluster(), "cluster.port", Integer.toString(nodes.clusterPort()))),
                    NodeMaps::maps);
            try {
                await().atMost(Person.SOON).until(member.getPartitionService()::isClusterSafe);
                IMap<String, String> map = member.getMap("baton.tried");
                Stream<String> kept = IntStream.iterate(0, i -> i + 1)
                        .mapToObj(i -> "key-" + i)
                        .filter(key -> member.getCluster()
                                .getLocalMember()
                                .equals(member.getPartitionService()
                                        .getPartition(key)
                                        .getOwner()));

                nodes.get(0).pause();
                long began = System.nanoTime();
                CompletableFuture<?> all = CompletableFuture.allOf(kept.limit(CHANGES)
                        .map(key -> map.setAsync(key, "changed").toCompletableFuture())
                        .toArray(CompletableFuture[]::new));
                await().atMost(Person.SOON).until(all::isDone);
                long took = System.nanoTime() - began;
                nodes.get(0).goOn();

                assertThat(all).isCompleted();
                assertThat(Duration.ofNanos(took)).isLessThan(SOONER);
            } finally {
                member.getLifecycleService().terminate();
            }
        }
    }
}
