package dev.baton.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.Completable;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
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
 * take from the whole cluster what lives. So whoever is a member again by then is left alone. And a node that joins again while others
 * are just striking its own says them once more.
 */
@SuppressWarnings(
        "UnsynchronizedOverridesSynchronized") // the other thread takes the lock; nobody is to wait for it here
final class BatonClusterManager extends HazelcastClusterManager {
    private static final Logger LOG = LoggerFactory.getLogger(BatonClusterManager.class);

    /** Under this name members carry the name that Vert.x gives them (a constant of its own, not to be had from it). */
    private static final String VERTX_NODE = "__vertx.nodeId";

    /** Longer than an operation of another member may take: what it had begun to strike before the merge is struck by then. */
    private static final Duration STRUCK = Duration.ofSeconds(15);

    /** One thread, so that the order in which members come and go is kept. */
    private final ScheduledThreadPoolExecutor own;

    private final Duration struck;

    BatonClusterManager(HazelcastInstance member) {
        this(member, STRUCK);
    }

    BatonClusterManager(HazelcastInstance member, Duration struck) {
        super(member);
        this.struck = struck;
        own = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "baton-members");
            thread.setDaemon(true);
            return thread;
        });
        own.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
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

    /** Returns at once. After a merge this node says its subscriptions, and once more when those who had lost it are done with that. */
    @Override
    public void stateChanged(LifecycleEvent event) {
        follow(() -> super.stateChanged(event));
        if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
            follow(() -> super.stateChanged(event), struck);
        }
    }

    @Override
    public void leave(Completable<Void> promise) {
        own.shutdown();
        super.leave(promise);
    }

    private void follow(Runnable news) {
        follow(news, Duration.ZERO);
    }

    private void follow(Runnable news, Duration delay) {
        try {
            var unused = own.schedule(() -> attempt(news), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException left) {
            LOG.debug("this node has left");
        }
    }

    private static void attempt(Runnable news) {
        try {
            news.run();
        } catch (HazelcastInstanceNotActiveException stopped) {
            LOG.debug("this node has stopped");
        } catch (RuntimeException failed) {
            LOG.warn("what has become of the cluster's members was not followed: {}", failed.toString());
        }
    }
}
