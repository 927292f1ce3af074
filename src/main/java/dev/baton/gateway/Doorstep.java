package dev.baton.gateway;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The connections of one event loop that are no sockets: those that nobody listens to yet, those that have not sent a
 * whole request, and those that a page is read through. Each has a time, however its bytes trickle in, and there are
 * only so many. Confined to its loop; the time is a parameter, in milliseconds of a clock that does not go back.
 *
 * <p>While more strangers come than the node bears, they wait unread, which costs it next to nothing. Those are let in
 * first whose address has the fewest connections that came to nothing, and of these the newest: in a crowd that stands
 * there for long, whoever comes in earnest is among the newest, and whoever has waited for long has often gone. (The
 * adaptive LIFO of B. Maurer, "Fail at Scale", ACM Queue 13:8, 2015.)
 */
final class Doorstep {

    /** What there is to do with a connection. Equal to another one for the same connection. */
    interface Caller {
        /** Where it comes from; {@link Debts#UNKNOWN} behind a trusted proxy, until that has said so. */
        String address();

        /** Whether what it sends is read. */
        void listen(boolean on);

        /** Ends it. */
        void close();

        /** Has that called on the loop when it is over; replaces what was to be called before. */
        void onClose(Runnable over);
    }

    /**
     * The files of a page are through in that time on a slow line too; a browser opens another connection by itself.
     */
    private static final long READING = 60_000;

    /** Whoever waits longer than this unread has long tried another connection, or another node. */
    static final long OUTSIDE = 60_000;

    private final long patience;
    private final int most;
    private final Strangers strangers;
    private final LimitCounts counts;
    private final Map<Caller, Stay> there = new HashMap<>();

    /** Those who wait unread, the newest last. */
    private final TreeMap<Long, Outside> outside = new TreeMap<>();

    /** The same numbers by address. */
    private final Map<String, TreeSet<Long>> byAddress = new HashMap<>();

    private long next;

    private record Stay(String address, long until, boolean asked, boolean served) {}

    private record Outside(Caller caller, long until) {}

    /**
     * An empty one.
     *
     * @param patience how long a connection may take to send its first request
     * @param most connections on this doorstep; one more is closed at once
     * @param strangers how many are let in
     * @param counts is told of each that has to wait, was closed for being late, or is one too many
     */
    Doorstep(Duration patience, int most, Strangers strangers, LimitCounts counts) {
        this.patience = patience.toMillis();
        this.most = most;
        this.strangers = strangers;
        this.counts = counts;
    }

    /** Somebody connected. */
    void came(Caller caller, long now) {
        if (size() >= most) {
            counts.reached(Limit.SOCKETS);
            caller.close();
        } else if (outside.isEmpty() && strangers.haveRoom(now)) {
            letIn(caller, now);
        } else {
            long number = next++;
            outside.put(number, new Outside(caller, now + OUTSIDE));
            byAddress.computeIfAbsent(caller.address(), any -> new TreeSet<>()).add(number);
            caller.onClose(() -> {
                if (outside.containsKey(number)) {
                    remove(number);
                }
            });
            open(now);
            if (outside.containsKey(number)) {
                counts.reached(Limit.STRANGERS);
                caller.listen(false);
            }
        }
    }

    private Caller remove(long number) {
        Caller caller = outside.remove(number).caller();
        byAddress.computeIfPresent(caller.address(), (address, numbers) -> {
            numbers.remove(number);
            return numbers.isEmpty() ? null : numbers;
        });
        return caller;
    }

    private void letIn(Caller caller, long now) {
        strangers.letIn(caller.address(), now);
        there.put(caller, new Stay(caller.address(), now + patience, false, false));
        caller.onClose(() -> there.remove(caller));
    }

    /** Lets in as many of those who wait as the node bears by now; called often. */
    void open(long now) {
        while (!outside.isEmpty() && strangers.haveRoom(now)) {
            Caller caller = remove(best(now));
            letIn(caller, now);
            caller.listen(true);
        }
    }

    /** The newest of the addresses with the smallest debt. */
    private long best(long now) {
        return byAddress.entrySet().stream()
                .min(Comparator.<Map.Entry<String, TreeSet<Long>>>comparingLong(
                                entry -> strangers.debt(entry.getKey(), now))
                        .thenComparing(entry -> entry.getValue().last(), Comparator.reverseOrder()))
                .orElseThrow()
                .getValue()
                .last();
    }

    /** It has sent a whole request. */
    void asked(Caller caller, long now) {
        there.computeIfPresent(
                caller, (same, before) -> new Stay(before.address(), now + READING, true, before.served()));
    }

    /** It was given the page that it asked for, so it has come to something. */
    void served(Caller caller, long now) {
        there.computeIfPresent(caller, (same, before) -> {
            if (!before.served()) {
                strangers.proven(before.address(), now);
            }
            return new Stay(before.address(), before.until(), before.asked(), true);
        });
    }

    /** It is a socket now. */
    void left(Caller caller) {
        there.remove(caller);
    }

    /** Closes those whose time is over; called now and then. */
    void tick(long now) {
        while (!outside.isEmpty() && now >= outside.firstEntry().getValue().until()) {
            remove(outside.firstKey()).close();
        }
        List<Map.Entry<Caller, Stay>> late = there.entrySet().stream()
                .filter(entry -> now >= entry.getValue().until())
                .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
                .toList();
        for (Map.Entry<Caller, Stay> entry : late) {
            there.remove(entry.getKey());
            if (!entry.getValue().asked()) {
                counts.reached(Limit.HANDSHAKE_TIME);
            }
            entry.getKey().close();
        }
    }

    /** How many there are, those who wait among them. */
    int size() {
        return there.size() + outside.size();
    }

    /** How many wait unread. */
    int waiting() {
        return outside.size();
    }
}
