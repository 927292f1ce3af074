package dev.baton.heartbeat;

import static dev.baton.heartbeat.Simulation.STEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HeartbeatWheelTest {

    private static final Pace VIEWER = new Pace(5_000, 10_000);
    private static final Pace EDITOR = new Pace(2_000, 5_000);

    private final Simulation sim = new Simulation();
    private final Recorder<String> said = sim.said;

    @Test
    void aPaceThatCannotWorkIsRefusedWithItsReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pace(0, 10))
                .withMessage("interval must be at least 1 ms, not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pace(5_000, 5_000))
                .withMessage("timeout must be more than the interval of 5000 ms, not 5000");
        assertThat(Pace.of(Duration.ofSeconds(5), Duration.ofSeconds(10))).isEqualTo(VIEWER);
    }

    @Test
    void aTickOutOfRangeIsRefused() {
        for (Duration tick : List.of(Duration.ZERO, Duration.ofNanos(999_999), Duration.ofMillis(251))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new HeartbeatWheel<String>(tick, 0))
                    .withMessageStartingWith("tick must be from 1 ms to 250 ms");
        }
    }

    @Nested
    class Pings {

        @Test
        void theFirstComesWithinAnIntervalAndThenOneEveryInterval() {
            Beat<String> beat = sim.add("a", VIEWER);
            assertThat(beat.pingedAt()).isEmpty();
            long added = sim.now;
            said.onPing = subject -> sim.heard(beat);

            sim.run(5_000);
            assertThat(said.pings).hasSize(1);
            assertThat(beat.pingedAt().orElseThrow()).isBetween(added, added + 5_000);

            sim.run(50_000);
            assertThat(said.pings).hasSize(11);
            assertThat(said.silent).isEmpty();
        }

        @Test
        void anIntervalThatIsNoMultipleOfTheTickIsKeptOnAverage() {
            Beat<String> beat = sim.add("a", new Pace(333, 1_000));
            said.onPing = subject -> sim.heard(beat);

            sim.run(333 * 3_000);

            assertThat(said.pings).hasSizeBetween(2_999, 3_001);
        }

        @Test
        void anIntervalShorterThanATickAsksForOnePingATick() {
            Beat<String> beat = sim.add("a", new Pace(7, 60_000));
            sim.run(1_000);
            assertThat(said.pings).hasSize(1_000 / (int) STEP);
            assertThat(beat.live()).isTrue();
        }

        @Test
        void aChangeOfPaceIsFollowedByAPingAtTheNextTickAndTheNewInterval() {
            Beat<String> beat = sim.add("a", VIEWER);
            said.onPing = subject -> sim.heard(beat);
            sim.run(7_300);
            said.pings.clear();

            sim.wheel.repace(beat, EDITOR, sim.now);
            sim.run(STEP);
            assertThat(said.pings).containsExactly("a");
            assertThat(beat.pace()).isEqualTo(EDITOR);

            said.pings.clear();
            sim.run(20_000);
            assertThat(said.pings).hasSize(10);
            assertThat(said.silent).isEmpty();
        }

        @Test
        void theSamePaceAgainChangesNothing() {
            Beat<String> beat = sim.add("a", VIEWER);
            for (int i = 0; i < 11_000 / STEP; i++) {
                sim.wheel.repace(beat, new Pace(5_000, 10_000), sim.now);
                sim.run(STEP);
            }
            assertThat(said.pings).hasSize(2);
            assertThat(said.silent).containsExactly("a");
        }
    }

    @Nested
    class Silence {

        @Test
        void whoSaysNothingIsReportedOnceAtItsTimeoutAndNotBefore() {
            Beat<String> beat = sim.add("a", EDITOR);
            sim.run(4_980);
            assertThat(said.silent).isEmpty();
            assertThat(sim.wheel.silence(beat, sim.now)).isEqualTo(4_980);

            sim.run(60);
            assertThat(said.silent).containsExactly("a");
            assertThat(beat.live()).isFalse();
            assertThat(sim.wheel.size()).isZero();

            said.pings.clear();
            sim.run(60_000);
            assertThat(said.silent).hasSize(1);
            assertThat(said.pings).isEmpty();
        }

        @Test
        void aTimeoutLongerThanTheWheelOfDeadlinesIsKeptToo() {
            sim.add("a", new Pace(20_000, 61_010));
            sim.run(61_000);
            assertThat(said.silent).isEmpty();
            sim.run(60);
            assertThat(said.silent).containsExactly("a");
        }

        @Test
        void anySignOfLifeStartsTheTimeoutAnew() {
            Beat<String> beat = sim.add("a", EDITOR);
            for (int i = 0; i < 20; i++) {
                sim.run(4_900);
                sim.heard(beat);
            }
            sim.run(4_980);
            assertThat(said.silent).isEmpty();
            sim.run(60);
            assertThat(said.silent).containsExactly("a");
        }

        @Test
        void aShorterTimeoutIsCountedFromTheChange() {
            Beat<String> beat = sim.add("a", VIEWER);
            sim.run(9_000);
            sim.wheel.repace(beat, EDITOR, sim.now);
            sim.run(4_980);
            assertThat(said.silent).isEmpty();
            sim.run(60);
            assertThat(said.silent).containsExactly("a");
        }

        @Test
        void itIsFoundInTimeThoughTicksAreLateByLessThanAPause() {
            sim.add("a", EDITOR);
            sim.run(4_900);
            sim.stall(STEP + 250);
            sim.tick();
            assertThat(said.silent).containsExactly("a");
        }
    }

    @Nested
    class Pauses {

        @Test
        void aPauseCostsNobodyAnyOfItsTimeout() {
            sim.add("a", EDITOR);
            sim.run(4_000);
            sim.stall(60_000);
            sim.run(960);
            assertThat(said.silent).isEmpty();
            sim.run(80);
            assertThat(said.silent).containsExactly("a");
        }

        @Test
        void theTickAfterAPauseReportsNobody() {
            Beat<String> beat = sim.add("a", EDITOR);
            sim.run(4_980);
            sim.stall(3_000);
            sim.tick();
            assertThat(said.silent).isEmpty();

            sim.heard(beat);
            sim.run(4_900);
            assertThat(said.silent).isEmpty();
        }

        @Test
        void whatIsHeardBetweenAPauseAndItsTickCountsFromTheEndOfThePause() {
            Beat<String> beat = sim.add("a", EDITOR);
            sim.run(1_000);
            sim.stall(60_000);
            sim.heard(beat);
            sim.run(4_980);
            assertThat(said.silent).isEmpty();
            sim.run(100);
            assertThat(said.silent).containsExactly("a");
        }

        @Test
        void whoComesOrChangesPaceBetweenAPauseAndItsTickGetsItsTimeoutAndNotMore() {
            Beat<String> old = sim.add("old", VIEWER);
            sim.run(100);
            sim.stall(60_000);
            sim.add("new", EDITOR);
            sim.wheel.repace(old, EDITOR, sim.now);
            sim.run(4_980);
            assertThat(said.silent).isEmpty();
            sim.run(100);
            assertThat(said.silent).containsExactlyInAnyOrder("old", "new");
        }

        @Test
        void noBurstOfPingsFollowsAPause() {
            for (int i = 0; i < 2_500; i++) {
                sim.add("s" + i, VIEWER);
            }
            sim.run(2_000);
            said.pings.clear();
            sim.stall(7_000);
            sim.tick();
            assertThat(said.pings).hasSizeLessThanOrEqualTo(20);
        }

        @Test
        void everyTickTellsHowLateItIs() {
            sim.stall(STEP);
            assertThat(sim.tick()).isZero();
            sim.stall(STEP + 40);
            assertThat(sim.tick()).isEqualTo(40);
            sim.stall(7_000);
            assertThat(sim.tick()).isEqualTo(7_000 - STEP);
            assertThat(sim.tick()).isZero();
        }
    }

    @Nested
    class FromInsideATick {

        @Test
        void theSilentMayRemoveEachOther() {
            List<Beat<String>> beats = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                beats.add(sim.add("s" + i, EDITOR));
            }
            said.onSilent = subject -> beats.forEach(sim.wheel::remove);
            sim.run(6_000);
            assertThat(said.silent).hasSize(1);
            assertThat(sim.wheel.size()).isZero();
        }

        @Test
        void whoIsPingedMayRemoveTheOthersAndItself() {
            List<Beat<String>> beats = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                beats.add(sim.add("s" + i, EDITOR));
            }
            said.onPing = subject -> beats.forEach(sim.wheel::remove);
            sim.run(20_000);
            assertThat(said.pings).hasSize(1);
            assertThat(sim.wheel.size()).isZero();
        }

        @Test
        void aPlaceCanBeTakenAgainAtOnce() {
            sim.add("a", EDITOR);
            said.onSilent = subject -> sim.add(subject, EDITOR);
            sim.run(26_000);
            assertThat(said.silent).hasSize(5);
            assertThat(sim.wheel.size()).isEqualTo(1);
        }

        @Test
        void aPaceChangedByItsOwnPingTakesHoldAtTheNextTick() {
            Beat<String> beat = sim.add("a", VIEWER);
            said.onPing = subject -> {
                sim.heard(beat);
                sim.wheel.repace(beat, beat.pace().equals(VIEWER) ? EDITOR : VIEWER, sim.now);
            };
            sim.run(20_000);
            assertThat(said.pings).hasSizeBetween(750, 1_000);
            assertThat(said.silent).isEmpty();
        }

        @Test
        void anExceptionLosesNobody() {
            for (int i = 0; i < 1_000; i++) {
                sim.add("s" + i, EDITOR);
            }
            said.onPing = subject -> {
                if (subject.endsWith("7")) {
                    throw new IllegalStateException("ping of " + subject);
                }
            };
            said.onSilent = subject -> {
                if (subject.endsWith("3")) {
                    throw new IllegalStateException("silence of " + subject);
                }
            };
            int thrown = 0;
            for (int i = 0; i < 10_000 / STEP; i++) {
                sim.stall(STEP);
                try {
                    sim.tick();
                } catch (IllegalStateException expected) {
                    thrown++;
                }
            }
            assertThat(thrown).isGreaterThan(100);
            assertThat(said.pings).hasSizeGreaterThanOrEqualTo(2_000);
            assertThat(said.silent).doesNotHaveDuplicates().hasSize(1_000);
            assertThat(sim.wheel.size()).isZero();
        }
    }

    @Nested
    class Removal {

        @Test
        void removingIsDoneOnceHoweverOftenItIsSaid() {
            Beat<String> one = sim.add("one", VIEWER);
            Beat<String> other = sim.add("other", VIEWER);
            sim.wheel.remove(one);
            sim.wheel.remove(one);
            assertThat(sim.wheel.size()).isEqualTo(1);
            assertThat(one.live()).isFalse();
            assertThat(other.live()).isTrue();
        }

        @Test
        void nothingIsSaidOfTheRemovedWhateverIsDoneToIt() {
            Beat<String> beat = sim.add("a", VIEWER);
            sim.wheel.remove(beat);
            sim.wheel.heard(beat, sim.now);
            sim.wheel.repace(beat, EDITOR, sim.now);
            sim.run(30_000);
            assertThat(said.pings).isEmpty();
            assertThat(said.silent).isEmpty();
            assertThat(sim.wheel.size()).isZero();
        }

        @Test
        void theRemovedIsHeldByNobodyAndHoldsNobody() {
            List<Beat<String>> gone = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                gone.add(sim.add("s" + i, i % 2 == 0 ? VIEWER : EDITOR));
            }
            sim.run(3_000);
            sim.wheel.repace(gone.get(0), EDITOR, sim.now);
            gone.forEach(sim.wheel::remove);
            sim.run(STEP);

            assertThat(Reach.beatsFrom(sim.wheel)).allMatch(beat -> beat.subject() == null);
            for (Beat<String> beat : gone) {
                assertThat(Reach.beatsFrom(beat)).isEqualTo(Set.of(beat));
            }
            assertThat(Reach.ringsFrom(sim.wheel)).as("rings without beats").isEmpty();
        }
    }
}
