package dev.baton.faults;

import dev.baton.client.Entry;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What readers were told of one log of a document, all together: each seq is one entry, and what is written up to it
 * has one sum, whether it was read from the beginning or from a snapshot on. Any thread.
 */
final class Book {
    private final NavigableMap<Long, Entry> entries = new TreeMap<>();
    private final Map<Long, Long> sums = new HashMap<>(Map.of(0L, 0L));

    /** A reader was told that entry; false if another one was told under its seq. */
    synchronized boolean tells(Entry entry) {
        Entry known = entries.putIfAbsent(entry.seq(), entry);
        Long before = sums.get(entry.seq() - 1);
        if (before != null) {
            sums.putIfAbsent(entry.seq(), 31 * before + sum(entry));
        }
        return known == null || sum(known) == sum(entry);
    }

    /** A reader begins with a snapshot of that seq; false if its sum is another one than is known. */
    synchronized boolean begins(long seq, long sum) {
        Long known = sums.putIfAbsent(seq, sum);
        return known == null || known == sum;
    }

    /** What is written up to that seq; empty when nobody knows it. */
    synchronized OptionalLong sum(long seq) {
        Long sum = sums.get(seq);
        return sum == null ? OptionalLong.empty() : OptionalLong.of(sum);
    }

    /** All that was told, by seq. */
    synchronized NavigableMap<Long, Entry> entries() {
        return new TreeMap<>(entries);
    }

    private static int sum(Entry entry) {
        return Objects.hash(
                entry.seq(), entry.kind(), entry.epoch(), entry.session(), entry.id(), String.valueOf(entry.data()));
    }
}
