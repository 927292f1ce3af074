package dev.baton.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.multimap.MultiMap;
import dev.baton.FreePorts;
import dev.baton.client.Waiting;
import dev.baton.config.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Vert.x does about members that go, between two real ones. */
class BatonClusterManagerIT {
    /**
     * Hazelcast has five threads for events, and chooses one for each listener by chance: of so many all but surely one
     * shares.
     */
    private static final int LISTENERS = 40;

    private HazelcastInstance one;
    private HazelcastInstance other;
    private HazelcastClusterManager manager;
    private HazelcastClusterManager remoteManager;
    private Vertx vertx;
    private Vertx remote;

    @BeforeEach
    void startMembers() {
        int port = FreePorts.inARow(ClusterSetup.PORTS);
        Settings settings = Settings.of(Map.of("cluster.port", Integer.toString(port)));
        one = ClusterSetup.join(settings, config -> config);
        other = ClusterSetup.join(settings, config -> config);
        manager = ClusterSetup.manager(one);
        vertx = clustered(manager, settings);
        remoteManager = new BatonClusterManager(other, List.of(Duration.ofSeconds(5)));
        remote = clustered(remoteManager, settings);
    }

    @AfterEach
    void stopMembers() {
        Waiting.on(vertx.close());
        Waiting.on(remote.close());
        other.getLifecycleService().terminate();
        one.getLifecycleService().terminate();
    }

    @Test
    void whoeverListensHearsOfALossAtOnceThoughVertxWaits() {
        Waiting.on(remote.close());
        AtomicInteger heard = new AtomicInteger();
        for (int i = 0; i < LISTENERS; i++) {
            one.getCluster().addMembershipListener(new MembershipListener() {
                @Override
                public void memberAdded(MembershipEvent event) {
                    // not of interest
                }

                @Override
                public void memberRemoved(MembershipEvent event) {
                    heard.incrementAndGet();
                }
            });
        }
        HazelcastClusterManager waits = manager;
        synchronized (waits) { // which it holds while it waits for the lost member's records
            other.getLifecycleService().terminate();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(heard).hasValue(LISTENERS));
        }
    }

    @Test
    void whoIsAMemberAgainKeepsItsSubscriptions() throws Exception {
        AtomicInteger arrived = new AtomicInteger();
        Waiting.on(remote.eventBus()
                .consumer("here", message -> arrived.incrementAndGet())
                .completion());
        await().atMost(Duration.ofSeconds(20)).until(() -> arrives(arrived));

        CountDownLatch later = new CountDownLatch(1);
        manager.memberRemoved(lost(() -> {}));
        manager.memberRemoved(lost(later::countDown)); // handled after the one before
        assertThat(later.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(one.getMultiMap("__vertx.subs").containsKey("here")).isTrue();
        int before = arrived.get();
        vertx.eventBus().publish("here", "still");
        await().atMost(Duration.ofSeconds(5)).until(() -> arrived.get() > before);
    }

    @Test
    void whoHasMergedSaysItsSubscriptionsAndSaysThemAgain() {
        MultiMap<String, Object> subscriptions = subscribed();

        subscriptions.remove("here");
        remoteManager.stateChanged(new LifecycleEvent(LifecycleEvent.LifecycleState.MERGED));
        await("it says them").atMost(Duration.ofSeconds(20)).until(() -> subscriptions.containsKey("here"));

        subscriptions.remove("here");
        await("and again").atMost(Duration.ofSeconds(20)).until(() -> subscriptions.containsKey("here"));
    }

    @Test
    void whoSeesAMemberComeSaysItsSubscriptionsAgain() {
        MultiMap<String, Object> subscriptions = subscribed();

        remoteManager.memberAdded(new MembershipEvent(
                other.getCluster(),
                one.getCluster().getLocalMember(),
                MembershipEvent.MEMBER_ADDED,
                other.getCluster().getMembers()));
        subscriptions.remove("here"); // as one that has lost it does, and joins
        await().atMost(Duration.ofSeconds(20)).until(() -> subscriptions.containsKey("here"));
    }

    private MultiMap<String, Object> subscribed() {
        Waiting.on(remote.eventBus().consumer("here", message -> {}).completion());
        MultiMap<String, Object> subscriptions = one.getMultiMap("__vertx.subs");
        await().atMost(Duration.ofSeconds(20)).until(() -> subscriptions.containsKey("here"));
        return subscriptions;
    }

    private boolean arrives(AtomicInteger arrived) {
        vertx.eventBus().publish("here", "first");
        return arrived.get() > 0;
    }

    private MembershipEvent lost(Runnable asked) {
        Cluster cluster = one.getCluster();
        Member member = other.getCluster().getLocalMember();
        return new MembershipEvent(cluster, member, MembershipEvent.MEMBER_REMOVED, cluster.getMembers()) {
            @Override
            public Member getMember() {
                asked.run();
                return member;
            }
        };
    }

    private static Vertx clustered(HazelcastClusterManager manager, Settings settings) {
        VertxOptions options = new VertxOptions();
        ClusterSetup.prepare(options.getEventBusOptions(), settings);
        return Waiting.on(
                Vertx.builder().with(options).withClusterManager(manager).buildClustered());
    }
}
