package dev.baton.cluster;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;

/** Where all nodes say that they are there, apart from the links between them: the store. Any context. */
public interface Roll {

    /**
     * What a node's line says.
     *
     * @param age how long ago it signed, in milliseconds
     * @param validMillis how long a signature counts
     * @param serving whether the node acts for clients
     * @param place where it runs, as {@link Place} writes it
     * @param cluster its cluster's name and address, for messages
     */
    record Line(long age, long validMillis, boolean serving, String place, String cluster) {}

    /**
     * Says that the node is there; gives what each node's line says. Fails when the store does not answer.
     *
     * @param mine what to say; {@code serving} keeps up or ends what {@link #serve} began, and begins nothing
     */
    Future<Map<String, Line>> sign(String node, Line mine);

    /** Says that the node acts for clients, unless nodes do that are not among {@code own}; gives those. */
    Future<Map<String, Line>> serve(String node, Set<String> own);

    /** The store's id. */
    String store();

    /** The incarnation of the store that this node works in; 0 while the store does not answer. */
    long incarnation();

    /** Another node works in that incarnation. */
    void heard(long incarnation);

    /** Says that the node goes. */
    Future<Void> strike(String node);
}
