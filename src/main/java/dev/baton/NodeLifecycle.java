package dev.baton;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import dev.baton.cluster.ClusterSetup;
import dev.baton.config.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplicationHooks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's Hazelcast and Vert.x from first to last: Hazelcast, Vert.x on it, the verticle; and back in the opposite
 * order, so that what the verticle does while it is undeployed still has both.
 */
final class NodeLifecycle implements VertxApplicationHooks {

    private static final Logger LOG = LoggerFactory.getLogger(NodeLifecycle.class);

    /** For the last sockets to go, beyond the time over which they are told to. */
    private static final Duration PARTING = Duration.ofSeconds(5);

    /** For closing what is left once the sockets have gone. */
    private static final Duration CLOSING = Duration.ofSeconds(10);

    /** For leaving the cluster; Hazelcast gives up a little earlier by itself. */
    private static final Duration LEAVING = Duration.ofSeconds(15);

    /**
     * How long the process stays after it has left, if others remain. They find that a member is gone as its address
     * refuses them, three times over in about a second. A container takes its address with it, so that nobody is
     * refused, nothing answers, and the others wait for a whole lease.
     */
    private static final Duration LINGERING = Duration.ofSeconds(2);

    private final Settings settings;
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** Whether Vert.x has begun to start, and when that has ended, either way. */
    private volatile boolean starting;

    private final CountDownLatch started = new CountDownLatch(1);
    private volatile HazelcastInstance hazelcast;
    private volatile Vertx vertx;
    private volatile Throwable failure;

    NodeLifecycle(Settings settings) {
        this.settings = settings;
    }

    /** Joins the cluster; to be called once, before the launch. */
    void join(UnaryOperator<Config> maps) {
        hazelcast = ClusterSetup.join(settings, maps);
    }

    /** Why the launch failed, where anything is known of it. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether the end has begun; a launch that fails then did not fail by itself. */
    boolean stopping() {
        return stopping.get();
    }

    /**
     * Drains, closes Vert.x, then leaves the cluster. Blocks until all is done or its time is over; once, then does
     * nothing.
     */
    void stop() {
        if (stopping.compareAndSet(false, true)) {
            awaitStart();
            drain();
            closeVertx();
            leave();
        }
    }

    /** {@link #stop}, then the end of the process with status 0; does not return to a caller that came first. */
    void stopAndExit() {
        if (stopping.get()) {
            return;
        }
        guard();
        LOG.info("Stopping");
        stop();
        System.out.flush();
        System.exit(0);
    }

    /** Vert.x that loses Hazelcast while it starts fails with a stack trace; the start takes a second or two. */
    private void awaitStart() {
        try {
            if (starting && !started.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Stopping in the middle of a start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** While everything still works: the sockets go. */
    private void drain() {
        Vertx running = vertx;
        if (running != null) {
            Duration bound = settings.drain().time().plus(PARTING);
            DeliveryOptions here = new DeliveryOptions().setLocalOnly(true).setSendTimeout(bound.toMillis());
            Future<Void> gone = Future.succeededFuture()
                    .compose(v -> running.eventBus().request(NodeVerticle.DRAIN, "", here))
                    .<Void>mapEmpty()
                    .recover(NodeLifecycle::undrained);
            await(gone, bound.plusSeconds(1), "Not every socket has gone");
        }
    }

    /** Nobody may be there to drain: the node has not come up, or its end began elsewhere. */
    private static Future<Void> undrained(Throwable failure) {
        if (failure instanceof ReplyException answer && answer.failureType() == ReplyFailure.TIMEOUT) {
            LOG.warn("Not every socket has gone in time; going on all the same");
        }
        return Future.succeededFuture();
    }

    private void closeVertx() {
        Vertx running = vertx;
        if (running != null) {
            await(running.close(), CLOSING, "Not everything was closed");
        }
    }

    private static void await(Future<?> future, Duration bound, String otherwise) {
        try {
            future.toCompletionStage().toCompletableFuture().get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            LOG.warn("Stopping goes on after a failure: {}", String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            LOG.warn("{} within {} s; going on all the same", otherwise, bound.toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave() {
        HazelcastInstance member = hazelcast;
        if (member != null && member.getLifecycleService().isRunning()) {
            boolean alone = member.getCluster().getMembers().size() == 1;
            // Not terminate(): the others take over in order, instead of finding out.
            member.shutdown();
            if (!alone) {
                linger();
            }
        }
    }

    private static void linger() {
        try {
            Thread.sleep(LINGERING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever hangs: whoever sent the signal is not left waiting for ever. */
    private void guard() {
        Duration bound = settings.drain().time().plus(PARTING).plus(CLOSING).plus(LEAVING);
        Thread guard = new Thread(
                () -> {
                    try {
                        Thread.sleep(bound.toMillis());
                        LOG.error("Still not stopped after {} s; giving up", bound.toSeconds());
                        Runtime.getRuntime().halt(1);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "baton-stop-guard");
        guard.setDaemon(true);
        guard.start();
    }

    /** The verticle gets the settings in force, from wherever they came, in place of what {@code -conf} held. */
    @Override
    public JsonObject afterConfigParsed(JsonObject given) {
        return settings.toJson();
    }

    /** Comes before the launcher puts in what {@code -cluster-host} and its like say, which therefore wins. */
    @Override
    public VertxBuilder createVertxBuilder(VertxOptions options) {
        starting = true;
        ClusterSetup.prepare(options.getEventBusOptions(), settings);
        options.setPreferNativeTransport(true);
        // Otherwise there is a folder for unpacked files in the temporary folder, which a killed node leaves there.
        options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        return Vertx.builder().with(options).withClusterManager(ClusterSetup.manager(hazelcast));
    }

    @Override
    public void afterVertxStarted(HookContext context) {
        vertx = context.vertx();
        vertx.exceptionHandler(new Unhandled());
        started.countDown();
    }

    @Override
    public void afterFailureToStartVertx(HookContext context, Throwable cause) {
        failure = cause;
        started.countDown();
    }

    /** Vert.x is not closed here, as it is by default: {@link #stop} does it, and waits for it. */
    @Override
    public void afterFailureToDeployVerticle(HookContext context, Throwable cause) {
        failure = cause;
    }

    /** Somebody closed Vert.x, so the node is at its end; without this Hazelcast would keep the process. */
    @Override
    public void beforeStoppingVertx(HookContext context) {
        if (!stopping.get() && failure == null) {
            new Thread(this::stopAndExit, "baton-stop").start();
        }
    }

    /** For an exit that did not begin here: the launcher's shutdown hook has closed Vert.x, and Hazelcast is left. */
    @Override
    public void afterVertxStopped(HookContext context) {
        leave();
    }
}
