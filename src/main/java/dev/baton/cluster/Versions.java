package dev.baton.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import dev.baton.config.SettingsException;

/**
 * Which nodes understand each other. Each member says its version, and the number of the way in which its records
 * travel: that changes only when nodes of the version before cannot read them any more.
 */
public final class Versions {

    /** 1: fields by their places. 2: fields by their names, see {@link TaggedFields}. */
    private static final String RECORDS = "2";

    private static final String RECORDS_ATTRIBUTE = "baton.records";
    private static final String VERSION_ATTRIBUTE = "baton.version";
    private static final String UNKNOWN = "unknown";

    private Versions() {}

    /** This node's version, as its jar says. */
    public static String ours() {
        String version = Versions.class.getPackage().getImplementationVersion();
        return version == null ? UNKNOWN : version;
    }

    /** Lets a member say its version. */
    public static Config say(Config config) {
        config.getMemberAttributeConfig()
                .setAttribute(VERSION_ATTRIBUTE, ours())
                .setAttribute(RECORDS_ATTRIBUTE, RECORDS);
        return config;
    }

    /**
     * Looks at the other nodes of the cluster that this one has joined.
     *
     * @throws SettingsException when one of them cannot read this node's records, or this node its
     */
    public static void check(HazelcastInstance hazelcast) {
        for (Member member : hazelcast.getCluster().getMembers()) {
            String node = member.getAttribute(ClusterNode.NODE_ATTRIBUTE);
            if (node != null && !RECORDS.equals(member.getAttribute(RECORDS_ATTRIBUTE))) {
                String version = member.getAttribute(VERSION_ATTRIBUTE);
                throw new SettingsException("cluster.name: node " + node + " at " + member.getAddress()
                        + " is of version "
                        + (version == null ? UNKNOWN : version) + ", which does not understand this one, " + ours()
                        + "; stop the nodes of that version first, or give this node another cluster.name");
            }
        }
    }
}
