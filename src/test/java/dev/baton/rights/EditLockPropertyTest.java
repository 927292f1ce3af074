package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random histories of a lock, its store and its sessions, held against what a pen promises. */
class EditLockPropertyTest {

    @Property(tries = 400)
    void keepsItsPromisesInAnyHistory(@ForAll("histories") List<Step> history) {
        LockWorld world = new LockWorld();
        for (Step step : history) {
            world.play(step);
            world.check();
        }
        world.calmDown();
        world.check();
        assertThat(world.lock().pending()).as("nothing is left half done").isFalse();
        world.everybodyOnlineGetsItsTurn();
    }

    @Property(tries = 200)
    void isTheSameWhenEveryEventRunsTwice(@ForAll("histories") List<Step> history) {
        LockWorld once = new LockWorld();
        LockWorld twice = new LockWorld().repeatingEvents();
        for (Step step : history) {
            once.play(step);
            twice.play(step);
        }
        assertThat(twice.lock()).isEqualTo(once.lock());
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Step.Kind> kinds = Arbitraries.frequency(
                Tuple.of(6, Step.Kind.ENQUEUE),
                Tuple.of(2, Step.Kind.LEAVE),
                Tuple.of(3, Step.Kind.LOSE),
                Tuple.of(3, Step.Kind.RETURN),
                Tuple.of(2, Step.Kind.REQUEST),
                Tuple.of(2, Step.Kind.ANSWER),
                Tuple.of(2, Step.Kind.RELEASE),
                Tuple.of(2, Step.Kind.GIVE),
                Tuple.of(8, Step.Kind.STORE),
                Tuple.of(3, Step.Kind.WAIT),
                Tuple.of(1, Step.Kind.FORGET),
                Tuple.of(1, Step.Kind.ELSEWHERE),
                Tuple.of(2, Step.Kind.LOOK),
                Tuple.of(1, Step.Kind.STALE));
        Arbitrary<Step> steps = Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(1, 4_000))
                .as(Step::new);
        return steps.list().ofMinSize(1).ofMaxSize(1_000);
    }

    /**
     * One thing that happens.
     *
     * @param kind what
     * @param who one of six sessions
     * @param other another of them
     * @param amount milliseconds, or parity for a yes or no
     */
    record Step(Kind kind, int who, int other, int amount) {
        enum Kind {
            ENQUEUE,
            LEAVE,
            LOSE,
            RETURN,
            REQUEST,
            ANSWER,
            RELEASE,
            /** A moderator decides. */
            GIVE,
            STORE,
            WAIT,
            /** The cluster forgets the lock; the store does not. */
            FORGET,
            /** Another part of the cluster, which knows nothing of this one, grants the pen. */
            ELSEWHERE,
            /** Somebody looks at the store. */
            LOOK,
            /** Old news arrives late. */
            STALE
        }
    }
}
