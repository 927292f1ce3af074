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

/** A burst of messages is taken, another one refused, and then it is over; bytes that come too fast are read later. */
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

    // ---- messages -------------------------------------------------------------------------------------------------

    @Example
    void whoWaitsForEachAnswerIsNeverRefusedHoweverFastItIs() {
        for (int i = 0; i < 100 * RATE; i++) {
            assertThat(throttle.message(0)).isEqualTo(TAKE);
            throttle.answered();
        }
    }

    @Property(tries = 100)
    void ofEveryWindowOfMessagesAllButTheFirstCount(@ForAll @IntRange(min = 2, max = 20) int window) {
        Throttle own = new Throttle(RATE, BYTES, 1_000, 0);
        int taken = 0;
        Throttle.Verdict verdict = TAKE;
        while (verdict == TAKE) {
            int outstanding = 0;
            while (outstanding < window && verdict == TAKE) {
                verdict = own.message(0);
                outstanding += verdict == TAKE ? 1 : 0;
            }
            taken += outstanding;
            for (int i = 0; i < outstanding; i++) {
                own.answered();
            }
        }
        int free = (2 * RATE + window - 2) / (window - 1);
        assertThat(taken).isBetween(2 * RATE + 1, 2 * RATE + free + 1);
    }

    @Example
    void anAnswerThatIsOwedIsNotForgottenByARefusal() {
        times(2 * RATE + 1, () -> throttle.message(0));
        assertThat(throttle.message(0)).isEqualTo(REFUSE);
        times(2 * RATE, () -> {
            throttle.answered();
            return TAKE;
        });
        assertThat(throttle.message(0)).as("one is outstanding still").isEqualTo(REFUSE);
        throttle.answered();
        assertThat(throttle.message(0)).isEqualTo(TAKE);
    }

    @Example
    void aBurstOfTwiceTheRateIsTakenAsMuchAgainRefusedAndTheNextOneCloses() {
        assertThat(throttle.message(0)).as("nothing is outstanding").isEqualTo(TAKE);
        assertThat(times(20, () -> throttle.message(0))).isEqualTo(Map.of(TAKE, 20));
        assertThat(times(20, () -> throttle.message(0))).isEqualTo(Map.of(REFUSE, 20));
        assertThat(throttle.message(0)).isEqualTo(CLOSE);
    }

    @Example
    void pingsAndPongsCountLikeMessages() {
        assertThat(times(41, () -> throttle.uncredited(0))).isEqualTo(Map.of(TAKE, 20, REFUSE, 20, CLOSE, 1));
    }

    @Property(tries = 200)
    void whoKeepsToTheRateIsNeverRefused(@ForAll @IntRange(min = 1, max = 1_000) int rate) {
        Throttle own = new Throttle(rate, 1_000_000, 1_000, 0);
        for (int i = 0; i < 3 * rate; i++) {
            assertThat(own.message(i * 1_000L / rate)).isEqualTo(TAKE);
        }
    }

    @Property(tries = 200)
    void whoWaitsAsLongAsItWasToldIsTaken(@ForAll @IntRange(min = 21, max = 40) int sent) {
        Throttle own = new Throttle(RATE, BYTES, 1_000, 0);
        times(sent, () -> own.message(0));
        assertThat(own.message(own.retry(0))).isEqualTo(TAKE);
    }

    @Example
    void whoSendsSomewhatTooFastForEverIsServedAtTheRateAndNotClosed() {
        int taken = 0;
        for (int i = 0; i < 10_000; i++) {
            Throttle.Verdict verdict = throttle.message(i * 1_000L / 15);
            assertThat(verdict).isNotEqualTo(CLOSE);
            taken += verdict == TAKE ? 1 : 0;
        }
        assertThat(taken).isBetween(6_600, 6_700);
    }

    // ---- bytes ----------------------------------------------------------------------------------------------------

    @Example
    void aBurstOfBytesIsReadAtOnceAndTheRestAtTheRate() {
        for (int i = 0; i < 20; i++) {
            assertThat(throttle.first(1_000, 0)).isZero();
        }
        assertThat(throttle.first(1_000, 0))
                .as("owed, at ten bytes a millisecond")
                .isEqualTo(100);
        assertThat(throttle.first(500, 100)).isEqualTo(50);
        assertThat(throttle.first(500, 200)).as("what came meanwhile is enough").isZero();
    }

    @Property(tries = 100)
    void whoeverIsMadeToWaitSendsAtTheRateInTheEnd(@ForAll @IntRange(min = 1, max = 1_000) int length) {
        Throttle own = new Throttle(RATE, BYTES, 1_000, 0);
        long now = 0;
        long sent = 0;
        while (sent < 20L * BYTES) {
            sent += length;
            now += own.first(length, now);
        }
        assertThat(now).as("twenty seconds' bytes, two of them in the burst").isBetween(17_500L, 18_900L);
    }

    @Example
    void aMessageThatIsLargerThanTheBurstIsReadAndWaitedFor() {
        assertThat(new Throttle(10, 100, 100_000, 0).first(100_000, 0)).isEqualTo(998_000);
    }

    @Example
    void anEndlessRowOfFragmentsEndsHoweverSmallTheyAre() {
        throttle.first(0, 0);
        for (int i = 0; i < 39; i++) {
            throttle.further(0, 0);
            assertThat(throttle.endless()).isFalse();
        }
        throttle.further(0, 0);
        assertThat(throttle.endless()).isTrue();
        throttle.first(0, 0);
        assertThat(throttle.endless()).as("of the next message").isFalse();
    }
}
