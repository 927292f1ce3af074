package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DrainPlanTest {

    @Test
    void theFirstGoesAtOnceAndTheLastOneStepBeforeTheEnd() {
        DrainPlan plan = new DrainPlan(5, Duration.ofSeconds(10));

        assertThat(plan.due(Duration.ZERO)).isEqualTo(1);
        assertThat(plan.due(Duration.ofMillis(1_999))).isEqualTo(1);
        assertThat(plan.due(Duration.ofSeconds(2))).isEqualTo(2);
        assertThat(plan.due(Duration.ofSeconds(8))).isEqualTo(5);
    }

    @Test
    void withoutTimeAllGoAtOnceAndWithoutSocketsNobodyDoes() {
        assertThat(new DrainPlan(7, Duration.ZERO).due(Duration.ZERO)).isEqualTo(7);
        assertThat(new DrainPlan(0, Duration.ofSeconds(1)).due(Duration.ZERO)).isZero();
    }

    @Property
    void nobodyIsToldTwiceAndEverybodyInTime(
            @ForAll @IntRange(max = 100_000) int count,
            @ForAll @LongRange(max = 600_000) long over,
            @ForAll @LongRange(max = 700_000) long earlier,
            @ForAll @LongRange(max = 700_000) long later) {
        DrainPlan plan = new DrainPlan(count, Duration.ofMillis(over));
        int before = plan.due(Duration.ofMillis(Math.min(earlier, later)));
        int after = plan.due(Duration.ofMillis(Math.max(earlier, later)));

        assertThat(before).isBetween(0, after);
        assertThat(after).isLessThanOrEqualTo(count);
        assertThat(plan.due(Duration.ofMillis(over))).isEqualTo(count);
    }

    @Property
    void noStretchOfTimeTakesMoreThanItsShare(
            @ForAll @IntRange(min = 1, max = 100_000) int count,
            @ForAll @LongRange(min = 1, max = 600_000) long over,
            @ForAll @LongRange(max = 600_000) long from,
            @ForAll @LongRange(max = 10_000) long stretch) {
        DrainPlan plan = new DrainPlan(count, Duration.ofMillis(over));
        int told = plan.due(Duration.ofMillis(from + stretch)) - plan.due(Duration.ofMillis(from));

        assertThat((double) told).isLessThanOrEqualTo((double) count * stretch / over + 1);
    }
}
