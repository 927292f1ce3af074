package dev.baton.client;

import java.util.List;
import java.util.Optional;

/**
 * The answer to a {@code join}.
 *
 * @param document the document
 * @param log the log's id; another one than before means that nothing seen before counts
 * @param seq the log's head
 * @param recovered whether {@code entries} go on from what was seen; if not, rebuild from {@code snapshot} (or from
 *     nothing) and {@code entries}
 * @param snapshot where to rebuild from
 * @param entries what follows, in order; of a long tail only the beginning, the rest is told as an event up to
 *     {@code seq} and beyond
 * @param members who is there; in a large room, not everyone
 * @param count how many are there
 * @param rights who holds the pen
 */
public record Joined(
        String document,
        String log,
        long seq,
        boolean recovered,
        Optional<Snapshot> snapshot,
        List<Entry> entries,
        List<Member> members,
        int count,
        Rights rights) {

    /** The last seq told here: from there on it goes on with events. */
    public long last() {
        return entries.isEmpty() ? seq : entries.get(entries.size() - 1).seq();
    }

    /** Whether {@code entries} reach the log's head. */
    public boolean complete() {
        return last() == seq;
    }
}
