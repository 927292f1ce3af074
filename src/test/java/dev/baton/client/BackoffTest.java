package dev.baton.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Property(tries = 500)
    void neverWaitsLessThanTheLeastOrMoreThanTheMost(
            @ForAll @IntRange(max = Integer.MAX_VALUE - 1) int attempt,
            @ForAll @DoubleRange(min = 0, max = 1) double chance) {
        Duration delay = Backoff.DEFAULT.delay(attempt, chance);

        assertThat(delay).isBetween(Duration.ofMillis(250), Duration.ofSeconds(10));
    }

    @Test
    void spreadsEachAttemptOverTwiceTheRoomOfTheOneBefore() {
        assertThat(Backoff.DEFAULT.delay(0, 0)).isEqualTo(Duration.ofMillis(250));
        assertThat(Backoff.DEFAULT.delay(0, 1)).isEqualTo(Duration.ofMillis(500));
        assertThat(Backoff.DEFAULT.delay(1, 1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(Backoff.DEFAULT.delay(9, 0)).isEqualTo(Duration.ofMillis(250));
        assertThat(Backoff.DEFAULT.delay(9, 1)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void refusesBoundsThatLeaveNoChoice() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
