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
 * Somebody sets the clock of a machine while its node runs: an operator, a time server after a long silence, a host
 * that was moved. Pens, reservations and sessions go on by the time that has passed.
 */
class ClockStepIT {
    private static final Duration GRACE = Duration.ofSeconds(8);
    private static final Duration EXPIRY = Duration.ofSeconds(10);

    /** What a busy machine and the sweep may add. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    /** A time that differs by less than this is the one that was set. */
    private static final Duration EXACTLY = Duration.ofSeconds(10);

    /**
     * Longer than any reservation here, and less than what Hazelcast takes for a jump of the clock and sets right, 2
     * min.
     */
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

    /** A pen, and who is next; they are on nodes of their own. */
    private record Line(Person holder, Person next, String document, long epoch) {
        static Line of(NodeProcess holders, NodeProcess nexts, String document) {
            Person holder = Person.on(vertx, holders, "ann");
            Person next = Person.on(vertx, nexts, "bob");
            long epoch = holder.take(document);
            next.edit(document);
            return new Line(holder, next, document, epoch);
        }

        /** The holder goes; when that was. */
        long broken() {
            long now = System.nanoTime();
            Waiting.on(holder.client().close());
            return now;
        }

        void movesInTime(long broken) {
            // The clock of a node follows the eldest's, and may be behind it.
            assertThat(next.penAfter(document, epoch).since(broken))
                    .isBetween(GRACE.toMillis() - 250, GRACE.plus(SLACK).toMillis());
        }
    }

    @Test
    void aClockThatIsSetBackMakesNobodyWaitLonger() {
        Line line = Line.of(nodes.get(0), nodes.get(1), document);

        long broken = line.broken();
        setTheEldestsClock(MINUTE.negated());

        line.movesInTime(broken);
        assertThat(line.next().departure(document, line.holder().session())).isEqualTo("expired");
        assertThat(Duration.ofNanos(System.nanoTime() - broken)).isLessThan(EXPIRY.plus(SLACK));
    }

    @Test
    void aClockThatIsSetForwardTakesNothingFromWhoeverComesBackInTime() {
        Line line = Line.of(nodes.get(0), nodes.get(1), document);

        line.broken();
        line.next().change(document, line.holder().session(), false);
        setTheEldestsClock(MINUTE);
        Person.on(vertx, nodes.get(0), "eve").edit(document); // whatever is due moves with it
        Person again = line.holder().resumeOn(nodes.get(0));

        assertThat(again.session()).isEqualTo(line.holder().session());
        assertThat(again.update(document, line.epoch(), "still")).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void aNodeThatComesAfterwardsTakesTheTimeThatTheOthersHave() {
        setTheEldestsClock(MINUTE);
        NodeProcess late = nodes.add(1, Map.of()).get(0);
        Line eldests = Line.of(nodes.get(0), late, document + "/eldest");
        Line others = Line.of(nodes.get(1), late, document + "/other");

        long first = eldests.broken();
        long second = others.broken();

        eldests.movesInTime(first);
        others.movesInTime(second);
    }
}
