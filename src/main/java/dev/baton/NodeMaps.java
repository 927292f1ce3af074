package dev.baton;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Travelling;
import dev.baton.cluster.Versions;
import dev.baton.rights.Locks;
import dev.baton.room.RoomVerticle;
import dev.baton.session.Sessions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a node adds to Hazelcast's configuration: its own name, how its maps are kept, and how what is in them travels.
 */
public final class NodeMaps {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** 48 bits: short enough to read in a log, and no two nodes of a cluster ever share one. */
    private static final int NAME_BYTES = 6;

    /** What a node that died left of its rehearsal goes by itself, in seconds. */
    private static final int STAGED = 60;

    private static final List<Class<?>> TRAVELLING = Stream.of(
                    Sessions.TRAVELLING, Locks.TRAVELLING, RoomVerticle.TRAVELLING)
            .flatMap(List::stream)
            .toList();

    private NodeMaps() {}

    /** Adds all of it; the name is a new one at each call. */
    static Config add(Config config) {
        byte[] name = new byte[NAME_BYTES];
        RANDOM.nextBytes(name);
        config.getMemberAttributeConfig()
                .setAttribute(ClusterNode.NODE_ATTRIBUTE, HexFormat.of().formatHex(name));
        return maps(Versions.say(config));
    }

    /** Adds what a member needs to read the maps, without being a node itself. */
    public static Config maps(Config config) {
        // Entry processors meet the object itself, so values are immutable records; and one copy survives on another
        // node.
        return Travelling.let(config, TRAVELLING)
                .addMapConfig(map("baton.*"))
                // What is tried out waits for no copy: while records move to a node that has just joined,
                // Hazelcast drops those that a move has overtaken, and an answer waits for them (see ClusterSetup).
                .addMapConfig(map(ClusterNode.STAGE + "*")
                        .setBackupCount(0)
                        .setAsyncBackupCount(1)
                        .setTimeToLiveSeconds(STAGED));
    }

    private static MapConfig map(String names) {
        return new MapConfig(names).setInMemoryFormat(InMemoryFormat.OBJECT).setBackupCount(1);
    }
}
