package dev.baton;

import com.hazelcast.core.HazelcastInstance;
import dev.baton.client.Waiting;
import dev.baton.cluster.ClusterSetup;
import dev.baton.config.Settings;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * One whole node in this JVM, with the Vert.x options of a node that runs by itself. Its cluster, ports and store are
 * nobody else's. For what is seen at the socket and takes no process of its own: it is there in some two seconds, and
 * can be asked for anything.
 */
public final class LocalNode implements AutoCloseable {
    private final Path folder;
    private final Settings settings;
    private final HazelcastInstance hazelcast;
    private final Vertx vertx;

    /** Starts one; returns when it serves. */
    public LocalNode(Map<String, String> more) {
        try {
            folder = Files.createTempDirectory("baton-local-");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        int ports = FreePorts.inARow(2 + ClusterSetup.PORTS);
        Map<String, String> values = new HashMap<>(Map.of(
                "http.port", Integer.toString(ports),
                "management.port", Integer.toString(ports + 1),
                "cluster.port", Integer.toString(ports + 2),
                "cluster.name", "local-" + UUID.randomUUID(),
                "store.url", "jdbc:sqlite:" + folder.resolve("baton.db")));
        values.putAll(more);
        settings = Settings.of(values);
        hazelcast = ClusterSetup.join(settings, NodeMaps::add);
        VertxOptions options = new VertxOptions().setPreferNativeTransport(true);
        ClusterSetup.prepare(options.getEventBusOptions(), settings);
        vertx = Waiting.on(Vertx.builder()
                .with(options)
                .withClusterManager(ClusterSetup.manager(hazelcast))
                .buildClustered());
        Waiting.on(vertx.deployVerticle(new NodeVerticle(), new DeploymentOptions().setConfig(settings.toJson())));
    }

    /** The port of the socket and the page. */
    public int port() {
        return settings.http().port();
    }

    /** The port of health, metrics and console. */
    public int managementPort() {
        return settings.managementPort();
    }

    @Override
    public void close() {
        Waiting.on(vertx.close());
        hazelcast.shutdown();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
