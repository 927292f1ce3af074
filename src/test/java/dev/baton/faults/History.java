package dev.baton.faults;

import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Snapshot;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All that the actors saw. Entries are not kept for each reader, but compared as they come: with what the same reader
 * had before, for order and gaps, and with what others were told under the same seq. Any thread.
 */
final class History {
    private final List<Event> events = new ArrayList<>();
    private final List<Violation> seen = new ArrayList<>();
    private final List<Long> millisUntilTold = new ArrayList<>();
    private final Map<String, Book> books = new ConcurrentHashMap<>();

    synchronized void add(Event event) {
        events.add(event);
    }

    synchronized void violated(int invariant, String words) {
        seen.add(new Violation(invariant, words));
    }

    /** How long it took to tell clients that the store went back. */
    synchronized void told(StoreChecks.Told told) {
        millisUntilTold.addAll(told.millis());
        seen.addAll(told.violations());
    }

    /** How long that took each of them. */
    synchronized List<Long> millisUntilTold() {
        return List.copyOf(millisUntilTold);
    }

    /** Everything so far, in the order in which it was noted. */
    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** What was seen to be wrong at once. */
    synchronized List<Violation> violations() {
        return List.copyOf(seen);
    }

    /** What every reader was told of a log of a document. */
    Book book(String document, String log) {
        return books.computeIfAbsent(document + " " + log, key -> new Book());
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

        String document() {
            return document;
        }

        /** The last seq it has; 0 before the first. */
        long last() {
            return last;
        }

        /** The log that belongs to; empty before the first answer. */
        Optional<String> log() {
            return log;
        }

        /** What it has read amounts to; empty when what came before is not known. */
        OptionalLong sum() {
            return log.map(one -> book(document, one).sum(last)).orElse(OptionalLong.empty());
        }

        /** It has joined or come back, and had asked for what lies after that seq. */
        void joined(Joined joined, long after) {
            if (joined.recovered() && !log.equals(Optional.of(joined.log()))) {
                violated(12, reader + " goes on from " + after + " of " + document + " in another log than " + log);
            }
            log = Optional.of(joined.log());
            last = joined.recovered() ? after : 0;
            if (!joined.recovered()) {
                joined.snapshot().ifPresent(this::startsFrom);
            }
            entries(joined.entries());
        }

        private void startsFrom(Snapshot snapshot) {
            last = snapshot.seq();
            long sum = ((JsonObject) snapshot.data()).getLong("sum");
            if (!book(document, log.orElseThrow()).begins(last, sum)) {
                violated(3, reader + " was told another content of " + document + " at " + last);
            }
        }

        /** It was told of entries. */
        void entries(List<Entry> told) {
            Book book = book(document, log.orElseThrow());
            for (Entry entry : told) {
                if (entry.seq() != last + 1) {
                    violated(3, reader + " was told seq " + entry.seq() + " of " + document + " after " + last);
                }
                last = entry.seq();
                if (!book.tells(entry)) {
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
