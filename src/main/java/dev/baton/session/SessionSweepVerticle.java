package dev.baton.session;

import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Lease;
import dev.baton.cluster.Setbacks;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the sessions that nobody came back for, and takes offline those of a dead node, once each and for the sessions
 * whose partition this node owns; and those that hang on this node without a connection, see {@link Strays}. One
 * instance a node.
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

    /**
     * How often strays are looked for, in milliseconds: they are rare, and a look goes through the records of all
     * nodes.
     */
    private static final long STRAYS = 10_000;

    private final ClusterNode node;
    private final Lease lease;
    private final Sessions sessions;
    private final Predicate<String> connected;
    private Runnable unlisten = () -> {};
    private final Setbacks setbacks = new Setbacks(LOG, "sweep of sessions");
    private boolean running;
    private boolean looking;

    /**
     * A sweep over that node's share of the sessions; none while its lease says that it may be the one that is lost.
     *
     * @param connected whether a session has a connection to this node; asked from this verticle's context
     */
    public SessionSweepVerticle(ClusterNode node, Lease lease, Sessions sessions, Predicate<String> connected) {
        this.node = node;
        this.lease = lease;
        this.sessions = sessions;
        this.connected = connected;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(PERIOD, id -> sweep());
        Strays strays = new Strays(vertx, sessions, node.id(), connected);
        vertx.setPeriodic(STRAYS, id -> look(strays));
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
            setbacks.after(done);
        });
    }

    private void look(Strays strays) {
        if (looking || !lease.sound()) {
            return;
        }
        looking = true;
        strays.look().onComplete(done -> {
            looking = false;
            if (done.failed()) {
                LOG.debug("looking for strays is put off: {}", done.cause().toString());
            }
        });
    }
}
