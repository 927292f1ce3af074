package dev.baton.room;

import dev.baton.protocol.SeqEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Puts the entries of one document in order: they come from several nodes, in any order, some twice, some never. Says
 * what can be delivered now and from where on something is missing, and remembers the newest for those who come a
 * moment late. No I/O, no clock. Confined to one context.
 */
final class EntryStream {

    /** How many delivered entries are remembered: what is written while a joiner reads the log is far fewer. */
    private static final int REMEMBERED = 256;

    /** How many characters of them; one large entry must not hold hundreds of others in memory. */
    private static final int REMEMBERED_SIZE = 256 * 1024;

    /** How many that came too early wait; more than these are read from the log when their turn comes. */
    private static final int WAITING = 1_024;

    private final TreeMap<Long, SeqEntry> early = new TreeMap<>();
    private final ArrayDeque<SeqEntry> recent = new ArrayDeque<>();
    private int recentSize;
    private boolean started;
    private long delivered;
    private long known;

    /**
     * Where the document stood when it was first read; nothing up to there is delivered. Only the first call counts.
     */
    void start(long head) {
        if (!started) {
            started = true;
            delivered = head;
        }
        reach(head);
    }

    /** What lay before is lost to this stream: it goes on behind {@code head}, and remembers nothing. */
    void restart(long head) {
        started = true;
        delivered = head;
        early.headMap(head, true).clear();
        recent.clear();
        recentSize = 0;
        reach(head);
    }

    /**
     * All that was known is of another history: it begins again behind {@code head}, and remembers and awaits nothing.
     */
    void reset(long head) {
        early.clear();
        known = 0;
        restart(head);
    }

    /** The document is known to go up to there. */
    void reach(long head) {
        known = Math.max(known, head);
    }

    /** Takes an entry, and returns what can be delivered now, in order. */
    List<SeqEntry> offer(SeqEntry entry) {
        reach(entry.seq());
        if (!started || entry.seq() <= delivered) {
            return List.of();
        }
        if (early.size() < WAITING || entry.seq() == delivered + 1) {
            early.put(entry.seq(), entry);
        }
        List<SeqEntry> ready = new ArrayList<>();
        while (!early.isEmpty() && early.firstKey() == delivered + 1) {
            SeqEntry next = early.pollFirstEntry().getValue();
            ready.add(next);
            delivered = next.seq();
            remember(next);
        }
        return ready;
    }

    /** Whether entries up to what is known are missing. */
    boolean behind() {
        return started && delivered < known;
    }

    /** The last one delivered. */
    long delivered() {
        return delivered;
    }

    /** Everything delivered after {@code seq}, or empty when that is not remembered any more. */
    Optional<List<SeqEntry>> since(long seq) {
        if (seq >= delivered) {
            return Optional.of(List.of());
        }
        if (recent.isEmpty() || recent.peekFirst().seq() > seq + 1) {
            return Optional.empty();
        }
        return Optional.of(recent.stream().filter(entry -> entry.seq() > seq).toList());
    }

    private void remember(SeqEntry entry) {
        recent.addLast(entry);
        recentSize += entry.text().text().length();
        while (recent.size() > REMEMBERED || (recentSize > REMEMBERED_SIZE && recent.size() > 1)) {
            recentSize -= recent.pollFirst().text().text().length();
        }
    }
}
