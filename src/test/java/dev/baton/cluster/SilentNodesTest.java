package dev.baton.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A node that looks ten times a second at two others, each of which is heard of twice a second until it is not. */
class SilentNodesTest {
    private static final long LEASE = 5_000;
    private static final long PERIOD = 100;

    private final SilentNodes nodes = new SilentNodes(LEASE, PERIOD, 0);
    private final Map<String, Long> heard = new HashMap<>(Map.of("a", 0L, "b", 0L));
    private final Set<String> talking = new TreeSet<>(Set.of("a", "b"));
    private final Set<String> over = new TreeSet<>();
    private long now;

    private void run(long millis) {
        for (long end = now + millis; now < end; ) {
            now += PERIOD;
            if (now % 500 == 0) {
                talking.forEach(node -> heard.put(node, now));
            }
            look();
        }
    }

    private void look() {
        Map<String, Long> silences = new HashMap<>();
        heard.forEach((node, at) -> silences.put(node, now - at));
        over.addAll(nodes.look(silences, now));
    }

    @Test
    void whoIsHeardOfIsNeverSilent() {
        run(60_000);
        assertThat(over).isEmpty();
    }

    @Test
    void whoIsNotIsOverWhenALeaseHasPassed() {
        run(10_000);
        talking.remove("a");
        run(4_900);
        assertThat(over).isEmpty();
        run(100);
        assertThat(over).containsExactly("a");
    }

    @Test
    void itIsSaidOnce() {
        talking.remove("a");
        run(5_000);
        over.clear();
        run(5_000);
        assertThat(over).isEmpty();
    }

    @Test
    void whoIsHeardOfAgainBeginsANewLease() {
        talking.remove("a");
        run(6_000);
        talking.add("a");
        run(1_000);
        talking.remove("a");
        over.clear();
        run(4_900);
        assertThat(over).isEmpty();
        run(100);
        assertThat(over).containsExactly("a");
    }

    @Test
    void nobodyIsOverForAPauseOfThisNode() {
        run(1_000);
        now += 60_000;
        look();
        assertThat(over).isEmpty();
        run(4_500);
        assertThat(over).isEmpty();
    }

    @Test
    void aSilenceThatLastsBeyondAPauseOfThisNodeCountsForWhatWasSeenOfIt() {
        run(1_000);
        talking.remove("a");
        run(3_000);
        now += 60_000;
        look();
        run(1_700);
        assertThat(over).isEmpty();
        run(100);
        assertThat(over).containsExactly("a");
    }

    @Test
    void whoIsGoneIsForgotten() {
        talking.remove("a");
        run(4_000);
        heard.remove("a");
        run(2_000);
        heard.put("a", now);
        run(4_900);
        assertThat(over).isEmpty();
    }
}
