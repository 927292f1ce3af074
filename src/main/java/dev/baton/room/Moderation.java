package dev.baton.room;

import dev.baton.auth.Role;
import dev.baton.cluster.ClusterNode;
import dev.baton.log.DocumentLog;
import dev.baton.protocol.Member;
import dev.baton.rights.LockEvent;
import dev.baton.rights.LockOutcome;
import dev.baton.rights.Locks;
import dev.baton.rights.Presence;
import dev.baton.rights.Waiter;
import dev.baton.session.SessionRecord;
import dev.baton.session.Sessions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What somebody may do who decides over others: give a document's pen to a session, and end a session. Whoever calls
 * has found out that they may. Works from any node, for sessions on any node. Any context; futures complete on the
 * caller's, and fail with {@link Refused} when it cannot be done, or as the cluster and the store do.
 */
public final class Moderation {

    /** The type of the message that tells a node to close a session's socket: {@code {session}}. */
    public static final String REMOVED = "removed";

    /** What a hand-over of this kind has as its cause. */
    private static final String MODERATOR = "moderator";

    private static final Logger LOG = LoggerFactory.getLogger(Moderation.class);

    /** It cannot be done; the message says why, in words for the one who asked. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Why not. */
        public enum Reason {
            /** There is no such session in that document. */
            ABSENT,
            /** It is, but its client is not connected. */
            AWAY,
            /** It is, but its roles let it look and no more. */
            VIEWER,
            /** The pen is just on its way to somebody; the same again makes sense in a moment. */
            MOVING
        }

        private final Reason reason;

        private Refused(Reason reason, String message) {
            super(message, null, false, false);
            this.reason = reason;
        }

        /** Why not. */
        public Reason reason() {
            return reason;
        }
    }

    private final ClusterNode node;
    private final Sessions sessions;
    private final Locks locks;
    private final DocumentLog log;

    /** Acts from that node; {@code log} keeps for good that a session was removed. */
    public Moderation(ClusterNode node, Sessions sessions, Locks locks, DocumentLog log) {
        this.log = log;
        this.node = node;
        this.sessions = sessions;
        this.locks = locks;
    }

    /**
     * Gives the pen of a document to a session in it, at once, whoever has it. That one goes to the end of the line, as
     * its wish still stands. Nothing happens when the session has the pen already.
     *
     * @return what it came to; the grant is real when the lock that settled says {@code Held}
     */
    public Future<LockOutcome> handOver(String document, String session) {
        return find(document, session).compose(record -> {
            if (!record.online()) {
                return refuse(Refused.Reason.AWAY, "that session is not connected just now");
            }
            if (!record.roles().allow(document, Role.EDIT)) {
                return refuse(Refused.Reason.VIEWER, "that session may only view " + document);
            }
            Waiter to = new Waiter(
                    record.id(), record.user(), record.secretHash(), node.now(), record.generation(), Presence.HERE);
            // First let what is under way settle; a lock that nobody has asked for since a restart is read from the
            // store so.
            return locks.submit(document, new LockEvent.Tick())
                    .compose(settled -> locks.submit(document, new LockEvent.Give(to, MODERATOR)))
                    .compose(given -> given.applied() || holds(given, session)
                            ? Future.succeededFuture(given)
                            : refuse(Refused.Reason.MOVING, "the pen is on its way to somebody; try again"));
        });
    }

    private static boolean holds(LockOutcome outcome, String session) {
        Optional<Member> holder = outcome.settled().lock().holder().map(Waiter::asMember);
        return holder.filter(member -> member.session().equals(session)).isPresent();
    }

    /**
     * Ends a session that is in that document: it leaves all its documents, its socket is closed with 4501, and it
     * cannot be resumed. The store is told first, so that nobody who was away meanwhile brings the session back;
     * without the store this fails.
     *
     * @return the session as it was
     */
    public Future<SessionRecord> remove(String document, String session) {
        return find(document, session)
                .compose(found -> log.remove(session))
                .compose(kept -> sessions.remove(session))
                .compose(removed -> removed.isEmpty()
                        ? Moderation.<SessionRecord>refuse(Refused.Reason.ABSENT, "that session has just ended")
                        : Future.succeededFuture(removed.get()))
                .compose(record -> {
                    LOG.info("session {} was removed, at {}", session, document);
                    return takeOut(record);
                });
    }

    /**
     * A session that was removed is known here all the same, as its node was away, or was merged with others: it goes
     * again.
     */
    public Future<Void> removeAgain(String session) {
        return sessions.remove(session)
                .compose(record -> record.isEmpty()
                        ? Future.succeededFuture()
                        : takeOut(record.get()).mapEmpty());
    }

    private Future<SessionRecord> takeOut(SessionRecord record) {
        List<Future<LockOutcome>> left = record.documents().keySet().stream()
                .map(each -> locks.submit(each, new LockEvent.Leave(record.id(), SessionRecord.REMOVED)))
                .toList();
        // What fails here, the sweep of the locks repeats.
        return Future.join(left)
                .<SessionRecord>transform(done -> Future.succeededFuture(record))
                .onComplete(done -> close(record));
    }

    private void close(SessionRecord record) {
        node.tell(record.node(), REMOVED, new JsonObject().put("session", record.id()));
    }

    private Future<SessionRecord> find(String document, String session) {
        return sessions.find(List.of(session)).compose(found -> {
            SessionRecord record = found.get(session);
            return record == null || record.ended() || !record.documents().containsKey(document)
                    ? refuse(Refused.Reason.ABSENT, "no such session is in that document")
                    : Future.succeededFuture(record);
        });
    }

    private static <T> Future<T> refuse(Refused.Reason reason, String message) {
        return Future.failedFuture(new Refused(reason, message));
    }
}
