package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Never more than the burst and what the rate gave since, never less; whatever the clock does. */
class TokenBucketTest {

    @Property(tries = 1_000)
    void inAnyTimeNoMoreIsTakenThanTheBurstAndTheRateAllow(
            @ForAll @IntRange(min = 1, max = 1_000) int rate,
            @ForAll @IntRange(min = 1, max = 2_000) int burst,
            @ForAll @Size(min = 1, max = 200) List<@IntRange(max = 300) Integer> pauses) {
        long now = 77;
        long taken = 0;
        TokenBucket bucket = new TokenBucket(rate, burst, now);
        for (int pause : pauses) {
            now += pause;
            while (bucket.has(1, now)) {
                bucket.take(1);
                taken++;
            }
            long given = burst + rate * (now - 77) / 1_000;
            assertThat(taken).isLessThanOrEqualTo(given);
        }
    }

    @Property(tries = 1_000)
    void afterTheDelayItSaysTheAmountIsThereAndNotBefore(
            @ForAll @IntRange(min = 1, max = 100_000) int rate,
            @ForAll @IntRange(min = 1, max = 100_000) int burst,
            @ForAll @IntRange(min = 1, max = 100_000) int amount) {
        long wanted = Math.min(amount, burst);
        TokenBucket bucket = new TokenBucket(rate, burst, 0);
        bucket.take(burst);
        long delay = bucket.delay(amount, 0);
        if (delay > 1) {
            assertThat(bucket.has(wanted, delay - 1)).isFalse();
        }
        assertThat(bucket.has(wanted, delay)).isTrue();
    }

    @Property(tries = 500)
    void noSilenceIsTooLongAndNoClockThatStandsGivesAnything(
            @ForAll @LongRange(min = 1, max = 2_000_000_000L) long rate,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long silence) {
        TokenBucket bucket = new TokenBucket(rate, 2 * rate, 5);
        bucket.take(2 * rate);
        assertThat(bucket.has(1, 5)).isFalse();
        assertThat(bucket.has(1, 0)).as("a clock that went back").isFalse();
        assertThat(bucket.has(2 * rate, 5 + silence)).isEqualTo(silence >= 2_000);
        assertThat(bucket.has(2 * rate + 1, Long.MAX_VALUE)).isFalse();
    }

    @Example
    void aFullOneNeedsNoDelay() {
        TokenBucket bucket = new TokenBucket(10, 20, 0);
        assertThat(bucket.delay(20, 0)).isZero();
        bucket.take(20);
        assertThat(bucket.delay(1, 0)).isEqualTo(100);
        assertThat(bucket.delay(1, 99)).isEqualTo(1);
    }
}
