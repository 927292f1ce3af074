package dev.baton.gateway;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How many sockets each user, or each address, has on this node. Thread-safe; holds nothing of who has none. */
final class UserSockets {
    private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();

    /** Counts a socket in, unless the user has that many already. */
    boolean tryOpen(String user, int most) {
        if (open.merge(user, 1, Integer::sum) > most) {
            closed(user);
            return false;
        }
        return true;
    }

    /** Counts a socket in that may come in whatever there is. */
    void opened(String user) {
        open.merge(user, 1, Integer::sum);
    }

    /** Counts a socket out. */
    void closed(String user) {
        open.computeIfPresent(user, (id, count) -> count == 1 ? null : count - 1);
    }

    /** How many users have one. */
    int users() {
        return open.size();
    }
}
