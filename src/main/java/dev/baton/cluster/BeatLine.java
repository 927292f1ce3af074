package dev.baton.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.vertx.core.Context;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way that {@link Beat}s take: straight over the connection between two members. The event bus first looks up in a
 * shared map where an address is heard, and while a member is cut off that question hangs; so one node's silence would
 * keep two others from hearing each other. Safe from any thread; nothing here blocks.
 */
final class BeatLine {
    private static final Logger LOG = LoggerFactory.getLogger(BeatLine.class);

    private static final String NAME = "baton.lease";

    /**
     * More than a cluster of hundreds sends between two turns of a thread; what does not fit is lost, as beats may be.
     */
    private static final int WAITING = 1_000;

    private final HazelcastInstance member;

    BeatLine(HazelcastInstance member) {
        this.member = member;
    }

    /** Adds what a member needs to take beats. */
    static void prepare(Config config) {
        config.addExecutorConfig(new ExecutorConfig(NAME)
                .setPoolSize(1)
                .setQueueCapacity(WAITING)
                .setStatisticsEnabled(false));
    }

    /** From now on beats are handed to that consumer, on that context: if it stands still, so does the answer. */
    void hear(Context context, Consumer<Beat> consumer) {
        Consumer<Beat> hop = beat -> context.runOnContext(v -> consumer.accept(beat));
        member.getUserContext().put(NAME, hop);
    }

    /** To a member that is not there, or to one that hears nothing, it is lost. */
    void send(String node, Beat beat) {
        for (Member to : member.getCluster().getMembers()) {
            if (node.equals(to.getAttribute(ClusterNode.NODE_ATTRIBUTE))) {
                send(to, beat);
            }
        }
    }

    private void send(Member to, Beat beat) {
        try {
            // Of Hazelcast's ways to send a task this alone never waits for an answer; the others do, once in a
            // hundred.
            member.getExecutorService(NAME).submitToMember(beat, to, null);
        } catch (HazelcastException | HazelcastInstanceNotActiveException | RejectedExecutionException leaving) {
            LOG.debug("a beat was lost: {}", leaving.getMessage());
        }
    }

    @SuppressWarnings("unchecked") // nobody else puts anything under this name
    static void take(HazelcastInstance member, Beat beat) {
        if (member.getUserContext().get(NAME) instanceof Consumer<?> hop) {
            ((Consumer<Beat>) hop).accept(beat);
        }
    }
}
