package dev.baton.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import com.hazelcast.spi.impl.NodeEngineImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Hazelcast knows of a member's silence, and how it is told that it has lasted long enough. Safe from any thread;
 * nothing here blocks.
 *
 * <p>By itself Hazelcast looks once a second, and cannot be told to look more often
 * ({@code hazelcast.heartbeat.interval.seconds}): a member whose lease is five seconds is given up after six, if one is
 * out of luck. There is no public way to say it sooner. This is the method that its own look calls
 * ({@code ClusterHeartbeatManager} of 5.3).
 */
final class Heartbeats {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

    /** Where Hazelcast looks after its members itself; the lock that is taken there may be waited for. */
    private static final String EXECUTOR = "hz:cluster";

    /** Three heartbeats that did not come, in milliseconds: not for a late one. */
    private static final long UNHEARD = 3_000;

    private final NodeEngineImpl engine;
    private final ClusterServiceImpl cluster;

    Heartbeats(HazelcastInstance member) {
        this.engine = ((HazelcastInstanceProxy) member).getOriginal().node.getNodeEngine();
        this.cluster = engine.getNode().getClusterService();
    }

    /** How many milliseconds ago its last heartbeat came; 0 where none did. */
    long silence(Member member) {
        long last = cluster.getClusterHeartbeatManager().getLastHeartbeatTime(member);
        return last == 0 ? 0 : Math.max(0, cluster.getClusterTime() - last);
    }

    /**
     * It answers just now, though Hazelcast may have heard nothing of it for long. Two members that suspect each other,
     * because the way between them was cut for a while, send each other no heartbeats any more
     * ({@code heartbeatWhenSlave} there), and heartbeats alone end a suspicion: by themselves they would keep it until
     * one of them goes, and with the oldest member gone each would go its own way. The oldest suspects nobody, so that
     * its heartbeats go on by themselves; and the clock of the cluster is in them.
     */
    void answers(Member member) {
        if (silence(member) > UNHEARD && !member.getAddress().equals(cluster.getMasterAddress())) {
            LOG.info("{} answers again", member.getAddress());
            engine.getExecutionService().execute(EXECUTOR, () -> heard(member));
        }
    }

    private void heard(Member member) {
        MemberImpl present = cluster.getMember(member.getAddress(), member.getUuid());
        if (present != null) {
            cluster.getClusterHeartbeatManager().onHeartbeat(present, cluster.getClusterTime());
        }
    }

    /** Its lease is over: it is no member any more, as soon as those who decide that with this one think so too. */
    void over(Member member) {
        LOG.warn("{} has been silent for a whole lease", member.getAddress());
        engine.getExecutionService()
                .execute(EXECUTOR, () -> cluster.suspectMember(member, "silent for a whole lease", true));
    }
}
