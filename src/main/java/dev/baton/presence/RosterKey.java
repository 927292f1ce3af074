package dev.baton.presence;

import com.hazelcast.partition.PartitionAware;
import java.io.Serializable;

/**
 * The key of a node's roster of a document. All rosters of a document live on one partition, together with its lock.
 *
 * @param document the document
 * @param node the node
 */
public record RosterKey(String document, String node) implements PartitionAware<String>, Serializable {

    /** The document. */
    @Override
    public String getPartitionKey() {
        return document;
    }
}
