package dev.baton;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import dev.baton.cluster.ClusterSetup;
import dev.baton.config.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplicationHooks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's Hazelcast and Vert.x from first to last: Hazelcast, Vert.x on it, the verticle; and back in the opposite order,
 * so that what the verticle does while it is undeployed still has both.
 */
final class NodeLifecycle implements VertxApplicationHooks {

    private static final Logger LOG = LoggerFactory.getLogger(NodeLifecycle.class);

    /** For closing what is left once the sockets have gone. */
    private static final Duration CLOSING = Duration.ofSeconds(10);

    /** For leaving the cluster; Hazelcast gives up a little earlier by itself. */
    private static final Duration LEAVING = Duration.ofSeconds(15);

    private final Settings settings;
    private final AtomicBoolean stopping = new AtomicBoolean();
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

    /** Closes Vert.x, then leaves the cluster. Blocks until both are done or their time is over; once, then does nothing. */
    void stop() {
        if (stopping.compareAndSet(false, true)) {
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

    private void closeVertx() {
        Vertx running = vertx;
        if (running == null) {
            return;
        }
        Duration bound = settings.drain().time().plus(CLOSING);
        try {
            running.close().toCompletionStage().toCompletableFuture().get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            LOG.warn("Closing ended with a failure: {}", String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            LOG.warn("Not everything was closed within {} s; leaving the cluster all the same", bound.toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave() {
        HazelcastInstance member = hazelcast;
        if (member != null) {
            // Not terminate(): the others take over in order, instead of finding out.
            member.shutdown();
        }
    }

    /** Whatever hangs: whoever sent the signal is not left waiting for ever. */
    private void guard() {
        Duration bound = settings.drain().time().plus(CLOSING).plus(LEAVING);
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
        ClusterSetup.prepare(options.getEventBusOptions(), settings);
        options.setPreferNativeTransport(true);
        return Vertx.builder().with(options).withClusterManager(ClusterSetup.manager(hazelcast));
    }

    @Override
    public void afterVertxStarted(HookContext context) {
        vertx = context.vertx();
    }

    @Override
    public void afterFailureToStartVertx(HookContext context, Throwable cause) {
        failure = cause;
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
