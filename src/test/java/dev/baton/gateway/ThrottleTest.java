package dev.baton.gateway;

import static dev.baton.gateway.Throttle.Verdict.CLOSE;
import static dev.baton.gateway.Throttle.Verdict.REFUSE;
import static dev.baton.gateway.Throttle.Verdict.TAKE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A burst is taken, another one refused, and then it is over; who slows down is taken again. */
class ThrottleTest {
    private static final int RATE = 10;
    private static final int BYTES = 10_000;

    private final Throttle throttle = new Throttle(RATE, BYTES, 1_000, 0);

    private static Map<Throttle.Verdict, Integer> times(int times, Supplier<Throttle.Verdict> frame) {
        Map<Throttle.Verdict, Integer> verdicts = new EnumMap<>(Throttle.Verdict.class);
        for (int i = 0; i < times; i++) {
            verdicts.merge(frame.get(), 1, Integer::sum);
        }
        return verdicts;
    }

    @Example
    void aBurstOfTwiceTheRateIsTakenAsMuchAgainRefusedAndTheNextOneCloses() {
        assertThat(times(20, () -> throttle.first(1, 0))).isEqualTo(Map.of(TAKE, 20));
        assertThat(times(20, () -> throttle.first(1, 0))).isEqualTo(Map.of(REFUSE, 20));
        assertThat(throttle.reached()).isEqualTo(Limit.MESSAGES);
        assertThat(throttle.first(1, 0)).isEqualTo(CLOSE);
    }

    @Example
    void pingsAndPongsCountLikeMessages() {
        assertThat(times(41, () -> throttle.control(0))).isEqualTo(Map.of(TAKE, 20, REFUSE, 20, CLOSE, 1));
    }

    @Example
    void bytesHaveAMeasureOfTheirOwn() {
        Throttle roomy = new Throttle(1_000, BYTES, 1_000, 0);
        assertThat(times(41, () -> roomy.first(1_000, 0))).isEqualTo(Map.of(TAKE, 20, REFUSE, 20, CLOSE, 1));
        assertThat(roomy.reached()).isEqualTo(Limit.BYTES);
    }

    @Example
    void anEndlessRowOfFragmentsEndsHoweverSmallTheyAre() {
        throttle.first(0, 0);
        assertThat(times(1_000, () -> throttle.further(0, 0)).get(CLOSE)).isGreaterThan(900);
    }

    @Example
    void aMessageThatWasRefusedInTheMiddleStaysRefusedToItsEnd() {
        throttle.first(1, 0);
        times(19, () -> throttle.further(1, 0));
        assertThat(throttle.refused()).isFalse();
        assertThat(throttle.further(1_000, 0)).isEqualTo(REFUSE);
        assertThat(throttle.refused()).isTrue();
        assertThat(throttle.further(1, 5_000))
                .as("later, when there would be room")
                .isEqualTo(REFUSE);
        assertThat(throttle.refused()).isTrue();
        assertThat(throttle.first(1, 5_000)).as("the next message").isEqualTo(TAKE);
        assertThat(throttle.refused()).isFalse();
    }

    @Example
    void aPingBetweenTwoFragmentsDoesNotRefuseTheirMessage() {
        times(19, () -> throttle.control(0));
        throttle.first(1, 0);
        assertThat(throttle.control(0)).isEqualTo(REFUSE);
        assertThat(throttle.refused()).isFalse();
    }

    @Example
    void theLargestMessageIsTakenAlsoWhereTheRateIsSmall() {
        assertThat(new Throttle(10, 100, 100_000, 0).first(100_000, 0)).isEqualTo(TAKE);
    }

    @Property(tries = 200)
    void whoKeepsToTheRateIsNeverRefused(@ForAll @IntRange(min = 1, max = 1_000) int rate) {
        Throttle own = new Throttle(rate, 1_000_000, 1_000, 0);
        for (int i = 0; i < 3 * rate; i++) {
            assertThat(own.first(100, i * 1_000L / rate)).isEqualTo(TAKE);
        }
    }

    @Property(tries = 200)
    void whoWaitsAsLongAsItWasToldIsTaken(@ForAll @IntRange(min = 21, max = 40) int sent) {
        Throttle own = new Throttle(RATE, BYTES, 1_000, 0);
        times(sent, () -> own.first(700, 0));
        assertThat(own.refused()).isTrue();
        assertThat(own.first(700, own.retry(0))).isEqualTo(TAKE);
    }

    @Example
    void whoSendsSomewhatTooFastForEverIsServedAtTheRateAndNotClosed() {
        int taken = 0;
        for (int i = 0; i < 10_000; i++) {
            Throttle.Verdict verdict = throttle.first(1, i * 1_000L / 15);
            assertThat(verdict).isNotEqualTo(CLOSE);
            taken += verdict == TAKE ? 1 : 0;
        }
        assertThat(taken).isBetween(6_600, 6_700);
    }
}
