package dev.baton.session;

import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Lease;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the sessions that nobody came back for, and takes offline those of a dead node, once each and for the sessions whose
 * partition this node owns. One instance a node.
 */
public final class SessionSweepVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(SessionSweepVerticle.class);

    /** How often in ordinary times, in milliseconds: how late a session may expire. */
    private static final long PERIOD = 1_000;

    /**
     * After a node was lost, its sessions' records move to the survivors within some hundred milliseconds; looking this
     * often for this many times finds them all soon, whoever owns them then. In milliseconds.
     */
    private static final long HURRY = 100;

    private static final int HURRIES = 30;

    private final ClusterNode node;
    private final Lease lease;
    private final Sessions sessions;
    private Runnable unlisten = () -> {};
    private boolean running;

    /** A sweep over that node's share of the sessions; none while its lease says that it may be the one that is lost. */
    public SessionSweepVerticle(ClusterNode node, Lease lease, Sessions sessions) {
        this.node = node;
        this.lease = lease;
        this.sessions = sessions;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(PERIOD, id -> sweep());
        unlisten = node.onLost(context, lost -> {
            LOG.debug("node {} is gone; its sessions go offline", lost);
            sweep();
            hurry(HURRIES);
        });
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        unlisten.run();
        return Future.succeededFuture();
    }

    private void hurry(int times) {
        if (times > 0) {
            vertx.setTimer(HURRY, id -> {
                sweep();
                hurry(times - 1);
            });
        }
    }

    private void sweep() {
        if (running || !lease.sound()) {
            return;
        }
        running = true;
        sessions.sweep().onComplete(done -> {
            running = false;
            if (done.failed()) {
                LOG.warn("sweep of sessions put off: {}", done.cause().toString());
            }
        });
    }
}
