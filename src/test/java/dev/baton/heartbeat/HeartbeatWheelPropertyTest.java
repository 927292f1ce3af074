package dev.baton.heartbeat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** Any history of comings, goings, signs of life, late ticks and pauses, against a model that knows everything. */
class HeartbeatWheelPropertyTest {

    private static final List<Pace> PACES = List.of(
            new Pace(5_000, 10_000),
            new Pace(2_000, 5_000),
            new Pace(333, 1_000),
            new Pace(1_001, 1_502),
            new Pace(200, 401),
            new Pace(3_000, 25_000));

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
    void everyHistoryKeepsThePromises(@ForAll("steps") long step, @ForAll("histories") List<Step> history) {
        Model model = new Model(step);
        history.forEach(model::take);
        model.end();
    }

    @Provide
    Arbitrary<Long> steps() {
        return Arbitraries.of(5L, 10L, 20L, 25L);
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Integer> whose = Arbitraries.integers().between(0, 1 << 20);
        Arbitrary<Pace> pace = Arbitraries.of(PACES);
        Arbitrary<Step> add =
                Combinators.combine(pace, Arbitraries.of(true, false)).as(Step.Add::new);
        Arbitrary<Step> heard = whose.map(Step.Heard::new);
        Arbitrary<Step> repace = Combinators.combine(whose, pace).as(Step.Repace::new);
        Arbitrary<Step> remove = whose.map(Step.Remove::new);
        Arbitrary<Step> deed =
                Arbitraries.frequencyOf(Tuple.of(3, add), Tuple.of(3, remove), Tuple.of(3, repace), Tuple.of(2, heard));
        Arbitrary<Step> meddle =
                Combinators.combine(whose, deed.list().ofMaxSize(4)).as(Step.Meddle::new);
        Arbitrary<Step> any = Arbitraries.frequencyOf(
                Tuple.of(60, tick(0, 40)),
                Tuple.of(4, tick(0, 260)),
                Tuple.of(1, tick(200, 30_000)),
                Tuple.of(1, Arbitraries.longs().between(0, 400).map(Step.Wait::new)),
                Tuple.of(10, add),
                Tuple.of(10, heard),
                Tuple.of(4, repace),
                Tuple.of(4, remove),
                Tuple.of(2, meddle));
        return any.list().ofMinSize(200).ofMaxSize(4_000);
    }

    private static Arbitrary<Step> tick(long least, long most) {
        return Arbitraries.longs().between(least, most).map(Step.Tick::new);
    }
}
