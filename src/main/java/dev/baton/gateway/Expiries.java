package dev.baton.gateway;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Who must be gone when, unless it is put off: the connections of one loop whose tokens run out. One structure and no
 * timer for all of them. Confined to its loop; times in milliseconds of one clock.
 *
 * @param <T> what runs out
 */
final class Expiries<T> {

    /** A place in the order; two that are due at once have two numbers. */
    record Slot(long at, long number) implements Comparable<Slot> {
        @Override
        public int compareTo(Slot other) {
            int order = Long.compare(at, other.at);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    private final TreeMap<Slot, T> all = new TreeMap<>();
    private long next;

    /** Something runs out then. */
    Slot add(long at, T what) {
        Slot slot = new Slot(at, next++);
        all.put(slot, what);
        return slot;
    }

    /** It does not after all. */
    void remove(Slot slot) {
        all.remove(slot);
    }

    /** Hands over and forgets what has run out by now, the first one first. */
    void due(long now, Consumer<T> consumer) {
        while (!all.isEmpty() && all.firstKey().at() <= now) {
            Map.Entry<Slot, T> first = all.pollFirstEntry();
            consumer.accept(first.getValue());
        }
    }

    /** How many are waited for. */
    int size() {
        return all.size();
    }
}
