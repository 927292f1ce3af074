package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Entry;
import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody sets the clock of a machine while its node runs: an operator, a time server after a long silence, a host that was
 * moved. Pens, reservations and sessions go on by the time that has passed.
 */
class ClockStepIT {
    private static final Duration GRACE = Duration.ofSeconds(8);
    private static final Duration EXPIRY = Duration.ofSeconds(10);

    /** What a busy machine and the sweep may add. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    /** A time that differs by less than this is the one that was set. */
    private static final Duration EXACTLY = Duration.ofSeconds(10);

    /** Longer than any reservation here, and less than what Hazelcast takes for a jump of the clock and sets right, 2 min. */
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private static Path folder;

    private static Vertx vertx;

    /** The first one is the eldest: the one that Hazelcast takes the time of the cluster from. Its clock can be set. */
    private static Nodes nodes;

    private static WallClock clock;

    private final String document = "clock/" + UUID.randomUUID();

    @BeforeAll
    static void startNodes() {
        clock = WallClock.in(folder);
        vertx = Vertx.vertx();
        Map<String, String> settings = Map.of(
                "BATON_SESSION_EXPIRY", EXPIRY.toMillis() + "ms",
                "BATON_HANDOVER_GRACE_CLOSED", GRACE.toMillis() + "ms");
        nodes = Nodes.none(ClockStepIT.class, settings);
        nodes.add(1, clock.settings());
        nodes.add(1, Map.of());
    }

    @AfterAll
    static void stopNodes() {
        if (nodes != null) { // there are none where this test cannot run
            nodes.close();
            Waiting.on(vertx.close());
        }
    }

    /** Sets it, and waits until what is said on that node bears the new time. */
    private static void setTheEldestsClock(Duration by) {
        clock.set(by);
        Person reader = Person.on(vertx, nodes.get(0), "reader");
        String said = "clock/said";
        reader.view(said);
        await().atMost(Person.SOON).until(() -> {
            Waiting.on(reader.client().say(said, UUID.randomUUID().toString(), "what time is it?"));
            List<Entry> told = reader.heard().entries(said);
            return !told.isEmpty() && shows(told.get(told.size() - 1).at());
        });
    }

    private static boolean shows(long time) {
        long wanted = System.currentTimeMillis() + clock.ahead().toMillis();
        return Math.abs(time - wanted) < EXACTLY.toMillis();
    }

    @Test
    void aClockThatIsSetBackMakesNobodyWaitLonger() {
        Person ann = Person.on(vertx, nodes.get(0), "ann");
        Person bob = Person.on(vertx, nodes.get(1), "bob");
        long epoch = ann.take(document);
        bob.edit(document);

        long start = System.nanoTime();
        Waiting.on(ann.client().close());
        setTheEldestsClock(MINUTE.negated());

        assertInTime(start, bob, document, epoch);
        assertThat(bob.departure(document, ann.session())).isEqualTo("expired");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(EXPIRY.plus(SLACK));
    }

    @Test
    void aClockThatIsSetForwardTakesNothingFromWhoeverComesBackInTime() {
        Person ann = Person.on(vertx, nodes.get(0), "ann");
        Person bob = Person.on(vertx, nodes.get(1), "bob");
        long epoch = ann.take(document);
        bob.edit(document);

        Waiting.on(ann.client().close());
        bob.change(document, ann.session(), false);
        setTheEldestsClock(MINUTE);
        Person.on(vertx, nodes.get(0), "eve").edit(document); // whatever is due moves with it
        Person again = ann.resumeOn(nodes.get(0));

        assertThat(again.session()).isEqualTo(ann.session());
        assertThat(again.update(document, epoch, "still")).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void aNodeThatComesAfterwardsTakesTheTimeThatTheOthersHave() {
        setTheEldestsClock(MINUTE);
        NodeProcess late = nodes.add(1, Map.of()).get(0);
        for (NodeProcess node : List.of(nodes.get(0), nodes.get(1))) {
            String each = document + "/" + node.id();
            Person ann = Person.on(vertx, node, "ann");
            Person bob = Person.on(vertx, late, "bob");
            long epoch = ann.take(each);
            bob.edit(each);

            long start = System.nanoTime();
            Waiting.on(ann.client().close());

            assertInTime(start, bob, each, epoch);
        }
    }

    private static void assertInTime(long start, Person next, String document, long epoch) {
        assertThat(next.penAfter(document, epoch).since(start))
                .isBetween(GRACE.toMillis() - 1, GRACE.plus(SLACK).toMillis());
    }
}
