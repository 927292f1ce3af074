package dev.baton.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.Completable;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Vert.x's cluster manager, which follows who comes and goes on a thread of its own. Safe as that one is.
 *
 * <p>After a loss it goes through all subscriptions of the cluster and strikes those of the lost member
 * ({@code membersRemoved} of 5.0), which waits for as long as the lost member's records are out of reach. By itself it
 * does so on one of Hazelcast's five threads for events, and whoever else hears of members on the same one hears of the
 * loss when that is done: seconds too late, if what it waits for is one of those.
 *
 * <p>In a node that wakes up alone, all others are lost; when it comes to striking them it may have joined them again,
 * and would take from the whole cluster what lives. So whoever is a member again by then is left alone. What had begun
 * before goes on after it all the same; so each node says its own subscriptions again some time after anybody has come,
 * or after it has joined others.
 */
@SuppressWarnings(
        "UnsynchronizedOverridesSynchronized") // the other thread takes the lock; nobody is to wait for it here
final class BatonClusterManager extends HazelcastClusterManager {
    private static final Logger LOG = LoggerFactory.getLogger(BatonClusterManager.class);

    /** Under this name members carry the name that Vert.x gives them (a constant of its own, not to be had from it). */
    private static final String VERTX_NODE = "__vertx.nodeId";

    /**
     * How long after that: soon, for most is done at once; and when nothing that was under way can still be, which is
     * twice the time that an operation may take (20 s by default, {@code Invocation} of Hazelcast 5.3).
     */
    private static final List<Duration> AGAIN = List.of(Duration.ofSeconds(5), Duration.ofSeconds(30));

    private static final LifecycleEvent MERGED = new LifecycleEvent(LifecycleEvent.LifecycleState.MERGED);

    /** One thread, so that the order in which members come and go is kept. */
    private final ScheduledThreadPoolExecutor own;

    private final List<Duration> again;

    BatonClusterManager(HazelcastInstance member) {
        this(member, AGAIN);
    }

    BatonClusterManager(HazelcastInstance member, List<Duration> again) {
        super(member);
        this.again = again;
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
        again.forEach(delay -> follow(this::sayOwn, delay));
    }

    /** Returns at once. */
    @Override
    public void memberRemoved(MembershipEvent event) {
        follow(() -> {
            if (getNodes().contains(event.getMember().getAttribute(VERTX_NODE))) {
                sayOwn();
            } else {
                super.memberRemoved(event);
            }
        });
    }

    /** Returns at once. */
    @Override
    public void stateChanged(LifecycleEvent event) {
        follow(() -> super.stateChanged(event));
        if (event.getState() == MERGED.getState()) {
            again.forEach(delay -> follow(this::sayOwn, delay));
        }
    }

    /** What Vert.x does after a merge, which strikes nobody who is there, and may be done at any time. */
    private void sayOwn() {
        super.stateChanged(MERGED);
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
