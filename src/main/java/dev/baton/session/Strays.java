package dev.baton.session;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds sessions that are connected to this node as far as the cluster knows, and are not, and reports them offline. It
 * comes to that when the answer that a session was taken up never came, so that its client was turned away; when the
 * report that it is gone was lost; or when the two crossed. Nobody else would notice, since the node lives; such a
 * session would neither expire nor leave its documents. Any context.
 */
final class Strays {
    private static final Logger LOG = LoggerFactory.getLogger(Strays.class);

    /**
     * Between two looks at a session without a connection, in milliseconds: one whose client is just let in or going
     * away is through with that by then. Where it is not, its client is sent to resume, as with anybody who was taken
     * offline by mistake.
     */
    private static final long SECOND_LOOK = 5_000;

    private final Vertx vertx;
    private final Sessions sessions;
    private final String node;
    private final Predicate<String> connected;

    /**
     * Those of a node.
     *
     * @param connected whether a session has a connection there; asked from the caller's context
     */
    Strays(Vertx vertx, Sessions sessions, String node, Predicate<String> connected) {
        this.vertx = vertx;
        this.sessions = sessions;
        this.node = node;
        this.connected = connected;
    }

    /** Looks once, and at what it finds once more. Completes when what was found is reported, or cannot be just now. */
    Future<Void> look() {
        return sessions.connectedTo(node).compose(this::stray).compose(first -> {
            if (first.isEmpty()) {
                return Future.succeededFuture();
            }
            return vertx.timer(SECOND_LOOK, TimeUnit.MILLISECONDS)
                    .compose(v -> stray(first.keySet()))
                    .compose(second -> report(still(first, second)));
        });
    }

    /** Those of them that have no connection here, each with the generation that the cluster believes to be here. */
    private Future<Map<String, Long>> stray(Collection<String> ids) {
        List<String> without = ids.stream().filter(connected.negate()).toList();
        return sessions.find(without).map(found -> found.values().stream()
                .filter(record -> record.online() && record.node().equals(node))
                .collect(Collectors.toMap(SessionRecord::id, SessionRecord::generation)));
    }

    /** What was so the first time and is so still; a session that came back in between is on its way in. */
    static Map<String, Long> still(Map<String, Long> first, Map<String, Long> second) {
        return second.entrySet().stream()
                .filter(one -> one.getValue().equals(first.get(one.getKey())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Future<Void> report(Map<String, Long> strays) {
        return Future.join(strays.entrySet().stream()
                        .map(one -> sessions.lose(one.getKey(), one.getValue(), "closed")
                                .onSuccess(lost -> LOG.info("session {} had no connection any more", one.getKey())))
                        .toList())
                .mapEmpty();
    }
}
