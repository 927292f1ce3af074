package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A lock together with a store that does what the real one promises, six sessions and a clock; knows nothing of how the
 * lock decides, and checks after each step what must hold whatever it decided.
 */
final class LockWorld {
    private static final long GRACE = 3_000;
    private static final long EXPIRY = 20_000;
    private static final long ANSWER = 5_000;

    private EditLock lock = EditLock.UNLOADED;
    private long now = 1_000;
    private boolean repeating;

    // the store: what is real
    private long epoch;
    private Optional<String> holder = Optional.empty();
    private final Map<Long, String> grants = new HashMap<>();

    // the sessions
    private final Map<String, Long> generation = new HashMap<>();
    private final Set<String> online = new HashSet<>();
    private final Set<String> wanting = new HashSet<>();
    private final Map<String, Presence.Away> away = new HashMap<>();

    LockWorld() {
        for (int i = 0; i < 6; i++) {
            online.add(name(i));
            generation.put(name(i), 1L);
        }
    }

    LockWorld repeatingEvents() {
        repeating = true;
        return this;
    }

    EditLock lock() {
        return lock;
    }

    private static String name(int who) {
        return "s" + who;
    }

    private Waiter waiter(String session) {
        return new Waiter(session, new User(session, session), "", now, generation.get(session), Presence.HERE);
    }

    private void apply(LockEvent.OfLock event) {
        lock = event.apply(lock, now);
        if (repeating) {
            lock = event.apply(lock, now);
        }
    }

    void play(EditLockPropertyTest.Step step) {
        String who = name(step.who());
        String other = name(step.other());
        boolean here = online.contains(who);
        switch (step.kind()) {
            case ENQUEUE -> {
                if (here) {
                    wanting.add(who);
                    apply(new LockEvent.Enqueue(waiter(who)));
                }
            }
            case LEAVE -> leave(who);
            case LOSE -> lose(who);
            case RETURN -> comeBack(who);
            case REQUEST -> {
                if (here) {
                    wanting.add(who);
                    apply(new LockEvent.Request(waiter(who), now + ANSWER));
                }
            }
            case ANSWER -> answer(who, other, step.amount() % 2 == 0);
            case RELEASE -> release(who, other, step.amount() % 2 == 0);
            case GIVE -> give(other);
            case STORE -> store();
            case WAIT -> pass(step.amount());
            case FORGET -> forget();
            case ELSEWHERE -> {
                if (here) {
                    wanting.add(who);
                    apply(new LockEvent.Enqueue(waiter(who)));
                    epoch++;
                    holder = Optional.of(who);
                    grants.put(epoch, who);
                }
            }
            case LOOK -> apply(new LockEvent.Outdated(epoch, holder.orElse(Move.NOBODY)));
            case STALE -> {
                long former = generation.get(who) - 1;
                apply(new LockEvent.Lost(who, former, new Presence.Away("closed", now, now + GRACE, now + EXPIRY)));
                EditLock before = lock;
                apply(new LockEvent.Expired(who, former));
                boolean placed = before.find(who)
                        .filter(waiter -> waiter.generation() > former)
                        .isPresent();
                assertThat(!placed || lock.equals(before))
                        .as("a connection that is over takes no place away")
                        .isTrue();
            }
        }
    }

    private void leave(String who) {
        wanting.remove(who);
        apply(new LockEvent.Leave(who, "left"));
    }

    private void lose(String who) {
        if (online.remove(who)) {
            Presence.Away gone = new Presence.Away("closed", now, now + GRACE, now + EXPIRY);
            away.put(who, gone);
            apply(new LockEvent.Lost(who, generation.get(who), gone));
        }
    }

    private void comeBack(String who) {
        if (online.add(who)) {
            generation.merge(who, 1L, Long::sum);
            away.remove(who);
            apply(new LockEvent.Connected(who, generation.get(who)));
            if (wanting.contains(who) && lock.find(who).isEmpty()) {
                apply(new LockEvent.Enqueue(waiter(who)));
            }
        }
    }

    private void answer(String who, String asker, boolean accept) {
        boolean asked = lock.asks().stream().anyMatch(ask -> ask.session().equals(asker));
        boolean holds = lock.holder().filter(waiter -> waiter.is(who)).isPresent();
        EditLock before = lock;
        apply(new LockEvent.Answer(who, lock.epoch(), asker, accept));
        if (!asked || !holds) {
            assertThat(lock)
                    .as("an answer that nobody may give changes nothing")
                    .isEqualTo(before);
        } else if (accept) {
            wanting.remove(who);
        }
    }

    private void release(String who, String to, boolean named) {
        boolean holds = lock.holder().filter(waiter -> waiter.is(who)).isPresent();
        EditLock before = lock;
        List<Waiter> heir = named && online.contains(to) && !to.equals(who) ? List.of(waiter(to)) : List.of();
        apply(new LockEvent.Release(who, lock.epoch(), heir));
        if (holds) {
            wanting.remove(who);
            heir.forEach(waiter -> wanting.add(waiter.session()));
        } else {
            assertThat(lock).as("who does not hold the pen releases nothing").isEqualTo(before);
        }
    }

    private void give(String to) {
        if (online.contains(to)) {
            EditLock before = lock;
            apply(new LockEvent.Give(waiter(to), "moderator"));
            if (!lock.equals(before)) {
                wanting.add(to);
                assertThat(lock.tenure())
                        .as("it goes to whom it was given, and to nobody else")
                        .matches(tenure -> tenure instanceof Tenure.Claiming claiming
                                && claiming.by().is(to));
            }
        }
    }

    /** The node that sees a decision through does one step. */
    private void store() {
        Tenure tenure = lock.tenure();
        if (tenure instanceof Tenure.Claiming claiming) {
            claim(claiming);
        } else if (tenure instanceof Tenure.Vacating vacating) {
            boolean current = epoch == lock.epoch();
            if (current && holder.equals(vacating.move().from())) {
                holder = Optional.empty();
            }
            apply(new LockEvent.Vacated(lock.epoch(), current));
        } else if (tenure instanceof Tenure.Unloaded) {
            apply(new LockEvent.Loaded(epoch, holder.map(this::located).stream().toList()));
        }
    }

    private void claim(Tenure.Claiming claiming) {
        String by = claiming.by().session();
        boolean again = epoch == lock.epoch() + 1 && holder.equals(Optional.of(by));
        if (epoch == lock.epoch()) {
            epoch++;
            holder = Optional.of(by);
            assertThat(grants.put(epoch, by)).as("one session an epoch").isNull();
        } else if (!again) {
            apply(new LockEvent.Refused(by, false));
            return;
        }
        apply(new LockEvent.Claimed(epoch, by));
    }

    private Waiter located(String session) {
        Presence presence = online.contains(session)
                ? Presence.HERE
                : away.getOrDefault(session, new Presence.Away(Presence.MISSING, now, now + GRACE, now + EXPIRY));
        return new Waiter(session, new User(session, session), "", now, generation.get(session), presence);
    }

    private void pass(long millis) {
        now += millis;
        for (String session : List.copyOf(away.keySet())) {
            if (now >= away.get(session).expires()) {
                away.remove(session);
                wanting.remove(session);
                apply(new LockEvent.Expired(session, generation.get(session)));
                generation.merge(session, 1L, Long::sum);
            }
        }
        apply(new LockEvent.Tick());
    }

    /** The record is lost with its members; whoever still wants the pen says so again. */
    private void forget() {
        lock = EditLock.UNLOADED;
        for (String session : new ArrayList<>(wanting)) {
            if (online.contains(session)) {
                apply(new LockEvent.Enqueue(waiter(session)));
            }
        }
    }

    // ---- what must hold -------------------------------------------------------------------------------------------

    void check() {
        lock.holder().ifPresent(believed -> {
            assertThat(lock.epoch())
                    .as("no epoch is believed that the store has not given")
                    .isLessThanOrEqualTo(epoch);
            assertThat(grants.get(lock.epoch()))
                    .as("whoever is told so holds it")
                    .isEqualTo(believed.session());
        });
        List<String> everybody = lock.everybody().stream().map(Waiter::session).toList();
        assertThat(everybody).as("nobody has two places").doesNotHaveDuplicates();
        assertThat(lock.asks())
                .allSatisfy(ask -> assertThat(lock.line().stream().anyMatch(waiter -> waiter.is(ask.session())))
                        .as("whoever asks is in line")
                        .isTrue());
        assertThat(everybody)
                .as("whoever is here and wants the pen has a place")
                .containsAll(wanting.stream().filter(online::contains).toList());
        boolean waits = lock.line().stream().anyMatch(Waiter::online);
        boolean free = lock.tenure() instanceof Tenure.Free;
        assertThat(waits && free)
                .as("a free pen does not lie there while somebody waits")
                .isFalse();
        lock.holder().filter(believed -> !believed.online()).ifPresent(believed -> {
            Presence.Away gone = (Presence.Away) believed.presence();
            assertThat(waits && now >= gone.until())
                    .as("nobody waits past a reservation")
                    .isFalse();
        });
        for (Waiter waiter : lock.everybody()) {
            if (!(lock.tenure() instanceof Tenure.Claiming claiming
                    && claiming.gone()
                    && claiming.by().equals(waiter))) {
                assertThat(waiter.online())
                        .as("it knows who is here: " + waiter)
                        .isEqualTo(online.contains(waiter.session()));
            }
        }
    }

    /** The store answers, and no more happens. */
    void calmDown() {
        apply(new LockEvent.Outdated(epoch, holder.orElse(Move.NOBODY)));
        for (int i = 0; i < 20 && lock.pending(); i++) {
            store();
        }
    }

    /** Whoever is here and waits gets the pen in the order of the line, each after the one before has given it back. */
    void everybodyOnlineGetsItsTurn() {
        List<String> expected =
                lock.line().stream().filter(Waiter::online).map(Waiter::session).toList();
        List<String> served = new ArrayList<>();
        pass(GRACE);
        calmDown();
        for (int i = 0; i < 20 && served.size() < expected.size(); i++) {
            Optional<Waiter> current = lock.holder();
            if (current.isPresent() && current.get().online()) {
                String session = current.get().session();
                if (expected.contains(session)) {
                    served.add(session);
                }
                apply(new LockEvent.Release(session, lock.epoch(), List.of()));
            }
            calmDown();
        }
        assertThat(served).containsExactlyElementsOf(expected);
    }
}
