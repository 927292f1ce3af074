package dev.baton.heartbeat;

import java.util.List;

/** What may happen in the life of a wheel. Whom it concerns is a number that {@link Model} makes a choice of. */
sealed interface Step {

    /** Time passes, then the wheel is ticked. */
    record Tick(long after) implements Step {}

    /** Time passes without a tick. */
    record Wait(long millis) implements Step {}

    /** Somebody comes who answers pings, or not. */
    record Add(Pace pace, boolean answers) implements Step {}

    record Heard(int whose) implements Step {}

    record Repace(int whose, Pace pace) implements Step {}

    record Remove(int whose) implements Step {}

    /** From now on these things are done when it is pinged or found silent. */
    record Meddle(int whose, List<Step> deeds) implements Step {}
}
