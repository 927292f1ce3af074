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
        JsonObject limits) {
    /** Without the secret. */
    @Override
    public String toString() {
        return "Welcome[session=" + session + ", resumed=" + resumed + ", user=" + user + ", node=" + node + "]";
    }
}
