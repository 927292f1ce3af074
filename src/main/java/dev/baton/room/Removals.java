package dev.baton.room;

import dev.baton.session.SessionRecord;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sessions again that were removed: a node that stood still meanwhile, or was merged with others, may still have
 * one connected, or put its record back. Looks in the store once a second. Confined to the rooms' context.
 */
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);

    /** Longer than a node may stand still, or be cut off, and come back with what it had. */
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private final RoomServices on;
    private final Moderation moderation;
    private boolean looking;

    Removals(RoomServices on) {
        this.on = on;
        this.moderation = new Moderation(on.node(), on.sessions(), on.locks(), on.log());
    }

    /** Looks, unless the last look is not over. */
    void round() {
        if (looking || !on.log().available()) {
            return;
        }
        looking = true;
        on.log().removedSince(WINDOW.toMillis()).onSuccess(this::remove).onComplete(done -> looking = false);
    }

    private void remove(List<String> sessions) {
        on.sessions().removed(Set.copyOf(sessions));
        sessions.forEach(session ->
                on.node().tell(on.node().id(), Moderation.REMOVED, new JsonObject().put("session", session)));
        on.sessions().find(sessions).onSuccess(found -> found.values().stream()
                .filter(record -> !record.ended())
                .map(SessionRecord::id)
                .forEach(session -> moderation
                        .removeAgain(session)
                        .onFailure(failure -> LOG.debug("session {} is removed later: {}", session, failure))));
    }
}
