package dev.baton.load;

import java.util.SortedMap;
import java.util.TreeMap;

/** What the sockets of one event loop saw. Confined to that loop, until it has ended and all are added up. */
final class Ledger {

    /** What was seen of one pace: that of everybody, or that of those who hold a pen. */
    static final class Pace {
        /** From ping to ping, where the pace was the same for a while. */
        final Tally gaps = new Tally(1_000);
        /** Up to the first ping after a welcome or a change of pace, and from that to the next. */
        final Tally settling = new Tally(1_000);
        /** From the last thing said to the close for silence. */
        final Tally silences = new Tally(1_000);

        long outside;
        long early;
        long late;

        void addAll(Pace other) {
            gaps.addAll(other.gaps);
            settling.addAll(other.settling);
            silences.addAll(other.silences);
            outside += other.outside;
            early += other.early;
            late += other.late;
        }
    }

    final Pace ordinary = new Pace();
    final Pace holders = new Pace();
    final Tally welcomes = new Tally(100);
    final Tally joins = new Tally(100);
    final Tally lag = new Tally(1_000);
    final Timeline pings = new Timeline();
    final SortedMap<Integer, Long> closes = new TreeMap<>();
    final SortedMap<String, Long> failures = new TreeMap<>();
    long opened;
    long lost;
    long overdue;
    long unclosed;

    /** Of the ordinary pace, in microseconds, as the node tells it. */
    long interval;

    Pace of(boolean holder) {
        return holder ? holders : ordinary;
    }

    void failed(String why) {
        failures.merge(why, 1L, Long::sum);
    }

    void closed(int code) {
        closes.merge(code, 1L, Long::sum);
    }

    void addAll(Ledger other) {
        ordinary.addAll(other.ordinary);
        holders.addAll(other.holders);
        welcomes.addAll(other.welcomes);
        joins.addAll(other.joins);
        lag.addAll(other.lag);
        pings.addAll(other.pings);
        other.closes.forEach((code, count) -> closes.merge(code, count, Long::sum));
        other.failures.forEach((why, count) -> failures.merge(why, count, Long::sum));
        opened += other.opened;
        lost += other.lost;
        overdue += other.overdue;
        unclosed += other.unclosed;
        interval = Math.max(interval, other.interval);
    }
}
