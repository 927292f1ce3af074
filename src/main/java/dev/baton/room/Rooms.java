package dev.baton.room;

import dev.baton.protocol.ClientMessage;
import dev.baton.session.Standing;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;

/**
 * This node's rooms, as the connections see them. Safe from any thread; everything is done on the rooms' context, in
 * the order it was handed over from one thread.
 */
public interface Rooms {

    /** What came of a message, for whoever counts a session's documents. */
    enum Result {
        /** The session takes part in the document. */
        IN,
        /** It does not. */
        OUT
    }

    /**
     * Does what a client asked and answers it through its outbox, an error included.
     *
     * @return whether the session takes part in the document after that; never fails
     */
    Future<Result> handle(SessionRef session, Outbox outbox, ClientMessage.OfDocument message);

    /** Completes, on the rooms' own context, when all that was asked before has been begun; never fails. */
    Future<Void> turn();

    /**
     * A session was taken up again, with the documents that it takes part in; it is taken out of those that its roles
     * do not allow.
     */
    void resumed(SessionRef session, Outbox outbox, Map<String, Standing> documents);

    /** The roles of a session, which takes part in those documents, have changed: it loses what they do not allow. */
    void authorized(SessionRef session, Outbox outbox, Collection<String> documents);

    /**
     * A connection was lost; its session, which took part in those documents, waits to be resumed. The locks of pens
     * that it holds are told at once.
     *
     * @param cause why, as the cluster is told
     * @return completes, on the rooms' own context, when they know or have had time enough; never fails
     */
    Future<Void> offline(SessionRef session, Outbox outbox, Collection<String> documents, String cause);

    /**
     * A session, which took part in those documents, was ended by its client: its seats, its locks and its places in
     * line are given up.
     *
     * @return completes, on the rooms' own context, when that is done or has failed; never fails
     */
    Future<Void> left(SessionRef session, Outbox outbox, Collection<String> documents);

    /** A connection was closed because its session, which took part in those documents, goes on on another one. */
    void replaced(SessionRef session, Outbox outbox, Collection<String> documents);
}
