package dev.baton;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import dev.baton.cluster.ClusterNode;
import java.security.SecureRandom;
import java.util.HexFormat;

/** What a node adds to Hazelcast's configuration: its own name, and how its maps are kept. */
final class NodeMaps {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** 48 bits: short enough to read in a log, and no two nodes of a cluster ever share one. */
    private static final int NAME_BYTES = 6;

    private NodeMaps() {}

    /** Adds it; the name is a new one at each call. */
    static Config add(Config config) {
        byte[] name = new byte[NAME_BYTES];
        RANDOM.nextBytes(name);
        config.getMemberAttributeConfig()
                .setAttribute(ClusterNode.NODE_ATTRIBUTE, HexFormat.of().formatHex(name));
        // Entry processors meet the object itself, so values are immutable records; and one copy survives on another
        // node.
        return config.addMapConfig(new MapConfig("baton.*")
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                .setBackupCount(1));
    }
}
