package dev.baton.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.Completable;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Vert.x's cluster manager, which follows who comes and goes on a thread of its own. Safe as that one is.
 *
 * <p>After a loss it goes through all subscriptions of the cluster and strikes those of the lost member ({@code membersRemoved} of
 * 5.0), which waits for as long as the lost member's records are out of reach. By itself it does so on one of Hazelcast's five
 * threads for events, and whoever else hears of members on the same one hears of the loss when that is done: seconds too late,
 * if what it waits for is one of those.
 *
 * <p>In a node that wakes up alone, all others are lost; when it comes to striking them it may have joined them again, and would
 * take from the whole cluster what lives. So whoever is a member again by then is left alone.
 */
@SuppressWarnings(
        "UnsynchronizedOverridesSynchronized") // the lock is taken on the other thread; waiting for it here is what is
// to end
final class BatonClusterManager extends HazelcastClusterManager {
    private static final Logger LOG = LoggerFactory.getLogger(BatonClusterManager.class);

    /** Under this name members carry the name that Vert.x gives them (a constant of its own, not to be had from it). */
    private static final String VERTX_NODE = "__vertx.nodeId";

    /** One thread, so that the order in which members come and go is kept; it ends when there is nothing to do. */
    private final ThreadPoolExecutor own =
            new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "baton-members");
                thread.setDaemon(true);
                return thread;
            });

    BatonClusterManager(HazelcastInstance member) {
        super(member);
        own.allowCoreThreadTimeOut(true);
    }

    /** Returns at once. */
    @Override
    public void memberAdded(MembershipEvent event) {
        follow(() -> super.memberAdded(event));
    }

    /** Returns at once. */
    @Override
    public void memberRemoved(MembershipEvent event) {
        follow(() -> {
            if (!getNodes().contains(event.getMember().getAttribute(VERTX_NODE))) {
                super.memberRemoved(event);
            }
        });
    }

    /** Returns at once. */
    @Override
    public void stateChanged(LifecycleEvent event) {
        follow(() -> super.stateChanged(event));
    }

    @Override
    public void leave(Completable<Void> promise) {
        own.shutdown();
        super.leave(promise);
    }

    private void follow(Runnable news) {
        try {
            own.execute(() -> {
                try {
                    news.run();
                } catch (HazelcastInstanceNotActiveException stopped) {
                    LOG.debug("this node has stopped");
                } catch (RuntimeException failed) {
                    LOG.warn("what has become of the cluster's members was not followed: {}", failed.toString());
                }
            });
        } catch (RejectedExecutionException left) {
            LOG.debug("this node has left");
        }
    }
}
