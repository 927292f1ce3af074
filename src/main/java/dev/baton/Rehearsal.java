package dev.baton;

import dev.baton.cluster.ClusterNode;
import dev.baton.log.Claim;
import dev.baton.log.DocumentLog;
import dev.baton.log.Tenant;
import dev.baton.rights.LockEvent;
import dev.baton.rights.Locks;
import dev.baton.rights.Presence;
import dev.baton.session.Sessions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does before it says that it is ready, so that the first hand-over does not wait for classes to be loaded, for
 * statements to be prepared and for connections between the nodes to be made: goes the way of one, a few times, with a session and a
 * document that nobody has. No record, no row and no news come of it, and the other nodes take no notice.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    /** So many that records of every node of a small cluster are among those asked for. */
    private static final int ROUNDS = 20;

    /** A cluster or a store that stands still is no reason not to start. In milliseconds. */
    private static final long LONGEST = 1_000;

    /** The type of a hint that no node takes. */
    private static final String TYPE = "rehearsal";

    private final ClusterNode node;
    private final Sessions sessions;
    private final Locks locks;
    private final DocumentLog log;

    Rehearsal(ClusterNode node, Sessions sessions, Locks locks, DocumentLog log) {
        this.node = node;
        this.sessions = sessions;
        this.locks = locks;
        this.log = log;
    }

    /** Completes when it is over, whatever became of it, within a second; on the caller's context. */
    Future<Void> hold() {
        Future<Void> rounds = Future.succeededFuture();
        for (int i = 0; i < ROUNDS; i++) {
            rounds = rounds.compose(v -> round());
        }
        return rounds.timeout(LONGEST, TimeUnit.MILLISECONDS).recover(failure -> {
            LOG.info("the first hand-overs may be slower than later ones: {}", failure.toString());
            return Future.succeededFuture();
        });
    }

    /** A connection is lost, the lock hears of it, the store is asked for the pen, and the nodes are told. */
    private Future<Void> round() {
        String name = "rehearsal-" + UUID.randomUUID();
        long now = node.now();
        Tenant nobody = new Tenant(name, "{\"id\":\"" + name + "\"}", "");
        return sessions.lose(name, 1, "closed")
                .compose(lost -> sessions.find(List.of(name)))
                .compose(none ->
                        locks.submit(name, new LockEvent.Lost(name, 1, new Presence.Away("closed", now, now, now))))
                .compose(same -> log.state(name))
                .compose(empty -> log.claim(new Claim(name, 1, nobody, "closed", System.currentTimeMillis())))
                .map(refused -> {
                    node.nodes().forEach(other -> node.tell(other, TYPE, new JsonObject().put("document", name)));
                    return null;
                });
    }
}
