package dev.baton.gateway;

import java.util.HashMap;
import java.util.Map;

/**
 * How many connections each client address has that came to nothing, so far or for good: each counts from its arrival
 * until it is welcomed or given a page, and otherwise until it is forgiven, which happens so many times a second for
 * each address. So that one address which opens connection after connection delays itself and not the others. Pure but
 * for its lock; times are milliseconds of a clock that does not go back. Thread-safe; holds nothing of an address
 * without debts.
 */
final class Debts {
    /** An address that is behind a proxy that has not said which one it is: it has no debts. */
    static final String UNKNOWN = "";

    /** A rate in units a second is as many thousandths of a unit a millisecond. */
    private static final long PART = 1_000;

    /** After so many charges, addresses whose debts are forgiven are forgotten. */
    private static final int ROUND = 1_024;

    private final long rate;
    private final long most;
    private final Map<String, Debt> debts = new HashMap<>();
    private int charges;

    private record Debt(long level, long at) {}

    /**
     * None so far.
     *
     * @param rate how many are forgiven each second, for each address, at least 1
     * @param most how many are remembered of one address
     */
    Debts(int rate, int most) {
        this.rate = rate;
        this.most = most * PART;
    }

    /** Another connection of that address. */
    synchronized void charge(String address, long now) {
        if (address.equals(UNKNOWN)) {
            return;
        }
        debts.put(address, new Debt(Math.min(level(address, now) + PART, most), now));
        charges++;
        if (charges % ROUND == 0) {
            debts.keySet().removeIf(known -> level(known, now) == 0);
        }
    }

    /** One of them has come to something. */
    synchronized void excuse(String address, long now) {
        long left = level(address, now) - PART;
        if (left > 0) {
            debts.put(address, new Debt(left, now));
        } else {
            debts.remove(address);
        }
    }

    /** How many count now, rounded up. */
    synchronized long of(String address, long now) {
        return (level(address, now) + PART - 1) / PART;
    }

    /** How many addresses are remembered. */
    synchronized int addresses() {
        return debts.size();
    }

    private long level(String address, long now) {
        Debt debt = debts.get(address);
        if (debt == null) {
            return 0;
        }
        long passed = Math.max(0, now - debt.at());
        return passed >= most / rate ? 0 : Math.max(0, debt.level() - passed * rate);
    }
}
