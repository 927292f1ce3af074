package dev.baton.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.ClusterService;
import com.hazelcast.internal.partition.InternalPartitionService;
import com.hazelcast.spi.impl.NodeEngineImpl;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Sees to it that the records of a lost member are taken over at once, also where some were just moving. Safe from any
 * thread; nothing here blocks.
 *
 * <p>By itself Hazelcast rests after a move that failed, for 3 s from the last failure ({@code
 * MIGRATION_PAUSE_DURATION_SECONDS_ON_MIGRATION_FAILURE} in {@code MigrationManager} of 5.3, a constant), and does
 * nothing else with its table meanwhile: a member that is lost while records move from or to it leaves its records,
 * with the pens in them, out of reach for that long, although their backups are there. The rest is meant for moves that
 * fail again and again, with a member that is about to be given up; here it has been, so that there is nothing to wait
 * for.
 */
final class Migrations {
    /**
     * Milliseconds from a loss to each time at which the rest is ended: moves fail within moments of it, one after the
     * other, and each failure begins the rest anew. As they are few, moves that go on to fail are not tried without
     * end.
     */
    private static final List<Integer> AFTER_LOSS = List.of(50, 150, 300, 600, 1_200);

    private final Vertx vertx;
    private final NodeEngineImpl engine;

    Migrations(Vertx vertx, HazelcastInstance member) {
        this.vertx = vertx;
        this.engine = ((HazelcastInstanceProxy) member).getOriginal().node.getNodeEngine();
    }

    /** A member was lost: what moved to it or from it is settled without a rest. */
    void goOnAfterLoss() {
        AFTER_LOSS.forEach(delay -> vertx.setTimer(delay, id -> goOn()));
    }

    /**
     * Only the oldest member decides about records. One that is becoming the oldest, and has its predecessor among its
     * members still, rests for a reason of its own.
     */
    private void goOn() {
        ClusterService cluster = engine.getClusterService();
        if (cluster.isMaster() && cluster.getMembers().iterator().next().localMember()) {
            InternalPartitionService partitions = engine.getNode().getPartitionService();
            partitions.resumeMigration();
        }
    }
}
