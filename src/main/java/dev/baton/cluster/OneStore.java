package dev.baton.cluster;

import com.hazelcast.map.IMap;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import io.vertx.core.Context;
import io.vertx.core.Future;

/**
 * One cluster, one store: with two, each half of a document's history would be in another place, and both would be
 * right.
 */
public final class OneStore {
    private static final String MAP = "baton.cluster";
    private static final String KEY = "store";

    private OneStore() {}

    /**
     * Fails with a {@link SettingsException} when the cluster that this node joined uses another store than this id's.
     */
    public static Future<Void> check(ClusterNode node, Context context, String id, Settings settings) {
        IMap<String, String> shared = node.map(MAP);
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
