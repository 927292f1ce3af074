package dev.baton.heartbeat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A wheel beside a slow and simple account of what it should say. The account learns at a tick whether the time before
 * it was a pause, and only then puts a wheel time to what happened in it.
 */
final class Model implements Visitor<Model.Subject> {

    private static final long PAUSE = 250;

    /** One who was added. Times are wheel time. */
    static final class Subject {
        private final int number;
        private final boolean answers;
        private Beat<Subject> beat;
        private Pace pace;
        private boolean in = true;
        private long heard;
        private long pinged;
        private long pingedIn = -1;
        private long advancedThen;
        private int unsettled;
        private long promptBy = Long.MAX_VALUE;
        private List<Step> deeds = List.of();

        private Subject(int number, Pace pace, boolean answers) {
            this.number = number;
            this.pace = pace;
            this.answers = answers;
        }

        private long deadline() {
            return heard + pace.timeout();
        }
    }

    private enum What {
        ADDED,
        HEARD,
        REPACED
    }

    private record Event(Subject subject, What what, long at) {}

    private final long step;
    private final HeartbeatWheel<Subject> wheel;
    private final List<Subject> all = new ArrayList<>();
    private final List<Subject> in = new ArrayList<>();
    private final List<Event> sinceTick = new ArrayList<>();
    private long now = -77;
    private long tickedAt = now;
    private long ticks;
    private long time;
    private long advance;

    /** Deadlines up to this wheel time are looked at in this tick. */
    private long horizon;

    private boolean ticking;

    Model(long step) {
        this.step = step;
        this.wheel = new HeartbeatWheel<>(Duration.ofMillis(step), now);
    }

    void take(Step what) {
        if (what instanceof Step.Tick tick) {
            now += tick.after();
            tick();
        } else if (what instanceof Step.Wait wait) {
            now += wait.millis();
        } else {
            deed(what);
        }
    }

    private void deed(Step what) {
        if (what instanceof Step.Add add) {
            add(add);
        } else if (what instanceof Step.Heard heard) {
            pick(heard.whose()).ifPresent(this::heard);
        } else if (what instanceof Step.Repace repace) {
            pick(repace.whose()).ifPresent(subject -> repace(subject, repace.pace()));
        } else if (what instanceof Step.Remove remove) {
            pick(remove.whose()).ifPresent(this::remove);
        } else if (what instanceof Step.Meddle meddle) {
            pick(meddle.whose()).ifPresent(subject -> subject.deeds = meddle.deeds());
        }
    }

    /** Nothing more happens: the silent have to be found, those who answer kept, and then all leave. */
    void end() {
        all.forEach(subject -> subject.deeds = List.of());
        for (int i = 0; i < 26_000 / step; i++) {
            now += step;
            tick();
        }
        check(in.stream().allMatch(subject -> subject.answers), "somebody silent was not found");
        List.copyOf(in).forEach(this::remove);
        now += step;
        tick();
        check(Reach.beatsFrom(wheel).stream().allMatch(beat -> beat.subject() == null), "a beat was left");
        check(Reach.ringsFrom(wheel).isEmpty(), "a ring was left");
    }

    private void tick() {
        long passed = now - tickedAt;
        boolean paused = passed > step + PAUSE;
        advance = paused ? step : passed;
        sinceTick.forEach(event -> happened(event, Math.min(time + event.at() - tickedAt, time + advance)));
        sinceTick.clear();
        horizon = paused ? time : time + advance;
        time += advance;
        tickedAt = now;
        ticks++;

        ticking = true;
        long late = wheel.tick(now, this);
        ticking = false;

        check(late == Math.max(0, passed - step), "lateness " + late + " after " + passed);
        check(wheel.size() == in.size(), "size " + wheel.size() + " instead of " + in.size());
        in.forEach(this::checkAfterTick);
    }

    private void checkAfterTick(Subject subject) {
        check(subject.beat.live(), "beat not live", subject);
        check(wheel.silence(subject.beat, now) == time - subject.heard, "silence miscounted", subject);
        check(horizon - subject.deadline() < step, "silent and not reported", subject);
        check(ticks < subject.promptBy, "not pinged at once", subject);
        check(time - subject.pinged <= subject.pace.interval() + advance, "ping missed", subject);
    }

    @Override
    public void ping(Subject subject) {
        check(subject.in, "pinged though out", subject);
        check(subject.pingedIn != ticks, "pinged twice in a tick", subject);
        long gap = time - subject.pinged;
        long interval = subject.pace.interval();
        check(gap <= interval + advance, "pinged after " + gap, subject);
        if (subject.unsettled == 0) {
            check(gap >= interval * 91 / 100 - subject.advancedThen, "pinged after only " + gap, subject);
        } else {
            subject.unsettled--;
        }
        check(subject.beat.pingedAt().orElseThrow() == now, "time of ping", subject);
        subject.pinged = time;
        subject.pingedIn = ticks;
        subject.advancedThen = advance;
        subject.promptBy = Long.MAX_VALUE;
        if (subject.answers) {
            heard(subject);
        }
        meddle(subject);
    }

    @Override
    public void silent(Subject subject) {
        check(subject.in, "reported though out", subject);
        check(subject.deadline() <= horizon, "reported early", subject);
        check(!subject.beat.live(), "reported before it was removed", subject);
        subject.in = false;
        in.remove(subject);
        meddle(subject);
    }

    private void meddle(Subject subject) {
        List<Step> deeds = subject.deeds;
        subject.deeds = List.of();
        deeds.forEach(this::deed);
    }

    private void add(Step.Add add) {
        Subject subject = new Subject(all.size(), add.pace(), add.answers());
        subject.beat = wheel.add(subject, add.pace(), now);
        all.add(subject);
        in.add(subject);
        tell(subject, What.ADDED);
    }

    private void heard(Subject subject) {
        wheel.heard(subject.beat, now);
        tell(subject, What.HEARD);
    }

    private void repace(Subject subject, Pace pace) {
        wheel.repace(subject.beat, pace, now);
        if (subject.in && !subject.pace.equals(pace)) {
            subject.pace = pace;
            subject.promptBy = ticks + 1;
            tell(subject, What.REPACED);
        }
    }

    private void remove(Subject subject) {
        wheel.remove(subject.beat);
        subject.in = false;
        in.remove(subject);
    }

    private void tell(Subject subject, What what) {
        if (ticking) {
            happened(new Event(subject, what, now), time);
        } else {
            sinceTick.add(new Event(subject, what, now));
        }
    }

    private static void happened(Event event, long time) {
        Subject subject = event.subject();
        switch (event.what()) {
            case HEARD -> subject.heard = time;
            case ADDED -> {
                subject.heard = time;
                subject.pinged = time;
                subject.unsettled = 1;
            }
            case REPACED -> {
                subject.heard = Math.max(subject.heard, time);
                subject.pinged = time;
                subject.unsettled = 2;
            }
        }
    }

    /** Every second choice is among those who are in, the others among all that ever were. */
    private Optional<Subject> pick(int number) {
        List<Subject> among = number % 2 == 0 ? in : all;
        return among.isEmpty() ? Optional.empty() : Optional.of(among.get(number / 2 % among.size()));
    }

    private void check(boolean holds, String fault, Subject subject) {
        if (!holds) {
            check(
                    false,
                    fault + ": #" + subject.number + " " + subject.pace + ", heard " + subject.heard + ", pinged "
                            + subject.pinged);
        }
    }

    private void check(boolean holds, String fault) {
        if (!holds) {
            throw new AssertionError("tick " + ticks + ", wheel time " + time + " (+" + advance + "): " + fault);
        }
    }
}
