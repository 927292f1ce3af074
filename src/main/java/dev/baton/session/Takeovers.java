package dev.baton.session;

import dev.baton.cluster.ClusterNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions that go on with a new connection on this node, until the node of the earlier one has said that nothing that
 * came on that is still being written. What a session is told when it joins again is read after that, so that nothing
 * lands behind its back. Any thread.
 */
public final class Takeovers {

    /**
     * The type of the message that answers {@link Sessions#REPLACED}: the earlier connection's writes are done with.
     */
    public static final String SETTLED = "replaced-settled";

    /** A node that has not answered for so long has lost its lease, and commits nothing. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final ClusterNode node;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    /** What a session waits for: the answer of that node. */
    private record Waiting(String node, Promise<Void> settled) {}

    Takeovers(Vertx vertx, ClusterNode node) {
        this.vertx = vertx;
        this.node = node;
    }

    /** Tells the node of the earlier connection; a node that is gone commits nothing, and is not waited for. */
    public void begin(Sessions.Replaced replaced) {
        if (!node.nodes().contains(replaced.node())) {
            return;
        }
        Promise<Void> settled = Promise.promise();
        Waiting one = new Waiting(replaced.node(), settled);
        waiting.put(replaced.session(), one);
        long timer = vertx.setTimer(PATIENCE.toMillis(), id -> settled.tryComplete());
        settled.future().onComplete(done -> {
            vertx.cancelTimer(timer);
            waiting.remove(replaced.session(), one);
        });
        node.tell(
                replaced.node(),
                Sessions.REPLACED,
                new JsonObject()
                        .put("session", replaced.session())
                        .put("generation", replaced.generation() + 1)
                        .put("by", node.id()));
    }

    /** A node has answered. */
    public void settled(String session) {
        Waiting one = waiting.get(session);
        if (one != null) {
            one.settled().tryComplete();
        }
    }

    /** A node is gone: it commits nothing more, and answers nothing. */
    public void lost(String name) {
        waiting.values().stream().filter(one -> one.node().equals(name)).forEach(one -> one.settled()
                .tryComplete());
    }

    /** Completes when nothing of an earlier connection of the session can be written any more; at once for most. */
    public Future<Void> of(String session) {
        Waiting one = waiting.get(session);
        return one == null ? Future.succeededFuture() : one.settled().future();
    }
}
