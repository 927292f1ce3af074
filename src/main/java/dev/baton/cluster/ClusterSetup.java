package dev.baton.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.baton.config.BindFailure;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * How a node becomes a member: Hazelcast's configuration from the settings, the joining, and the way from a
 * {@link Vertx} to the Hazelcast behind it.
 *
 * <p>The Hazelcast instance is made before Vert.x and ends after it, so that verticles can still put things away while
 * they are undeployed. Whoever calls {@link #join} therefore also calls {@link HazelcastInstance#shutdown()}, once
 * {@link Vertx#close()} is done: given an instance from outside, the cluster manager leaves it running.
 */
public final class ClusterSetup {

    /** How many ports from {@code cluster.port} on a node may take, so how many nodes share one machine's address. */
    public static final int PORTS = 20;

    /** How long a node tries to be taken in; the usual five minutes are longer than anybody watches a start. */
    private static final int JOIN_SECONDS = 60;

    /** By this the cluster manager recognises the members that are Vert.x nodes, and knows their names. */
    private static final String NODE_ID = "__vertx.nodeId";

    private ClusterSetup() {}

    /**
     * Joins the cluster, or becomes its first member. Blocks for about a second.
     *
     * @param settings of this node
     * @param maps adds what the node's own maps need; gets the configuration built so far
     * @return a running member that has joined; the caller shuts it down
     * @throws SettingsException when {@code cluster.host} is not this machine's, or no port is free
     */
    public static HazelcastInstance join(Settings settings, UnaryOperator<Config> maps) {
        SteadyClock.install();
        InetAddress host = BindFailure.own("cluster.host", settings.cluster().host());
        requireFreePort(host, settings.cluster().port());
        requireFree(host, settings.cluster());
        AddressesToJoin addresses = new AddressesToJoin(settings.cluster(), PORTS);
        Config config = Agreement.say(config(settings.cluster(), host, addresses), settings);
        HazelcastInstance hazelcast = start(maps.apply(config), settings);
        addresses.joined(hazelcast.getCluster());
        return hazelcast;
    }

    private static HazelcastInstance start(Config config, Settings settings) {
        try {
            return Hazelcast.newHazelcastInstance(config);
        } catch (IllegalStateException notJoined) {
            throw new SettingsException(
                    "cluster.members: a cluster answers there, but would not take this node in within "
                            + JOIN_SECONDS
                            + " s; look at the logs of its nodes, or give this one another cluster.name than '"
                            + settings.cluster().name() + "'");
        }
    }

    /** The cluster manager for {@code Vertx.builder().withClusterManager(…)} on a member that {@link #join} made. */
    public static HazelcastClusterManager manager(HazelcastInstance hazelcast) {
        return new BatonClusterManager(hazelcast);
    }

    /**
     * The member behind a clustered Vert.x; how a verticle gets at maps and members. Any thread may ask.
     *
     * @throws IllegalStateException when it is not clustered by Hazelcast
     */
    public static HazelcastInstance hazelcast(Vertx vertx) {
        if (((VertxInternal) vertx).clusterManager() instanceof HazelcastClusterManager manager) {
            return manager.getHazelcastInstance();
        }
        throw new IllegalStateException("this Vert.x is not clustered by Hazelcast");
    }

    /**
     * Sets what follows from the settings for the clustered event bus: where it listens, and how soon it notices a dead
     * link.
     *
     * @throws SettingsException when {@code cluster.host} is not this machine's
     */
    public static EventBusOptions prepare(EventBusOptions options, Settings settings) {
        InetAddress host = BindFailure.own("cluster.host", settings.cluster().host());
        long lease = settings.cluster().nodeLease().toMillis();
        // By default it takes 20 to 40 s to notice that a link went dead, and 60 s to give up connecting: long after
        // the
        // node at its other end has been given up.
        int patience = Math.toIntExact(Math.max(1000, lease / 2));
        if (options.getReconnectInterval() < 1) {
            // Options read from JSON come without this default, and are then refused.
            options.setReconnectInterval(EventBusOptions.DEFAULT_RECONNECT_INTERVAL);
        }
        options.setHost(host.getHostAddress())
                .setPort(settings.cluster().busPort())
                .setConnectTimeout(patience);
        return options.setClusterPingInterval(patience).setClusterPingReplyInterval(patience);
    }

    /**
     * The configuration of a member.
     *
     * @param host the address of this machine to bind, and no other
     */
    static Config config(Settings.Cluster settings, InetAddress host, AddressesToJoin addresses) {
        // Not an empty one: Vert.x's own maps need what its default file says of them.
        Config config = ConfigUtil.loadConfig();
        config.setClusterName(settings.name());
        config.getMemberAttributeConfig()
                .setAttribute(NODE_ID, UUID.randomUUID().toString());
        network(config, settings, host, addresses);
        config.addListenerConfig(new ListenerConfig(addresses));
        timing(config, settings.nodeLease());
        BeatLine.prepare(config);
        closeDoors(config);
        return config;
    }

    /**
     * An endpoint for members alone. The usual one speaks to clients too, and asks who is there first; while the other
     * end does not answer that, since its process stands still, the thread that sends goes round without end (Hazelcast
     * 5.3, {@code UnifiedProtocolEncoder.onWrite}, compare its issue 26473): nothing else that goes out over it is
     * sent, so two members that are well do not hear each other until the third is given up.
     */
    private static void network(Config config, Settings.Cluster settings, InetAddress host, AddressesToJoin addresses) {
        ServerSocketEndpointConfig members = new ServerSocketEndpointConfig()
                .setPort(settings.port())
                .setPortAutoIncrement(true)
                .setPortCount(PORTS)
                // A port that another node left a moment ago may still have connections dying in the kernel.
                .setReuseAddress(true);
        // A connection that is not there by then is of no use within a lease.
        members.setSocketConnectTimeoutSeconds(3);
        // Closed as usual. By itself such an endpoint cuts connections off, so that the last words of who leaves are
        // lost.
        members.setSocketLingerSeconds(-1);
        AdvancedNetworkConfig network = config.getAdvancedNetworkConfig().setEnabled(true);
        network.setMemberEndpointConfig(members);
        network.getJoin().getMulticastConfig().setEnabled(false);
        network.getJoin().getAutoDetectionConfig().setEnabled(false);
        network.getJoin().setTcpIpConfig(addresses);
        // Otherwise the port is open on every interface, and nobody is asked for a password there.
        config.setProperty("hazelcast.socket.bind.any", "false");
        // Not "interfaces": with those, members given by a name that leads elsewhere are dropped without a word.
        config.setProperty("hazelcast.local.localAddress", host.getHostAddress());
        // AddressesToJoin remembers former members, and tries their ports before it names them.
        config.setProperty("hazelcast.tcp.join.previously.joined.member.address.retention.seconds", "0");
    }

    private static void timing(Config config, Duration lease) {
        // A member that is paused or cut off is given up when its lease is over, not after the usual minute; never
        // before, since until then it may still act on its sessions: hence rounded up.
        config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
        config.setProperty("hazelcast.max.no.heartbeat.seconds", seconds(lease));
        // The usual 5 s collect members that start together; a late one joins a running cluster just as well.
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.max.join.seconds", Integer.toString(JOIN_SECONDS));
        // Two halves find each other this soon after the network is back (the usual: five minutes), and two nodes that
        // started in the same moment, each as its own first member, do as well.
        config.setProperty("hazelcast.merge.first.run.delay.seconds", "3");
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "3");
        // How long an operation may take, retries included. Above the lease, so that one sent to a dying member is sent
        // again to its backup instead of failing; the usual minute would park the callers for as long.
        config.setProperty(
                "hazelcast.operation.call.timeout.millis", Long.toString(Math.max(10_000, 2 * lease.toMillis())));
        // An answer waits for the copy of what was changed; where none is confirmed, for so long. Not shorter than a
        // lease: then the node that keeps the record, or the one that keeps the copy, has been given up before anybody
        // is answered. Who was answered sooner saw the older copy come back, with the pen in the hand that had given it
        // away. Hazelcast's own five seconds are as long as the usual lease.
        config.setProperty(
                "hazelcast.operation.backup.timeout.millis", Long.toString(Math.max(5_000, lease.toMillis())));
        // Leaving hands the partitions over first; nothing that lasts is in them, so it is not waited for without end.
        config.setProperty("hazelcast.graceful.shutdown.max.wait", "10");
    }

    private static void closeDoors(Config config) {
        // The node closes Vert.x first, then this; a hook of its own would race it.
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        // Every member must have the same; pinned, so that a new default cannot split a cluster during an upgrade.
        config.setProperty("hazelcast.partition.count", "271");
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        config.getUserCodeDeploymentConfig().setEnabled(false);
        config.getManagementCenterConfig()
                .setScriptingEnabled(false)
                .setConsoleEnabled(false)
                .setDataAccessEnabled(false);
        // Java deserialisation runs code of whatever class a member names. By itself Hazelcast lets it name all of the
        // JDK,
        // management, naming and remote calls too. Records travel by Kryo and Vert.x's by Hazelcast's own
        // serialization;
        // what is left are values, collections, failures with what they carry, and a question of ours to the maps.
        config.getSerializationConfig()
                .setJavaSerializationFilterConfig(new JavaSerializationFilterConfig()
                        .setDefaultsDisabled(true)
                        .setWhitelist(new ClassFilter()
                                .addPrefixes("[", "com.hazelcast.", "java.lang.", "java.util.", "java.time.")
                                .addPrefixes("dev.baton.")
                                .addClasses("java.io.IOException", "java.io.EOFException")
                                .addClasses("java.net.SocketException", "java.net.ConnectException"))
                        // The form in which a lambda travels: reading it calls into the class that it names.
                        .setBlacklist(new ClassFilter().addPrefixes("java.lang.invoke.")));
    }

    /** Hazelcast finds out too, but says it with two stack traces in the log. */
    private static void requireFreePort(InetAddress host, int first) {
        for (int port = first; port < first + PORTS; port++) {
            if (bindFailure(host, port).isEmpty()) {
                return;
            }
        }
        throw new SettingsException("cluster.port: none of " + first + " to " + (first + PORTS - 1) + " on "
                + host.getHostAddress() + " is free; set BATON_CLUSTER_PORT to the first of " + PORTS + " others");
    }

    /** The same goes for Vert.x and the event bus. */
    private static void requireFree(InetAddress host, Settings.Cluster settings) {
        Optional<IOException> failure = bindFailure(host, settings.busPort());
        if (failure.isPresent()
                && BindFailure.of(
                                failure.get(), "cluster.host", settings.host(), "cluster.bus-port", settings.busPort())
                        instanceof SettingsException explained) {
            throw explained;
        }
    }

    private static Optional<IOException> bindFailure(InetAddress host, int port) {
        try (ServerSocketChannel channel = ServerSocketChannel.open()) {
            channel.bind(new InetSocketAddress(host, port));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    private static String seconds(Duration duration) {
        return Long.toString((duration.toMillis() + 999) / 1000);
    }
}
