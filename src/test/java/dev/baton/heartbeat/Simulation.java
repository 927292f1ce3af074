package dev.baton.heartbeat;

import java.time.Duration;

/** A wheel with a clock that goes when it is told to, from an odd and negative beginning as a real one may have. */
final class Simulation {

    static final Duration TICK = HeartbeatWheel.TICK;
    static final long STEP = TICK.toMillis();

    final Recorder<String> said = new Recorder<>();
    long now = -987_654_321;
    final HeartbeatWheel<String> wheel = new HeartbeatWheel<>(TICK, now);

    Beat<String> add(String subject, Pace pace) {
        return wheel.add(subject, pace, now);
    }

    void heard(Beat<String> beat) {
        wheel.heard(beat, now);
    }

    /** Time passes without a tick. */
    void stall(long millis) {
        now += millis;
    }

    long tick() {
        return wheel.tick(now, said);
    }

    /** Ticks in time, for this long. */
    void run(long millis) {
        for (long passed = 0; passed < millis; passed += STEP) {
            now += STEP;
            tick();
        }
    }
}
