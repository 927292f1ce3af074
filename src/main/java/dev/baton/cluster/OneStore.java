package dev.baton.cluster;

import com.hazelcast.map.IMap;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import io.vertx.core.Context;
import io.vertx.core.Future;

/**
 * One cluster, one store: with two, each half of a document's history would be in another place, and both would be right.
 */
public final class OneStore {
    private static final String MAP = "baton.cluster";
    private static final String KEY = "store";
    private static final String LEASE = "node-lease";

    private OneStore() {}

    /**
     * Fails with a {@link SettingsException} when the cluster that this node joined uses another store than this id's, or another
     * {@code cluster.node-lease}.
     */
    public static Future<Void> check(ClusterNode node, Context context, String id, Settings settings) {
        IMap<String, String> shared = node.map(MAP);
        String lease = settings.cluster().nodeLease().toMillis() + "ms";
        return context.<String>executeBlocking(() -> shared.putIfAbsent(LEASE, lease), false)
                .compose(there -> there == null || there.equals(lease)
                        ? Future.succeededFuture()
                        : Future.failedFuture(new SettingsException("cluster.node-lease: the other nodes of cluster '"
                                + settings.cluster().name() + "' have " + there + ", this one " + lease
                                + "; all have to have the same, or one acts for the clients of another too early")))
                .compose(same -> checkStore(shared, context, id, settings));
    }

    private static Future<Void> checkStore(IMap<String, String> shared, Context context, String id, Settings settings) {
        return context.<String>executeBlocking(() -> shared.putIfAbsent(KEY, id), false)
                .compose(there -> there == null || there.equals(id)
                        ? Future.succeededFuture()
                        : Future.failedFuture(new SettingsException(words(there, id, settings))));
    }

    private static String words(String there, String id, Settings settings) {
        String advice = settings.store().sqlite()
                ? "nodes on one machine share one SQLite file (start them in the same folder), nodes on several need"
                        + " PostgreSQL"
                : "point store.url at the database the other nodes use";
        return "store.url: the cluster '" + settings.cluster().name() + "' keeps its documents in another store ("
                + there + ", this one is " + id + "); " + advice + ", or give this node another cluster.name";
    }
}
