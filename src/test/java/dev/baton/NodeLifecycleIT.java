package dev.baton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.config.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.launcher.application.HookContext;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A real member of Hazelcast and a real Vert.x on it, without the launcher that usually calls the hooks. */
class NodeLifecycleIT {

    @Test
    void aStopWhileVertxStartsWaitsUntilItHasStarted() throws Exception {
        NodeLifecycle node = new NodeLifecycle(Settings.of(
                Map.of("cluster.name", "lifecycle", "cluster.port", Integer.toString(FreePorts.inARow(20)))));
        node.join(NodeMaps::add);
        var builder = node.createVertxBuilder(new VertxOptions());

        Thread stop = new Thread(node::stop, "stop");
        stop.start();
        await().until(() -> node.stopping() && stop.getState() != Thread.State.RUNNABLE);

        Vertx vertx = builder.buildClustered().await(30, TimeUnit.SECONDS);
        node.afterVertxStarted(context(vertx));
        stop.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(stop.isAlive()).isFalse();
    }

    /** As much of a launch as the hook looks at. */
    private static HookContext context(Vertx vertx) {
        return (HookContext) Proxy.newProxyInstance(
                NodeLifecycleIT.class.getClassLoader(),
                new Class<?>[] {HookContext.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("vertx")) {
                        return vertx;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
