package dev.baton.faults;

import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All that the actors saw. Entries are not kept for each reader, but compared as they come: with what the same reader had
 * before, for order and gaps, and with what others were told under the same seq. Any thread.
 */
final class History {
    private final List<Event> events = new ArrayList<>();
    private final List<Violation> seen = new ArrayList<>();
    private final Map<String, Map<Long, Integer>> books = new ConcurrentHashMap<>();

    synchronized void add(Event event) {
        events.add(event);
    }

    synchronized void violated(int invariant, String words) {
        seen.add(new Violation(invariant, words));
    }

    /** Everything so far, in the order in which it was noted. */
    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** What was seen to be wrong at once. */
    synchronized List<Violation> violations() {
        return List.copyOf(seen);
    }

    /** What every reader was told under each seq of a document, as one number for each. */
    Map<Long, Integer> book(String document) {
        return books.computeIfAbsent(document, key -> new ConcurrentHashMap<>());
    }

    /** One number for all that an entry says. */
    static int sum(Entry entry) {
        return Objects.hash(
                entry.seq(), entry.kind(), entry.epoch(), entry.session(), entry.id(), String.valueOf(entry.data()));
    }

    /** What one reader was told of one document, over all its connections. Confined to the reader. */
    final class Reading {
        private final String reader;
        private final String document;
        private long last;
        private Optional<String> log = Optional.empty();

        Reading(String reader, String document) {
            this.reader = reader;
            this.document = document;
        }

        /** The last seq it has; 0 before the first. */
        long last() {
            return last;
        }

        /** The log that belongs to; empty before the first answer. */
        Optional<String> log() {
            return log;
        }

        /** It has joined or come back, and had asked for what lies after that seq. */
        void joined(Joined joined, long after) {
            last = joined.recovered()
                    ? after
                    : joined.snapshot().map(Snapshot::seq).orElse(0L);
            log = Optional.of(joined.log());
            entries(joined.entries());
        }

        /** It was told of entries. */
        void entries(List<Entry> told) {
            for (Entry entry : told) {
                if (entry.seq() != last + 1) {
                    violated(3, reader + " was told seq " + entry.seq() + " of " + document + " after " + last);
                }
                last = entry.seq();
                int sum = sum(entry);
                Integer known = book(document).putIfAbsent(entry.seq(), sum);
                if (known != null && known != sum) {
                    violated(3, reader + " was told another entry " + entry.seq() + " of " + document + ": " + entry);
                }
            }
        }
    }

    /** How often each thing was seen, by its kind. */
    synchronized Map<String, Long> counts() {
        Map<String, Long> counts = new HashMap<>();
        for (Event event : events) {
            String kind = event instanceof Event.Wrote wrote
                    ? wrote.result().toString().toLowerCase(java.util.Locale.ROOT)
                    : event.getClass().getSimpleName();
            counts.merge(kind, 1L, Long::sum);
        }
        return counts;
    }
}
