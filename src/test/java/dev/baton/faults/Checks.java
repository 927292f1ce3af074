package dev.baton.faults;

import dev.baton.client.Entry;
import dev.baton.client.Rights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Holds what the actors saw, and the logs as they are in the end, against what a node promises. Knows the protocol and
 * nothing else. Each method gives what breaks one invariant.
 */
final class Checks {
    /** What may wait in a node, by default settings. */
    private static final Map<String, Long> QUEUES =
            Map.of("baton_room_queue", 20_000L, "baton_store_queue", 10_000L, "baton_store_queue_bytes", 64L << 20);

    private final List<Event> events;
    private final Map<String, List<Entry>> logs;
    private final List<Event.Loss> losses;
    private final List<Violation> found = new ArrayList<>();

    private Checks(List<Event> events, Map<String, List<Entry>> logs) {
        this.events = events;
        this.logs = logs;
        this.losses = events.stream()
                .filter(Event.Loss.class::isInstance)
                .map(Event.Loss.class::cast)
                .toList();
    }

    /** Whether what was answered at that time, under that epoch, may be gone with what the store lost. */
    private boolean excused(long at, long epoch) {
        return losses.stream().anyMatch(loss -> loss.excuses(at, epoch));
    }

    /** All that can be told from the history and the logs. */
    static List<Violation> all(List<Event> events, Map<String, List<Entry>> logs) {
        Checks checks = new Checks(events, logs);
        logs.forEach((document, log) -> {
            checks.dense(document, log);
            checks.epochsRise(document, log);
            checks.onlyTheHolderWrites(document, log);
            checks.everyIdOnce(document, log);
        });
        checks.appliedIsInTheLog();
        checks.fencedIsNot();
        checks.fencedByALaterEpoch();
        checks.oneHolderAnEpoch();
        checks.epochsToldAreInTheLog();
        checks.found.addAll(StoreChecks.all(events, logs));
        return List.copyOf(checks.found);
    }

    private void broken(int invariant, String words) {
        found.add(new Violation(invariant, words));
    }

    /** 3: a log has every seq from its first entry on, once. */
    private void dense(String document, List<Entry> log) {
        for (int i = 1; i < log.size(); i++) {
            if (log.get(i).seq() != log.get(i - 1).seq() + 1) {
                broken(
                        3,
                        document + " goes from " + log.get(i - 1).seq() + " to "
                                + log.get(i).seq());
            }
        }
    }

    /** 1: each grant has a higher epoch than all before it; no entry has a lower one than the last grant. */
    private void epochsRise(String document, List<Entry> log) {
        long epoch = 0;
        for (Entry entry : log) {
            boolean grant = entry.kind().equals(Entry.RIGHTS);
            if (entry.epoch() < epoch && !entry.kind().equals(Entry.MESSAGE)) {
                broken(1, document + ": seq " + entry.seq() + " is of epoch " + entry.epoch() + " after " + epoch);
            }
            if (grant) {
                epoch = Math.max(epoch, entry.epoch());
            }
        }
    }

    /** 2: an update is of the epoch that the last grant before it gave, and by whom that gave it to. */
    private void onlyTheHolderWrites(String document, List<Entry> log) {
        long epoch = 0;
        Optional<String> holder = Optional.empty();
        boolean known = isWhole(log);
        for (Entry entry : log) {
            if (entry.kind().equals(Entry.RIGHTS)) {
                known = true;
                if (entry.epoch() > epoch) {
                    holder = Optional.of(entry.session());
                    epoch = entry.epoch();
                } else {
                    holder = Optional.empty(); // given back, with nobody to have it
                }
            } else if (entry.kind().equals(Entry.UPDATE)
                    && known
                    && (entry.epoch() != epoch
                            || holder.filter(entry.session()::equals).isEmpty())) {
                broken(
                        2,
                        document + ": seq " + entry.seq() + " of epoch " + entry.epoch() + " by " + entry.session()
                                + ", when " + holder.orElse("nobody") + " held epoch " + epoch);
            }
        }
    }

    /** 4: one operation id of a session is in the log at most once. */
    private void everyIdOnce(String document, List<Entry> log) {
        Map<String, Long> first = new HashMap<>();
        for (Entry entry : log) {
            if (!entry.kind().equals(Entry.RIGHTS)) {
                Long before = first.putIfAbsent(entry.session() + " " + entry.id(), entry.seq());
                if (before != null) {
                    broken(4, document + ": " + entry.id() + " is at " + before + " and at " + entry.seq());
                }
            }
        }
    }

    /**
     * 3 and 4: what was answered as applied is in the log at that seq; and was answered so each time it was asked
     * again.
     */
    private void appliedIsInTheLog() {
        Map<String, Long> answered = new HashMap<>();
        for (Event.Wrote wrote : wrote(Event.Result.APPLIED)) {
            if (excused(wrote.end(), wrote.epoch()) || isCompacted(wrote.document(), wrote.number())) {
                continue;
            }
            Optional<Entry> entry = at(wrote.document(), wrote.number());
            if (entry.filter(there ->
                            there.id().equals(wrote.id()) && there.session().equals(wrote.session()))
                    .isEmpty()) {
                broken(
                        3,
                        wrote.id() + " was applied at " + wrote.document() + " " + wrote.number() + ", where there is "
                                + entry.map(Entry::toString).orElse("nothing"));
            }
            Long before = answered.putIfAbsent(wrote.session() + " " + wrote.id(), wrote.number());
            if (before != null && before != wrote.number()) {
                broken(4, wrote.id() + " was answered with seq " + before + " and with " + wrote.number());
            }
        }
    }

    /**
     * 2: who writes under the epoch that it was told it holds is fenced by a later one alone; or, with nobody to hold
     * it, by its own wish to give the pen back, of which it does not know what became.
     */
    private void fencedByALaterEpoch() {
        List<Event.GaveBack> open = events.stream()
                .filter(Event.GaveBack.class::isInstance)
                .map(Event.GaveBack.class::cast)
                .filter(gave -> !gave.answered())
                .toList();
        for (Event.Wrote wrote : wrote(Event.Result.FENCED)) {
            boolean own = open.stream()
                    .anyMatch(gave -> gave.session().equals(wrote.session())
                            && gave.document().equals(wrote.document())
                            && gave.epoch() == wrote.epoch()
                            && gave.at() < wrote.end());
            boolean givenBack =
                    wrote.number() == wrote.epoch() && wrote.holder().isEmpty() && own;
            boolean ofTheLost =
                    losses.stream().anyMatch(loss -> wrote.end() > loss.at() && wrote.epoch() <= loss.incarnation());
            if (wrote.number() <= wrote.epoch() && !givenBack && !ofTheLost) {
                broken(
                        2,
                        wrote.id() + " of " + wrote.session() + " on node " + wrote.node() + " was fenced under epoch "
                                + wrote.epoch() + " by epoch " + wrote.number() + " of "
                                + wrote.holder().orElse("nobody") + " in " + wrote.document() + ", "
                                + wrote.time());
            }
        }
    }

    /** 2: what was only ever fenced is not in the log. */
    private void fencedIsNot() {
        Set<String> perhaps = new HashSet<>();
        events.stream()
                .filter(Event.Wrote.class::isInstance)
                .map(Event.Wrote.class::cast)
                .filter(wrote -> wrote.result() != Event.Result.FENCED && wrote.result() != Event.Result.REFUSED)
                .forEach(wrote -> perhaps.add(wrote.session() + " " + wrote.id()));
        Map<String, String> there = new HashMap<>();
        logs.forEach((document, log) -> log.forEach(entry -> there.put(entry.session() + " " + entry.id(), document)));
        for (Event.Wrote wrote : wrote(Event.Result.FENCED)) {
            String id = wrote.session() + " " + wrote.id();
            if (!perhaps.contains(id) && there.containsKey(id)) {
                broken(2, wrote.id() + " was fenced, and is in " + wrote.document());
            }
        }
    }

    /** 5: for one epoch, one session is told that it holds it. */
    private void oneHolderAnEpoch() {
        Map<String, String> holders = new HashMap<>();
        for (Event.Told told : told()) {
            if (told.you() == Rights.Place.HOLDER) {
                String before = holders.putIfAbsent(told.document() + " " + told.epoch(), told.session());
                if (before != null && !before.equals(told.session())) {
                    broken(
                            5,
                            "epoch " + told.epoch() + " of " + told.document() + " was given to " + before + " and to "
                                    + told.session());
                }
            }
        }
    }

    /** 1: who was told that it holds an epoch was given it by an entry of the log. */
    private void epochsToldAreInTheLog() {
        Map<String, String> granted = new HashMap<>();
        logs.forEach((document, log) -> log.stream()
                .filter(entry -> entry.kind().equals(Entry.RIGHTS))
                .forEach(entry -> granted.putIfAbsent(document + " " + entry.epoch(), entry.session())));
        for (Event.Told told : told()) {
            List<Entry> log = logs.getOrDefault(told.document(), List.of());
            // News of the loss may still be on its way to a member's node when every node knows of it.
            boolean lost =
                    excused(told.at(), told.epoch()) || excused(told.at() - TimeUnit.SECONDS.toNanos(1), told.epoch());
            if (isWhole(log) && told.you() == Rights.Place.HOLDER && !lost) {
                String to = granted.get(told.document() + " " + told.epoch());
                if (!told.session().equals(to)) {
                    broken(1, told + ", of an epoch that the log gives to " + to);
                }
            }
        }
    }

    /**
     * 10: from {@code afterwards} after a node was stopped or cut off until it is back, nobody is told there that it
     * has a new epoch, and no write is answered as applied.
     */
    static List<Violation> silentWhenGivenUp(List<Event> events, long afterwardsMillis) {
        List<Violation> found = new ArrayList<>();
        for (Event event : events) {
            if (event instanceof Event.Harm harm
                    && (harm.kind().startsWith("cut off") || harm.kind().startsWith("pause"))) {
                long from = harm.at() + TimeUnit.MILLISECONDS.toNanos(afterwardsMillis);
                for (Event other : events) {
                    if (other instanceof Event.Wrote wrote
                            && wrote.result() == Event.Result.APPLIED
                            && harm.nodes().contains(wrote.node())
                            && wrote.at() > from
                            && wrote.end() < harm.end()) {
                        found.add(new Violation(
                                10, wrote.id() + " was applied by node " + wrote.node() + " during " + harm));
                    }
                }
            }
        }
        return found;
    }

    /** 11: no queue of a node is longer than it may be; {@code gauges} as the node itself shows them. */
    static List<Violation> bounded(int node, Map<String, Long> gauges) {
        List<Violation> found = new ArrayList<>();
        QUEUES.forEach((queue, most) -> {
            if (gauges.getOrDefault(queue, 0L) > most) {
                found.add(new Violation(11, queue + " of node " + node + " is " + gauges.get(queue)));
            }
        });
        return found;
    }

    private List<Event.Wrote> wrote(Event.Result result) {
        return events.stream()
                .filter(Event.Wrote.class::isInstance)
                .map(Event.Wrote.class::cast)
                .filter(wrote -> wrote.result() == result)
                .toList();
    }

    private List<Event.Told> told() {
        return events.stream()
                .filter(Event.Told.class::isInstance)
                .map(Event.Told.class::cast)
                .toList();
    }

    private static boolean isWhole(List<Entry> log) {
        return !log.isEmpty() && log.get(0).seq() == 1;
    }

    /** Whether that seq lies before what is known of the log. */
    private boolean isCompacted(String document, long seq) {
        List<Entry> log = logs.getOrDefault(document, List.of());
        return !log.isEmpty() && seq < log.get(0).seq();
    }

    private Optional<Entry> at(String document, long seq) {
        List<Entry> log = logs.getOrDefault(document, List.of());
        if (log.isEmpty()) {
            return Optional.empty();
        }
        long index = seq - log.get(0).seq();
        return index < 0 || index >= log.size() ? Optional.empty() : Optional.of(log.get((int) index));
    }
}
