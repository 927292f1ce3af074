package dev.baton.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings in which the nodes of a cluster have to agree. Each member says its own. A node with another lease is
 * refused: it would act for the clients of others too early, or they for its. In the others the nodes should agree, or
 * what a client meets depends on its node.
 */
public final class Agreement {
    private static final Logger LOG = LoggerFactory.getLogger(Agreement.class);

    private static final String ATTRIBUTE = "baton.settings";
    private static final String LEASE = "cluster.node-lease";
    private static final List<String> SHARED =
            List.of(LEASE, "cluster.minimum", "heartbeat.", "session.", "handover.", "limits.", "auth.mode");

    /** This one follows from the memory of each node. */
    private static final String SOCKETS = "limits.sockets";

    private Agreement() {}

    /** Lets a member say its settings. */
    static Config say(Config config, Settings settings) {
        config.getMemberAttributeConfig()
                .setAttribute(ATTRIBUTE, shared(settings).encode());
        return config;
    }

    private static JsonObject shared(Settings settings) {
        JsonObject all = settings.toJson();
        JsonObject shared = new JsonObject();
        all.fieldNames().stream()
                .filter(key -> !key.equals(SOCKETS) && SHARED.stream().anyMatch(key::startsWith))
                .forEach(key -> shared.put(key, all.getValue(key)));
        return shared;
    }

    /**
     * Compares a node's settings with those of the other members of the cluster that it has joined; logs the
     * differences.
     *
     * @throws SettingsException when another node has another {@code cluster.node-lease}
     */
    public static void check(HazelcastInstance hazelcast, Settings settings) {
        JsonObject ours = shared(settings);
        for (Member member : hazelcast.getCluster().getMembers()) {
            Optional<JsonObject> theirs = Optional.ofNullable(member.getAttribute(ATTRIBUTE))
                    .filter(said -> !member.localMember())
                    .map(JsonObject::new);
            theirs.ifPresent(
                    other -> check(ours, other, member, settings.cluster().name()));
        }
    }

    private static void check(JsonObject ours, JsonObject theirs, Member member, String cluster) {
        if (!ours.getString(LEASE).equals(theirs.getString(LEASE))) {
            throw new SettingsException(LEASE + ": the other nodes of cluster '" + cluster + "' have "
                    + theirs.getString(LEASE) + ", this one " + ours.getString(LEASE)
                    + "; all have to have the same, or one acts for the clients of another too early");
        }
        List<String> differences = differences(ours, theirs);
        if (!differences.isEmpty()) {
            LOG.warn(
                    "the nodes of a cluster should have the same settings, and node {} has others: {}",
                    member.getAttribute(ClusterNode.NODE_ATTRIBUTE),
                    String.join(", ", differences));
        }
    }

    /** In words; a key that one version knows and another does not is no difference. */
    static List<String> differences(JsonObject ours, JsonObject theirs) {
        return new TreeSet<>(ours.fieldNames())
                .stream()
                        .filter(theirs::containsKey)
                        .filter(key -> !ours.getValue(key).equals(theirs.getValue(key)))
                        .map(key -> key + " " + theirs.getValue(key) + " (here " + ours.getValue(key) + ")")
                        .toList();
    }
}
