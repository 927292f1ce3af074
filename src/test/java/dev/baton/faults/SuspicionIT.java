package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What two nodes think of each other once the way between them is whole again. While one pen after another was measured
 * under links that were cut one way, two nodes that had suspected each other fell apart when the oldest was cut off,
 * and pens took 9 s.
 */
class SuspicionIT {
    private static final int OLDEST = 0;
    private static final int ONE = 1;
    private static final int OTHER = 2;

    /** A lease, a heartbeat of Hazelcast's, and some. */
    private static final Duration GIVEN_UP = Duration.ofSeconds(20);

    private Cluster cluster;

    @BeforeEach
    void startNodes() {
        cluster = Cluster.start(3, Map.of());
    }

    @AfterEach
    void stopNodes() {
        cluster.close();
    }

    @Test
    void twoNodesThatSuspectedEachOtherStayTogetherWithoutTheOldest() {
        assumeTrue(cluster.net().real(), "needs links that can be cut");
        cluster.net().cutOneWay(ONE, OTHER);
        await("both suspect each other").atMost(GIVEN_UP).until(() -> suspects(ONE, OTHER) && suspects(OTHER, ONE));
        int one = cluster.logged(ONE).length();
        int other = cluster.logged(OTHER).length();
        cluster.net().mend();
        await("they have made up").atMost(GIVEN_UP).until(() -> answers(ONE, one, OTHER) || answers(OTHER, other, ONE));
        Nemesis.sleep(2_500); // a heartbeat, once a second: nothing tells that it has come

        cluster.net().cut(OLDEST, ONE);
        cluster.net().cut(OLDEST, OTHER);
        TreeSet<Long> sizes = new TreeSet<>();
        await("the oldest is given up")
                .atMost(GIVEN_UP)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    List<Long> seen = List.of(size(ONE), size(OTHER));
                    sizes.addAll(seen);
                    return !seen.contains(3L);
                });
        assertThat(sizes).as("as many nodes as they are, at all times").doesNotContain(1L);
        assertThat(cluster.logged(ONE)).doesNotContain(" 1 nodes now");
        assertThat(cluster.logged(OTHER)).doesNotContain(" 1 nodes now");
    }

    private boolean suspects(int node, int whom) {
        return cluster.logged(node)
                .lines()
                .anyMatch(line -> line.contains("Member [" + cluster.net().address(whom))
                        && line.contains("is suspected to be dead"));
    }

    private boolean answers(int node, int since, int who) {
        return cluster.logged(node)
                .substring(since)
                .lines()
                .anyMatch(line -> line.contains("[" + cluster.net().address(who)) && line.contains("answers again"));
    }

    private long size(int node) {
        return cluster.gauges(node).getOrDefault("baton_cluster_nodes", 3L);
    }
}
