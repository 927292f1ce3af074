package dev.baton.client;

import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * The answer to a {@code hello}.
 *
 * @param session the session's public id
 * @param resume the secret that brings the session back on another connection
 * @param resumed whether this is the session of the secret given
 * @param user who the node takes this client for
 * @param node the node's id
 * @param interval how often the node pings
 * @param timeout how long each side may be silent
 * @param grace how long a lock stays reserved for this session when it holds it and is lost
 * @param limits the node's limits by name
 */
public record Welcome(
        String session,
        String resume,
        boolean resumed,
        User user,
        String node,
        Duration interval,
        Duration timeout,
        Grace grace,
        JsonObject limits) {

    /**
     * How long a lock stays reserved for its holder, by how that one was lost.
     *
     * @param closed its socket was closed
     * @param timeout nothing was heard of it for the heartbeat's timeout
     * @param node its node was lost
     */
    public record Grace(Duration closed, Duration timeout, Duration node) {}

    /** Without the secret. */
    @Override
    public String toString() {
        return "Welcome[session=" + session + ", resumed=" + resumed + ", user=" + user + ", node=" + node + "]";
    }
}
