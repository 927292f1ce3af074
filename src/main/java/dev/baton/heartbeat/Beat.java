package dev.baton.heartbeat;

import java.util.OptionalLong;

/**
 * One place in a {@link HeartbeatWheel}: the handle by which its owner speaks of it. Confined to the wheel's event
 * loop.
 *
 * <p>It is its own link in two circular lists, that of its ping slot and that of its deadline, so that a socket costs
 * this one object, and neither a ping nor a deadline that moves makes another. The same type, without a subject, is the
 * head of such a list.
 *
 * @param <T> what it stands for
 */
public final class Beat<T> {

    private static final long NEVER = Long.MIN_VALUE;

    private final T subject;

    /** The ring whose slot it has; none when it is not in a wheel. */
    Ring<T> ring;

    int slot;
    Pace pace;

    /** Wheel time of the last sign of life. */
    long heard;

    private long pinged = NEVER;
    private Beat<T> pingBefore = this;
    private Beat<T> pingAfter = this;
    private Beat<T> dueBefore = this;
    private Beat<T> dueAfter = this;

    Beat(T subject, Pace pace, long heard) {
        this.subject = subject;
        this.pace = pace;
        this.heard = heard;
    }

    /** The head of an empty list. */
    static <T> Beat<T> head() {
        return new Beat<>(null, null, 0);
    }

    @SuppressWarnings("unchecked")
    static <T> Beat<T>[] heads(int count) {
        Beat<T>[] heads = (Beat<T>[]) new Beat<?>[count];
        for (int i = 0; i < count; i++) {
            heads[i] = head();
        }
        return heads;
    }

    /** What it stands for. */
    public T subject() {
        return subject;
    }

    /** Its pace now. */
    public Pace pace() {
        return pace;
    }

    /** When it was last pinged, by the clock that {@code tick} was given; empty before the first ping. */
    public OptionalLong pingedAt() {
        return pinged == NEVER ? OptionalLong.empty() : OptionalLong.of(pinged);
    }

    /** Whether it is in its wheel: from {@code add} until it is removed or found silent. */
    public boolean live() {
        return ring != null;
    }

    void pinged(long now) {
        pinged = now;
    }

    long due() {
        return heard + pace.timeout();
    }

    Beat<T> firstToPing() {
        return pingAfter;
    }

    Beat<T> firstDue() {
        return dueAfter;
    }

    Beat<T> nextDue() {
        return dueAfter;
    }

    /** Puts it last in the list of {@code head}, out of the one it was in. */
    void pingIn(Beat<T> head) {
        leavePings();
        pingBefore = head.pingBefore;
        pingAfter = head;
        pingBefore.pingAfter = this;
        head.pingBefore = this;
    }

    void leavePings() {
        pingBefore.pingAfter = pingAfter;
        pingAfter.pingBefore = pingBefore;
        pingBefore = this;
        pingAfter = this;
    }

    /** Moves all of this head's list to the end of another's. */
    void pourPings(Beat<T> into) {
        if (pingAfter == this) {
            return;
        }
        Beat<T> first = pingAfter;
        Beat<T> last = pingBefore;
        leavePings();
        first.pingBefore = into.pingBefore;
        into.pingBefore.pingAfter = first;
        last.pingAfter = into;
        into.pingBefore = last;
    }

    /** Puts it last in the list of {@code head}, out of the one it was in. */
    void dueIn(Beat<T> head) {
        leaveDeadlines();
        dueBefore = head.dueBefore;
        dueAfter = head;
        dueBefore.dueAfter = this;
        head.dueBefore = this;
    }

    void leaveDeadlines() {
        dueBefore.dueAfter = dueAfter;
        dueAfter.dueBefore = dueBefore;
        dueBefore = this;
        dueAfter = this;
    }

    /** Moves all of this head's list to the end of another's. */
    void pourDeadlines(Beat<T> into) {
        if (dueAfter == this) {
            return;
        }
        Beat<T> first = dueAfter;
        Beat<T> last = dueBefore;
        leaveDeadlines();
        first.dueBefore = into.dueBefore;
        into.dueBefore.dueAfter = first;
        last.dueAfter = into;
        into.dueBefore = last;
    }
}
