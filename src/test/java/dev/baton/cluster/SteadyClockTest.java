package dev.baton.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A time of day that goes on by the time that passes. */
class SteadyClockTest {
    private static final long WALL = 1_700_000_000_000L;

    @Test
    void beginsWithTheTimeOfDay() {
        assertThat(new SteadyClock(WALL, () -> 77).currentTimeMillis()).isEqualTo(WALL);
    }

    @Test
    void goesOnByTheMonotonicClockWhichMayStartBelowZeroAndWrapAround() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000);
        SteadyClock clock = new SteadyClock(WALL, nanos::get);

        nanos.addAndGet(2_999_999); // beyond the largest number there is

        assertThat(clock.currentTimeMillis()).isEqualTo(WALL + 2);
    }
}
