package dev.baton.rights;

import dev.baton.protocol.RightsState;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * The pen of one document: who has it, who waits, who asked. An immutable value; each method is a transition that
 * returns the next one, with the time as a parameter, and does nothing else. A transition that does not apply (old
 * news, a request by somebody who may not) returns the same value, so every one of them can safely run twice.
 *
 * <p><b>How the pen moves.</b> Held → (cause) → Claiming → the store raises the epoch → Held by the next. While it is
 * Claiming nobody may write: the store has not said yes, and the former holder has been let go. If nobody waits, Held →
 * Vacating → the store forgets the holder → Free.
 *
 * <p><b>Order.</b> First come, first served. Whoever is away keeps the place and is passed over. A holder that loses
 * the pen without wanting to (away past the reservation, or silent to a request) goes to the end of the line, because
 * its {@code mode: edit} still stands; one that gives it away leaves the line.
 *
 * @param epoch the fencing token that the store holds, as far as the cluster knows
 * @param tenure where the pen is
 * @param line who waits, first come first; never holds the holder or the claimant
 * @param asks requests to the holder, oldest first; at most one a session, each of which is in line
 * @param cause what moved the pen last
 */
public record EditLock(long epoch, Tenure tenure, List<Waiter> line, List<Ask> asks, String cause)
        implements Serializable {

    /** A lock of which nothing is known. */
    public static final EditLock UNLOADED = new EditLock(0, new Tenure.Unloaded(), List.of(), List.of(), "none");

    /** The cause of a move that the holder wanted. */
    private static final String RELEASED = "released";

    /** Keeps the lists immutable. */
    public EditLock {
        line = List.copyOf(line);
        asks = List.copyOf(asks);
    }

    // ---- what can happen ------------------------------------------------------------------------------------------

    /** The store was asked: this is the epoch, and this one held the pen, or nobody did. Only while unloaded. */
    public EditLock loaded(long storeEpoch, Optional<Waiter> storeHolder, long now) {
        if (!(tenure instanceof Tenure.Unloaded)) {
            return this;
        }
        EditLock known = new EditLock(storeEpoch, new Tenure.Free(), line, asks, cause);
        if (storeHolder.isPresent()) {
            // Somebody who stands in line again is here, whatever the store's copy says of its whereabouts.
            Waiter stored = storeHolder.get();
            Waiter holder = find(stored.session()).orElse(stored);
            known = new EditLock(
                    storeEpoch,
                    new Tenure.Held(holder, new Move(Move.NOBODY, "recovered", now), now),
                    without(holder.session()),
                    asks,
                    "recovered");
        }
        return known.settle(now);
    }

    /** Somebody asks for the pen and stands in line; again is no harm, and says that it is here. */
    public EditLock enqueue(Waiter waiter, long now) {
        Optional<Waiter> known = find(waiter.session());
        if (known.isPresent()) {
            return connected(waiter.session(), waiter.generation(), now).revive(waiter, now);
        }
        List<Waiter> longer = new ArrayList<>(line);
        longer.add(waiter);
        return withLine(longer).settle(now);
    }

    /** A claimant that left and came back before the store answered takes up its claim again. */
    private EditLock revive(Waiter waiter, long now) {
        if (tenure instanceof Tenure.Claiming claiming
                && claiming.gone()
                && claiming.by().is(waiter.session())) {
            return withTenure(new Tenure.Claiming(waiter, false, claiming.move()))
                    .settle(now);
        }
        return this;
    }

    /** Somebody leaves the document, its session ended, or it wants the pen no longer. */
    public EditLock leave(String session, String why, long now) {
        EditLock rest = withLine(without(session)).withAsks(withoutAsk(session));
        if (tenure instanceof Tenure.Held held && held.holder().is(session)) {
            return rest.vacate(new Move(session, why, now)).settle(now);
        }
        if (tenure instanceof Tenure.Claiming claiming && claiming.by().is(session)) {
            return rest.withTenure(new Tenure.Claiming(claiming.by(), true, claiming.move()));
        }
        return rest.settle(now);
    }

    /**
     * The session ended, as nobody came back to it after the connection of that generation. Does nothing to whoever has
     * come back since, as far as is known here: then what ended was an older copy of the session's record.
     */
    public EditLock expired(String session, long generation, long now) {
        boolean back =
                find(session).filter(waiter -> waiter.generation() > generation).isPresent();
        return back ? this : leave(session, "expired", now);
    }

    /**
     * The connection of that generation was lost. Whoever was only missed so far is away from then on, and for that
     * cause.
     */
    public EditLock lost(String session, long generation, Presence.Away away, long now) {
        return update(
                        session,
                        waiter -> waiter.generation() < generation
                                || (waiter.generation() == generation && (waiter.online() || explains(away, waiter))),
                        waiter -> waiter.with(generation, away))
                .settle(now);
    }

    /** The session is connected, for the {@code generation}-th time. */
    public EditLock connected(String session, long generation, long now) {
        return update(
                        session,
                        waiter -> waiter.generation() < generation
                                || (waiter.generation() == generation && missed(waiter)),
                        waiter -> waiter.with(generation, Presence.HERE))
                .settle(now);
    }

    /**
     * The connection of that generation is there, and has been all the time: what was heard of its loss was false, or
     * it was that of a count that came to nothing.
     *
     * @param seen the generation that the lock had when that was found out; news since then count
     */
    public EditLock confirmed(String session, long seen, long generation, long now) {
        return update(
                        session,
                        waiter -> waiter.generation() == seen && (seen != generation || !waiter.online()),
                        waiter -> waiter.with(generation, Presence.HERE))
                .settle(now);
    }

    /** Somebody in line asks the holder for the pen, and has an answer by {@code until}. */
    public EditLock ask(Ask ask, long now) {
        boolean inLine = line.stream().anyMatch(waiter -> waiter.is(ask.session()));
        boolean asked = asks.stream().anyMatch(other -> other.session().equals(ask.session()));
        if (!(tenure instanceof Tenure.Held) || !inLine || asked) {
            return this;
        }
        List<Ask> more = new ArrayList<>(asks);
        more.add(ask);
        return withAsks(more).settle(now);
    }

    /** The holder of that epoch answers a request. Yes hands over to the asker; no leaves the asker in line. */
    public EditLock answer(String session, long ofEpoch, String asker, boolean accept, long now) {
        boolean asked = asks.stream().anyMatch(ask -> ask.session().equals(asker));
        if (!holds(session, ofEpoch) || !asked) {
            return this;
        }
        if (!accept) {
            return withAsks(withoutAsk(asker));
        }
        return handOver(find(asker), new Move(session, "accepted", now)).settle(now);
    }

    /** The holder of that epoch gives the pen back, to {@code to} if that one is here, else to the first in line. */
    public EditLock release(String session, long ofEpoch, Optional<Waiter> to, long now) {
        if (!holds(session, ofEpoch)) {
            return this;
        }
        return handOver(to, new Move(session, RELEASED, now)).settle(now);
    }

    /**
     * Somebody who may decides that the pen goes to that one, whoever has it. Does nothing while it is on its way
     * already, or when that one has it or is away.
     */
    public EditLock give(Waiter to, String why, long now) {
        if (!to.online()) {
            return this;
        }
        if (tenure instanceof Tenure.Held held && !held.holder().is(to.session())) {
            Move move = new Move(held.holder().session(), why, now);
            return demote(held.holder()).handOver(Optional.of(to), move).settle(now);
        }
        if (tenure instanceof Tenure.Free) {
            return handOver(Optional.of(to), new Move(Move.NOBODY, why, now)).settle(now);
        }
        return this;
    }

    /** The store raised the epoch for that session. */
    public EditLock claimed(long newEpoch, String session, long now) {
        if (!(tenure instanceof Tenure.Claiming claiming) || !claiming.by().is(session) || newEpoch <= epoch) {
            return this;
        }
        EditLock raised =
                new EditLock(newEpoch, tenure, line, List.of(), claiming.move().cause());
        if (claiming.gone()) {
            return raised.vacate(new Move(session, "left", now)).settle(now);
        }
        return raised.withTenure(new Tenure.Held(claiming.by(), claiming.move(), now))
                .settle(now);
    }

    /**
     * The store has another epoch than thought: whoever was to get the lock is first in the queue, unless that session
     * was {@code removed}, and the store is asked.
     */
    public EditLock refused(String session, boolean removed, long now) {
        if (!(tenure instanceof Tenure.Claiming claiming) || !claiming.by().is(session)) {
            return this;
        }
        List<Waiter> again = new ArrayList<>(line);
        if (!claiming.gone() && !removed) {
            again.add(0, claiming.by());
        }
        return withTenure(new Tenure.Unloaded()).withLine(again).settle(now);
    }

    /** The store forgot the holder of that epoch, or knew of a later epoch. */
    public EditLock vacated(long ofEpoch, boolean current, long now) {
        if (!(tenure instanceof Tenure.Vacating vacating) || ofEpoch != epoch) {
            return this;
        }
        EditLock free = new EditLock(
                epoch, new Tenure.Free(), line, asks, vacating.move().cause());
        return (current ? free : free.withTenure(new Tenure.Unloaded())).settle(now);
    }

    /**
     * The store is at that epoch with that holder, and has been for a while. If it is a later epoch, another part of
     * the cluster has granted the pen; if it is this one with another holder, or none, another part has taken it back.
     * Either way this lock is from before: whoever it had as its holder stands first in line, and the store is asked.
     */
    public EditLock outdated(long storeEpoch, Optional<String> storeHolder, long now) {
        boolean granted = storeEpoch > epoch;
        boolean taken = storeEpoch == epoch && !storeHolder.equals(holder().map(Waiter::session));
        if (pending() || !(granted || taken)) {
            return this;
        }
        List<Waiter> again = new ArrayList<>(line);
        holder().ifPresent(former -> again.add(0, former));
        return new EditLock(epoch, new Tenure.Unloaded(), again, List.of(), cause).settle(now);
    }

    /** Time went by. */
    public EditLock tick(long now) {
        return settle(now);
    }

    // ---- what follows from where things stand ---------------------------------------------------------------------

    /** Moves the pen on where it is due; the one place that decides a hand-over nobody asked for by name. */
    private EditLock settle(long now) {
        Optional<Waiter> next = line.stream().filter(Waiter::online).findFirst();
        if (tenure instanceof Tenure.Free && next.isPresent()) {
            return handOver(next, new Move(Move.NOBODY, "joined", next.get().since()));
        }
        if (tenure instanceof Tenure.Vacating vacating && next.isPresent()) {
            return handOver(next, vacating.move());
        }
        if (tenure instanceof Tenure.Held held) {
            return settleHeld(held, next, now);
        }
        return this;
    }

    private EditLock settleHeld(Tenure.Held held, Optional<Waiter> next, long now) {
        if (held.holder().presence() instanceof Presence.Away away) {
            if (next.isPresent() && now >= away.until()) {
                long since = Math.max(away.since(), next.get().since());
                long due = Math.max(away.until(), since);
                return demote(held.holder())
                        .handOver(next, new Move(held.holder().session(), away.cause(), since, due));
            }
            if (now >= away.expires()) {
                return vacate(new Move(held.holder().session(), "expired", away.expires()))
                        .settle(now);
            }
            return this;
        }
        if (!asks.isEmpty() && now >= asks.get(0).until()) {
            if (next.isPresent()) {
                Ask ask = asks.get(0);
                Move move = new Move(held.holder().session(), "unanswered", ask.since(), ask.until());
                return demote(held.holder()).handOver(next, move);
            }
            // Whoever asked is away: its turn passes, and it may ask again.
            return withAsks(asks.subList(1, asks.size())).settle(now);
        }
        return this;
    }

    /** When {@link #tick} has something to do, in milliseconds of cluster time; empty when only an event can. */
    public OptionalLong deadline() {
        if (!(tenure instanceof Tenure.Held held)) {
            return OptionalLong.empty();
        }
        if (held.holder().presence() instanceof Presence.Away away) {
            boolean wanted = line.stream().anyMatch(Waiter::online);
            return OptionalLong.of(wanted ? Math.min(away.until(), away.expires()) : away.expires());
        }
        return asks.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(asks.get(0).until());
    }

    /** Whether the store must be asked or told before this is real. */
    public boolean pending() {
        return tenure instanceof Tenure.Unloaded
                || tenure instanceof Tenure.Claiming
                || tenure instanceof Tenure.Vacating;
    }

    /**
     * Whether the pen is on its way, or its store is being told that nobody has it, because that session gave it back.
     */
    public boolean releasedBy(String session) {
        Optional<Move> move = tenure instanceof Tenure.Claiming claiming
                ? Optional.of(claiming.move())
                : tenure instanceof Tenure.Vacating vacating ? Optional.of(vacating.move()) : Optional.empty();
        return move.filter(
                        known -> known.cause().equals(RELEASED) && known.last().equals(session))
                .isPresent();
    }

    /** Whether nothing would be lost by forgetting this lock: nobody has the pen and nobody wants it. */
    public boolean idle() {
        return line.isEmpty() && (tenure instanceof Tenure.Free || tenure instanceof Tenure.Unloaded);
    }

    /** Who has the pen, here or away. */
    public Optional<Waiter> holder() {
        return tenure instanceof Tenure.Held held ? Optional.of(held.holder()) : Optional.empty();
    }

    /** The session's place in this lock, as holder, claimant or in line. */
    public Optional<Waiter> find(String session) {
        if (tenure instanceof Tenure.Held held && held.holder().is(session)) {
            return Optional.of(held.holder());
        }
        if (tenure instanceof Tenure.Claiming claiming && claiming.by().is(session)) {
            return Optional.of(claiming.by());
        }
        return line.stream().filter(waiter -> waiter.is(session)).findFirst();
    }

    /** Everybody who has a place in this lock. */
    public List<Waiter> everybody() {
        List<Waiter> all = new ArrayList<>(line);
        holder().ifPresent(all::add);
        if (tenure instanceof Tenure.Claiming claiming) {
            all.add(claiming.by());
        }
        return all;
    }

    /** What members are told. A pen on its way is nobody's. */
    public RightsState view(String document, long now) {
        List<String> queue = new ArrayList<>();
        if (tenure instanceof Tenure.Claiming claiming && !claiming.gone()) {
            queue.add(claiming.by().session());
        }
        line.forEach(waiter -> queue.add(waiter.session()));
        boolean reserved = holder().filter(holder -> !holder.online()).isPresent();
        OptionalLong until =
                reserved ? OptionalLong.of(Math.max(0, deadline().orElse(now) - now)) : OptionalLong.empty();
        return new RightsState(document, epoch, holder().map(Waiter::asMember), until, queue, cause);
    }

    // ---- pieces ---------------------------------------------------------------------------------------------------

    private boolean holds(String session, long ofEpoch) {
        return tenure instanceof Tenure.Held held && held.holder().is(session) && ofEpoch == epoch;
    }

    /** Gives the pen to {@code wanted} if that one is here, else to the first in line that is, else to nobody. */
    private EditLock handOver(Optional<Waiter> wanted, Move move) {
        Optional<Waiter> next = wanted.filter(Waiter::online)
                .or(() -> line.stream().filter(Waiter::online).findFirst());
        if (next.isEmpty()) {
            return vacate(move);
        }
        return new EditLock(
                epoch,
                new Tenure.Claiming(next.get(), false, move),
                without(next.get().session()),
                List.of(),
                cause);
    }

    private EditLock vacate(Move move) {
        return new EditLock(epoch, new Tenure.Vacating(move), line, List.of(), cause);
    }

    /** Puts a holder that still wants the pen at the end of the line. */
    private EditLock demote(Waiter holder) {
        List<Waiter> longer = new ArrayList<>(line);
        longer.add(holder);
        return withLine(longer);
    }

    /** Whether it is away only because its session could not be found for a while. */
    static boolean missed(Waiter waiter) {
        return waiter.presence() instanceof Presence.Away away && away.cause().equals(Presence.MISSING);
    }

    private static boolean explains(Presence.Away away, Waiter waiter) {
        return missed(waiter) && !away.cause().equals(Presence.MISSING);
    }

    private interface Change {
        Waiter apply(Waiter waiter);
    }

    private EditLock update(String session, Predicate<Waiter> applies, Change change) {
        Optional<Waiter> found = find(session).filter(applies);
        if (found.isEmpty()) {
            return this;
        }
        Waiter changed = change.apply(found.get());
        if (tenure instanceof Tenure.Held held && held.holder().is(session)) {
            return withTenure(new Tenure.Held(changed, held.move(), held.granted()));
        }
        if (tenure instanceof Tenure.Claiming claiming && claiming.by().is(session)) {
            return withTenure(new Tenure.Claiming(changed, claiming.gone(), claiming.move()));
        }
        return withLine(line.stream()
                .map(waiter -> waiter.is(session) ? changed : waiter)
                .toList());
    }

    private List<Waiter> without(String session) {
        return line.stream().filter(waiter -> !waiter.is(session)).toList();
    }

    private List<Ask> withoutAsk(String session) {
        return asks.stream().filter(ask -> !ask.session().equals(session)).toList();
    }

    private EditLock withTenure(Tenure other) {
        return new EditLock(epoch, other, line, asks, cause);
    }

    private EditLock withLine(List<Waiter> other) {
        return new EditLock(epoch, tenure, other, asks, cause);
    }

    private EditLock withAsks(List<Ask> other) {
        return new EditLock(epoch, tenure, line, other, cause);
    }
}
