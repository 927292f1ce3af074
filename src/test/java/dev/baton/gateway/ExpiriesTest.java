package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What runs out is told once, in order, in time; what was put off is not; and nothing stays. */
class ExpiriesTest {

    @Property(tries = 300)
    void eachIsToldWhenItIsDueAndNoneTwice(@ForAll List<@IntRange(max = 50) Integer> times) {
        Expiries<Integer> expiries = new Expiries<>();
        times.forEach(time -> expiries.add(time, time));
        List<Integer> told = new ArrayList<>();
        for (int now = 0; now <= 50; now++) {
            expiries.due(now, told::add);
            int clock = now;
            assertThat(told)
                    .isEqualTo(times.stream()
                            .filter(time -> time <= clock)
                            .sorted()
                            .toList());
        }
        assertThat(expiries.size()).isZero();
    }

    @Example
    void whatIsPutOffIsNotToldAndLeavesNothing() {
        Expiries<String> expiries = new Expiries<>();
        Expiries.Slot slot = expiries.add(5, "off");
        expiries.add(5, "on");
        expiries.remove(slot);
        List<String> told = new ArrayList<>();
        expiries.due(5, told::add);
        assertThat(told).containsExactly("on");
        assertThat(expiries.size()).isZero();
    }

    @Example
    void oneThatIsDueMayAddAnother() {
        Expiries<String> expiries = new Expiries<>();
        expiries.add(1, "first");
        List<String> told = new ArrayList<>();
        expiries.due(1, one -> {
            told.add(one);
            if (told.size() < 3) {
                expiries.add(1, "again");
            }
        });
        assertThat(told).containsExactly("first", "again", "again");
    }
}
