package dev.baton.log;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which sessions go on with a later connection: what was sent on an earlier one and is not committed yet is not to be.
 * Remembers the newest some thousand, more than can have writes waiting. Thread-safe.
 */
final class Superseded {
    private static final int MOST = 20_000;

    private final Map<String, Long> generations = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST;
        }
    };

    /** The session goes on with that connection, its {@code generation}-th. */
    synchronized void put(String session, long generation) {
        generations.merge(session, generation, Math::max);
    }

    /** The session was removed: nothing of it counts any more, no claim either. */
    void remove(String session) {
        put(session, Long.MAX_VALUE);
    }

    /** Whether the write was sent on a connection that has been replaced since. */
    boolean covers(Write<?> write) {
        return write.sender().filter(this::covers).isPresent();
    }

    private synchronized boolean covers(Sender sender) {
        Long goesOn = generations.get(sender.session());
        return goesOn != null && goesOn > sender.generation();
    }
}
