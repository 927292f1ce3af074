package dev.baton.gateway;

import dev.baton.protocol.ClientMessage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The signals of one client: as many a second as messages may be go on at once; of what comes beyond, the latest of
 * each document waits until it may, and takes the place of the one before. A signal that is kept and one that is not do
 * not replace each other. Pure: the time is a parameter, in milliseconds of a clock that does not go back. Confined to
 * the connection's loop.
 */
final class Signals {
    private record Key(String document, boolean keep) {}

    private final TokenBucket bucket;
    private final Map<Key, ClientMessage.Signal> waiting = new LinkedHashMap<>();

    /** So many a second, with a burst of twice that. */
    Signals(int rate, long now) {
        this.bucket = new TokenBucket(rate, 2L * rate, now);
    }

    /** Whether a signal goes on now; else it waits for {@link #due}. */
    boolean take(ClientMessage.Signal signal, long now) {
        Key key = new Key(signal.document(), signal.keep());
        boolean replaces = waiting.remove(key) != null;
        if (!replaces && bucket.has(1, now)) {
            bucket.take(1);
            return true;
        }
        waiting.put(key, signal);
        return false;
    }

    /** What has waited and goes on now, in the order in which it came. */
    List<ClientMessage.Signal> due(long now) {
        List<ClientMessage.Signal> due = new ArrayList<>();
        Iterator<ClientMessage.Signal> each = waiting.values().iterator();
        while (each.hasNext() && bucket.has(1, now)) {
            bucket.take(1);
            due.add(each.next());
            each.remove();
        }
        return due;
    }

    /** In how many milliseconds something is {@link #due}; at least 1. */
    long delay(long now) {
        return Math.max(1, bucket.delay(1, now));
    }

    /** Whether nothing waits. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** What waits for a document is of no use any more. */
    void forget(String document) {
        waiting.keySet().removeIf(key -> key.document().equals(document));
    }

    /** All that waits; nothing does any more. */
    List<ClientMessage.Signal> rest() {
        List<ClientMessage.Signal> rest = List.copyOf(waiting.values());
        waiting.clear();
        return rest;
    }
}
