package dev.baton.gateway;

import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections of one event loop that are no sockets: those that have not sent a whole request yet, and those that a page is
 * read through. Each has a time, however its bytes trickle in, and there are only so many. Confined to its loop; the time is
 * a parameter, in milliseconds of a clock that does not go back.
 */
final class Doorstep {

    /** The files of a page are through in that time on a slow line too; a browser opens another connection by itself. */
    private static final long READING = 60_000;

    private final long patience;
    private final int most;
    private final LimitCounts counts;
    private final Map<HttpConnection, Stay> there = new HashMap<>();

    private record Stay(long until, boolean asked) {}

    /**
     * An empty one.
     *
     * @param patience how long a connection may take to send its first request
     * @param most connections on this doorstep; one more is closed at once
     * @param counts is told of each that was closed for being late, or one too many
     */
    Doorstep(Duration patience, int most, LimitCounts counts) {
        this.patience = patience.toMillis();
        this.most = most;
        this.counts = counts;
    }

    /** Somebody connected. */
    void came(HttpConnection connection, long now) {
        if (there.size() >= most) {
            counts.reached(Limit.SOCKETS);
            connection.close();
            return;
        }
        there.put(connection, new Stay(now + patience, false));
        connection.closeHandler(v -> there.remove(connection));
    }

    /** It has sent a request, which is for no socket. */
    void asked(HttpConnection connection, long now) {
        there.computeIfPresent(connection, (same, before) -> new Stay(now + READING, true));
    }

    /** It is a socket now. */
    void left(HttpConnection connection) {
        there.remove(connection);
    }

    /** Closes those whose time is over. */
    void tick(long now) {
        List<Map.Entry<HttpConnection, Stay>> late = there.entrySet().stream()
                .filter(entry -> now >= entry.getValue().until())
                .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
                .toList();
        for (Map.Entry<HttpConnection, Stay> entry : late) {
            there.remove(entry.getKey());
            if (!entry.getValue().asked()) {
                counts.reached(Limit.HANDSHAKE_TIME);
            }
            entry.getKey().close();
        }
    }

    /** How many there are. */
    int size() {
        return there.size();
    }
}
