package dev.baton.faults;

import dev.baton.client.Entry;
import dev.baton.client.Rights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a node promises of a store that can go back, and of who is removed, replaced or late: held against what the
 * actors saw and the logs as they are in the end. Pure; each method gives what breaks one invariant.
 */
final class StoreChecks {
    private StoreChecks() {}

    /** All of them. */
    static List<Violation> all(List<Event> events, Map<String, List<Entry>> logs) {
        List<Violation> found = new ArrayList<>(noTokenOutlivesItsHistory(events));
        found.addAll(nothingComesAfterTheAnswer(events, logs));
        found.addAll(oneClusterServes(events));
        found.addAll(removedForEver(events));
        found.addAll(deletedForEver(events));
        found.addAll(inRealTime(events, logs));
        return found;
    }

    /**
     * What came of telling clients that the store went back: after how many milliseconds each knew, and whom nobody
     * told.
     */
    record Told(List<Long> millis, List<Violation> violations) {}

    /**
     * 12: who was connected, and stayed, is told of a loss within {@code limit} milliseconds from {@code up}, when the
     * store took writes again.
     */
    static Told told(List<Event> events, Event.Loss loss, long up, long limit) {
        long end = up + TimeUnit.MILLISECONDS.toNanos(limit);
        Map<String, String> logs = new HashMap<>();
        Map<String, Long> told = new HashMap<>();
        Set<String> steady = new HashSet<>();
        for (Event event : events) {
            if (event instanceof Event.Joined joined && !joined.log().isEmpty()) {
                String seat = joined.actor() + " " + joined.document();
                if (joined.end() < loss.at()) {
                    logs.put(seat, joined.log());
                    steady.add(seat);
                } else if (!joined.log().equals(logs.get(seat))) {
                    told.putIfAbsent(seat, joined.end());
                }
            } else if (event instanceof Event.Closed closed && closed.at() < end) {
                steady.removeIf(seat -> seat.startsWith(closed.actor() + " "));
            }
        }
        List<Long> millis = new ArrayList<>();
        List<Violation> found = new ArrayList<>();
        for (String seat : steady) {
            Optional<Long> when = Optional.ofNullable(told.get(seat)).filter(at -> at <= end);
            when.ifPresentOrElse(
                    at -> millis.add(Math.max(0, TimeUnit.NANOSECONDS.toMillis(at - up))),
                    () -> found.add(new Violation(
                            12, seat + " was not told within " + limit + " ms that the store went back")));
        }
        return new Told(millis, found);
    }

    /** 12: once every node knows of a loss, no epoch from before it is told or written under. */
    private static List<Violation> noTokenOutlivesItsHistory(List<Event> events) {
        List<Violation> found = new ArrayList<>();
        for (Event.Loss loss : of(events, Event.Loss.class).toList()) {
            of(events, Event.Wrote.class)
                    .filter(wrote -> wrote.result() == Event.Result.APPLIED
                            && wrote.at() > loss.end()
                            && wrote.epoch() > 0
                            && wrote.epoch() <= loss.incarnation())
                    .forEach(wrote -> found.add(new Violation(12, wrote + " was applied after " + loss)));
            of(events, Event.Told.class)
                    .filter(told -> told.you() == Rights.Place.HOLDER
                            && told.at() > loss.end() + TimeUnit.SECONDS.toNanos(1)
                            && told.epoch() <= loss.incarnation())
                    .forEach(told -> found.add(new Violation(12, told + " after " + loss)));
        }
        return found;
    }

    /** A document is joined, on a connection that was made then. */
    private record Again(long connected, Event.Joined joined) {}

    /**
     * 13: what a session wrote, was not answered and did not write again is in what it is told when it joins again, or
     * nowhere.
     */
    private static List<Violation> nothingComesAfterTheAnswer(List<Event> events, Map<String, List<Entry>> logs) {
        Map<String, Entry> written = byOperation(logs);
        Map<String, Integer> tries = new HashMap<>();
        of(events, Event.Wrote.class).forEach(wrote -> tries.merge(operation(wrote), 1, Integer::sum));
        Map<String, Long> connected = new HashMap<>();
        Map<String, List<Again>> joins = new HashMap<>();
        for (Event event : events) {
            if (event instanceof Event.Connected came) {
                connected.put(came.session(), came.at());
            } else if (event instanceof Event.Joined joined && !joined.log().isEmpty()) {
                joins.computeIfAbsent(joined.session() + " " + joined.document(), key -> new ArrayList<>())
                        .add(new Again(connected.getOrDefault(joined.session(), 0L), joined));
            }
        }
        List<Violation> found = new ArrayList<>();
        of(events, Event.Wrote.class)
                .filter(wrote -> wrote.result() == Event.Result.UNKNOWN && tries.get(operation(wrote)) == 1)
                .forEach(wrote -> Optional.ofNullable(written.get(operation(wrote)))
                        .ifPresent(entry ->
                                joins.getOrDefault(wrote.session() + " " + wrote.document(), List.of()).stream()
                                        .filter(again -> again.connected() > wrote.at()
                                                && again.joined().seq() < entry.seq())
                                        .findFirst()
                                        .ifPresent(again -> found.add(new Violation(
                                                13, wrote + " is at " + entry.seq() + ", after " + again.joined())))));
        return found;
    }

    /** 14: of nodes that are each a cluster of its own, one at most acknowledges. */
    private static List<Violation> oneClusterServes(List<Event> events) {
        List<Violation> found = new ArrayList<>();
        for (Event.Apart apart : of(events, Event.Apart.class).toList()) {
            Map<Integer, Event.Wrote> serves = new TreeMap<>();
            of(events, Event.Wrote.class)
                    .filter(wrote -> wrote.result() == Event.Result.APPLIED
                            && wrote.at() > apart.at()
                            && wrote.end() < apart.end())
                    .forEach(wrote -> serves.putIfAbsent(wrote.node(), wrote));
            if (serves.size() > 1) {
                found.add(new Violation(14, "nodes that were apart acknowledged: " + serves.values()));
            }
        }
        return found;
    }

    /** 15: a session that was removed is not resumed, and what it writes is not applied. */
    private static List<Violation> removedForEver(List<Event> events) {
        Map<String, Event.Removed> removed = new HashMap<>();
        of(events, Event.Removed.class)
                .filter(one -> of(events, Event.Loss.class).noneMatch(loss -> loss.excuses(one.at(), 0)))
                .forEach(one -> removed.put(one.session(), one));
        List<Violation> found = new ArrayList<>();
        for (Event event : events) {
            if (event instanceof Event.Connected came
                    && removed.containsKey(came.session())
                    && came.at() > removed.get(came.session()).at() + TimeUnit.SECONDS.toNanos(1)) {
                found.add(new Violation(15, came + " was " + removed.get(came.session())));
            } else if (event instanceof Event.Wrote wrote
                    && wrote.result() == Event.Result.APPLIED
                    && removed.containsKey(wrote.session())
                    && wrote.at() > removed.get(wrote.session()).at()) {
                found.add(new Violation(15, wrote + " was " + removed.get(wrote.session())));
            }
        }
        return found;
    }

    /** 15: a document that was deleted is not there again, unless the store lost that. */
    private static List<Violation> deletedForEver(List<Event> events) {
        return of(events, Event.Back.class)
                .filter(back -> of(events, Event.Loss.class).noneMatch(loss -> loss.excuses(back.at(), 0)))
                .map(back -> new Violation(15, back.words()))
                .toList();
    }

    /** When an operation was begun first, and answered first. */
    private record Interval(long begin, long end, Entry entry) {}

    /**
     * 16: what was begun after something else was answered has a later seq; and who joins after that is told a head
     * that is no lower.
     */
    private static List<Violation> inRealTime(List<Event> events, Map<String, List<Entry>> logs) {
        Map<String, Entry> written = byOperation(logs);
        Map<String, Map<String, Interval>> operations = new HashMap<>();
        Map<String, Long> begun = new HashMap<>();
        of(events, Event.Wrote.class).forEach(wrote -> {
            begun.merge(operation(wrote), wrote.at(), Math::min);
            Entry entry = written.get(operation(wrote));
            if (wrote.result() == Event.Result.APPLIED && entry != null && entry.seq() == wrote.number()) {
                operations
                        .computeIfAbsent(wrote.document(), key -> new HashMap<>())
                        .merge(
                                operation(wrote),
                                new Interval(begun.get(operation(wrote)), wrote.end(), entry),
                                (one, other) -> one.end() <= other.end() ? one : other);
            }
        });
        List<Violation> found = new ArrayList<>();
        operations.forEach((document, intervals) -> {
            List<Interval> byEnd = intervals.values().stream()
                    .sorted(Comparator.comparingLong(Interval::end))
                    .toList();
            List<Interval> asked = new ArrayList<>(intervals.values());
            of(events, Event.Joined.class)
                    .filter(joined -> joined.document().equals(document)
                            && joined.answer().equals(Event.Joined.ANSWERED))
                    .map(joined -> new Interval(joined.at(), joined.end(), headOf(joined)))
                    .forEach(asked::add);
            asked.sort(Comparator.comparingLong(Interval::begin));
            int next = 0;
            long answered = 0;
            for (Interval one : asked) {
                for (; next < byEnd.size() && byEnd.get(next).end() < one.begin(); next++) {
                    answered = Math.max(answered, byEnd.get(next).entry().seq());
                }
                boolean head = one.entry().id().isEmpty();
                if (one.entry().seq() < answered || (one.entry().seq() == answered && !head)) {
                    found.add(new Violation(
                            16, document + ": " + one + " was begun when seq " + answered + " had been answered"));
                }
            }
        });
        return found;
    }

    /** Who joins reads the head, which may be the one that was answered last. */
    private static Entry headOf(Event.Joined joined) {
        return new Entry(
                joined.seq(),
                Entry.MESSAGE,
                0,
                joined.session(),
                new dev.baton.client.User(joined.actor(), joined.actor()),
                "",
                0,
                "");
    }

    private static Map<String, Entry> byOperation(Map<String, List<Entry>> logs) {
        Map<String, Entry> written = new HashMap<>();
        logs.values().forEach(log -> log.stream()
                .filter(entry -> !entry.kind().equals(Entry.RIGHTS))
                .forEach(entry -> written.put(entry.session() + " " + entry.id(), entry)));
        return written;
    }

    private static String operation(Event.Wrote wrote) {
        return wrote.session() + " " + wrote.id();
    }

    private static <T extends Event> Stream<T> of(List<Event> events, Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast);
    }
}
