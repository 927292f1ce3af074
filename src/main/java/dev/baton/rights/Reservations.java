package dev.baton.rights;

import java.time.Duration;

/**
 * How long a pen is kept for a holder that is away, by what took it away. Pure.
 *
 * @param closed after the socket was closed
 * @param timeout after silence
 * @param node after its node was lost
 * @param expiry how long an offline session lives
 */
public record Reservations(Duration closed, Duration timeout, Duration node, Duration expiry) {

    /** Away since then, for that cause, with a session that lives as long as any; times of the cluster, in ms. */
    public Presence.Away away(String cause, long since) {
        return away(cause, since, since + expiry.toMillis());
    }

    /**
     * Away since then, for that cause, with a session that lives until {@code expires}; times of the cluster, in ms.
     */
    public Presence.Away away(String cause, long since, long expires) {
        Duration grace =
                switch (cause) {
                    case "timeout" -> timeout;
                    case "node-lost" -> node;
                    default -> closed;
                };
        return new Presence.Away(cause, since, since + grace.toMillis(), expires);
    }

    /** A session whose record is not to be found: perhaps its members were lost, or the whole cluster was. */
    public Presence.Away forgotten(long now) {
        return new Presence.Away(Presence.MISSING, now, now + node.toMillis(), now + expiry.toMillis());
    }
}
