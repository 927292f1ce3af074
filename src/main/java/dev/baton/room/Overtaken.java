package dev.baton.room;

import dev.baton.cluster.ClusterNode;
import dev.baton.session.SessionRecord;
import dev.baton.session.Sessions;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What becomes of a connection whose session's record is not, or no longer, about it. Usually the session was taken up
 * on another connection, and this one has been told so; but that message may be lost, and where two attempts to come
 * back cross, the record may be about one that is closed already, or be gone. Such a client would be answered nothing,
 * and not know why.
 */
final class Overtaken {
    private final ClusterNode node;

    Overtaken(ClusterNode node) {
        this.node = node;
    }

    /**
     * Closes that connection: for good where its session is connected elsewhere, else so that its client resumes.
     * Leaves a session that was ended to whoever ended it.
     *
     * @param record the session's, now
     */
    void settle(String session, Outbox outbox, Optional<SessionRecord> record) {
        if (record.filter(SessionRecord::online).isPresent()) {
            JsonObject later = new JsonObject()
                    .put("session", session)
                    .put("generation", record.get().generation());
            node.tell(node.id(), Sessions.REPLACED, later);
        } else if (record.filter(SessionRecord::ended).isEmpty()) {
            outbox.sendAway();
        }
    }
}
