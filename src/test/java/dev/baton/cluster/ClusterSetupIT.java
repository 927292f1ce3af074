package dev.baton.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.MapConfig;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.serialization.Data;
import dev.baton.FreePorts;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.text.SimpleDateFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.management.ObjectName;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.util.introspection.IntrospectionError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterSetupIT {

    private final int port = FreePorts.inARow(ClusterSetup.PORTS);
    private final List<HazelcastInstance> started = new ArrayList<>();

    @AfterEach
    void leave() {
        started.forEach(member -> member.getLifecycleService().terminate());
    }

    @Test
    void nodesOnOneMachineFindEachOtherByThemselves() {
        HazelcastInstance one = join(Map.of());
        HazelcastInstance two = join(Map.of());
        HazelcastInstance three = join(Map.of());

        for (HazelcastInstance member : List.of(one, two, three)) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> member.getCluster().getMembers().size() == 3);
        }
    }

    @Test
    void nodesOfAnotherNameStayApart() {
        HazelcastInstance one = join(Map.of());
        HazelcastInstance other = join(Map.of("cluster.name", "other"));

        assertThat(one.getCluster().getMembers()).hasSize(1);
        assertThat(other.getCluster().getMembers()).hasSize(1);
    }

    @Test
    void nothingButTheClustersHostIsBound() throws IOException {
        HazelcastInstance member = join(Map.of());
        int bound = member.getCluster().getLocalMember().getAddress().getPort();

        try (Socket here = new Socket(InetAddress.getLoopbackAddress(), bound);
                ServerSocket elsewhere =
                        new ServerSocket(bound, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 2}))) {
            assertThat(here.isConnected()).isTrue();
            assertThat(elsewhere.isBound())
                    .as("a wildcard listener would be in the way")
                    .isTrue();
        }
    }

    @Test
    void aRangeWithoutAFreePortIsNamed() throws IOException {
        List<ServerSocket> taken = new ArrayList<>();
        try {
            for (int i = 0; i < ClusterSetup.PORTS; i++) {
                taken.add(new ServerSocket(port + i, 1, InetAddress.getLoopbackAddress()));
            }

            assertThatThrownBy(() -> join(Map.of()))
                    .isInstanceOf(SettingsException.class)
                    .hasMessage("cluster.port: none of " + port + " to " + (port + 19) + " on 127.0.0.1 is free; set"
                            + " BATON_CLUSTER_PORT to the first of 20 others");
        } finally {
            for (ServerSocket socket : taken) {
                socket.close();
            }
        }
    }

    @Test
    void theConfigurationClosesWhatIsNotUsed() {
        HazelcastInstance member = join(Map.of("cluster.node-lease", "2100ms"));
        var config = member.getConfig();

        SoftAssertions.assertSoftly(soft -> {
            var network = config.getAdvancedNetworkConfig();
            soft.assertThat(network.isEnabled()).isTrue();
            soft.assertThat(network.getEndpointConfigs())
                    .as("the port speaks to members alone")
                    .containsOnlyKeys(EndpointQualifier.MEMBER);
            soft.assertThat(network.getJoin().getMulticastConfig().isEnabled()).isFalse();
            soft.assertThat(network.getJoin().getAutoDetectionConfig().isEnabled())
                    .isFalse();
            soft.assertThat(config.getJetConfig().isEnabled()).isFalse();
            soft.assertThat(config.getMetricsConfig().isEnabled()).isFalse();
            soft.assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
            soft.assertThat(config.getProperty("hazelcast.shutdownhook.enabled"))
                    .isEqualTo("false");
            soft.assertThat(config.getProperty("hazelcast.max.no.heartbeat.seconds"))
                    .as("never before the lease is over")
                    .isEqualTo("3");
            soft.assertThat(config.getMultiMapConfig("__vertx.subs").getValueCollectionType())
                    .hasToString("SET");
        });
    }

    @Test
    void nobodyIsAnsweredWithoutACopyBeforeTheLeaseIsOver() {
        assertThat(join(Map.of("cluster.node-lease", "7500ms"))
                        .getConfig()
                        .getProperty("hazelcast.operation.backup.timeout.millis"))
                .isEqualTo("7500");
    }

    @Test
    void theNodesOwnMapsCanBeAdded() {
        HazelcastInstance member = ClusterSetup.join(
                settings(Map.of()), config -> config.addMapConfig(new MapConfig("mine").setBackupCount(2)));
        started.add(member);

        assertThat(member.getConfig().getMapConfig("mine").getBackupCount()).isEqualTo(2);
    }

    /** As a question to the maps may be. */
    private static final class Ours implements Serializable {
        private static final long serialVersionUID = 1;
    }

    private interface Work extends Supplier<String>, Serializable {}

    @Test
    void javaSerialisationReadsValuesFailuresAndOursAndNothingElse() throws Exception {
        HazelcastInstance member = join(Map.of());
        var serialization = ((HazelcastInstanceProxy) member).getSerializationService();

        for (Object taken : List.of(
                new IllegalStateException("with a cause", new IOException("of the network")),
                new HazelcastException("its own"),
                new TreeMap<>(Map.of("a", UUID.randomUUID())),
                Duration.ofSeconds(1),
                new Ours())) {
            Data sent = serialization.toData(taken);
            assertThat(serialization.<Object>toObject(sent)).hasSameClassAs(taken);
        }
        Work work = () -> "done";
        for (Object foreign : List.of(
                new IntrospectionError("a library's"),
                new URL("http://127.0.0.1:1/"),
                new ObjectName("a:b=c"),
                new SimpleDateFormat("yyyy"),
                work)) {
            Data sent = serialization.toData(foreign);
            assertThatThrownBy(() -> serialization.toObject(sent))
                    .rootCause()
                    .isInstanceOf(SecurityException.class)
                    .hasMessageContaining("is not allowed");
        }
    }

    @Test
    void aVerticleReachesTheMemberAndClosingVertxLeavesItRunning() throws Exception {
        HazelcastInstance member = join(Map.of());
        VertxOptions options = new VertxOptions();
        ClusterSetup.prepare(options.getEventBusOptions(), settings(Map.of()));
        Vertx vertx = Vertx.builder()
                .with(options)
                .withClusterManager(ClusterSetup.manager(member))
                .buildClustered()
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);

        assertThat(ClusterSetup.hazelcast(vertx)).isSameAs(member);
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(member.getLifecycleService().isRunning()).isTrue();
    }

    @Test
    void aVertxThatIsNotClusteredHasNoMember() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            assertThatThrownBy(() -> ClusterSetup.hazelcast(vertx)).isInstanceOf(IllegalStateException.class);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    private HazelcastInstance join(Map<String, String> values) {
        HazelcastInstance member = ClusterSetup.join(settings(values), config -> config);
        started.add(member);
        return member;
    }

    private Settings settings(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(Map.of("cluster.port", Integer.toString(port)));
        all.putAll(values);
        return Settings.of(all);
    }
}
