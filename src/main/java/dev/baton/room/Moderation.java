package dev.baton.room;

import dev.baton.rights.LockEvent;
import dev.baton.rights.LockOutcome;
import dev.baton.rights.LockRecord;
import dev.baton.rights.Waiter;
import dev.baton.session.Sessions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** What a moderator does to a pen and to sessions. Confined to the rooms' context; whether one may is asked before. */
final class Moderation {

    /** Why a session that was ended is in a document no longer. */
    static final String REMOVED = "removed";

    private final RoomServices on;

    Moderation(RoomServices on) {
        this.on = on;
    }

    /** Gives the pen to a session, whoever holds it and whoever waits. */
    Future<LockOutcome> give(String document, Waiter to) {
        return appoint(document, to)
                // A pen that was on its way to somebody went there first; now that it is held it can be moved on.
                .compose(outcome ->
                        isElsewhere(outcome.settled(), to) ? appoint(document, to) : Future.succeededFuture(outcome));
    }

    private Future<LockOutcome> appoint(String document, Waiter to) {
        return on.locks().submit(document, new LockEvent.Appoint(to));
    }

    private static boolean isElsewhere(LockRecord record, Waiter to) {
        return record.lock()
                .holder()
                .filter(holder -> !holder.session().equals(to.session()))
                .isPresent();
    }

    /** Ends a session, wherever it is; the socket is closed by its node. */
    Future<Void> remove(Room room, String document, String session) {
        return on.sessions()
                .remove(session)
                .compose(removed -> on.locks().submit(document, new LockEvent.Leave(session, REMOVED)))
                .map(outcome -> {
                    room.unseat(session, REMOVED);
                    room.take(outcome);
                    return null;
                });
    }

    /** A session that has been removed still has a seat here: the news of it was lost. */
    void missed(Room room, String session) {
        room.unseat(session, REMOVED);
        on.node().tell(on.node().id(), Sessions.REMOVED, new JsonObject().put("session", session));
    }
}
