package dev.baton.cluster;

import io.vertx.core.Future;
import java.util.Map;

/** Where all nodes say that they are there, apart from the links between them: the store. Any context. */
public interface Roll {

    /** Says that the node is there; gives how many milliseconds ago each node said so. Fails when the store does not answer. */
    Future<Map<String, Long>> sign(String node);

    /** The incarnation of the store that this node works in; 0 while the store does not answer. */
    long incarnation();

    /** Another node works in that incarnation. */
    void heard(long incarnation);

    /** Says that the node goes. */
    Future<Void> strike(String node);
}
