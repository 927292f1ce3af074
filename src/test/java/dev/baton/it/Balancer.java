package dev.baton.it;

import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A load balancer as simple as there are: each connection goes to the next node in turn, or to the one after when that
 * one refuses it. It asks for nobody's health and sticks to nothing. Any thread.
 */
final class Balancer implements AutoCloseable {
    private final NetServer server;
    private final NetClient client;
    private final List<Integer> ports = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    private Balancer(Vertx vertx) {
        this.client = vertx.createNetClient(new NetClientOptions()
                .setConnectTimeout(Math.toIntExact(Duration.ofSeconds(2).toMillis())));
        this.server = vertx.createNetServer().connectHandler(this::connected);
    }

    /** Listens; has no node yet. */
    static Balancer start(Vertx vertx) {
        Balancer balancer = new Balancer(vertx);
        Waiting.on(balancer.server.listen(0, "127.0.0.1"));
        return balancer;
    }

    /** One more node to send connections to; one that has gone stays in the list, and is passed over. */
    void add(NodeProcess node) {
        ports.add(node.port());
    }

    /** Where it listens. */
    int port() {
        return server.actualPort();
    }

    /** The address of the socket, whichever node has it. */
    String uri() {
        return "ws://127.0.0.1:" + port() + "/socket";
    }

    private void connected(NetSocket in) {
        in.pause();
        reach(ports.size())
                .onSuccess(out -> {
                    in.pipeTo(out);
                    out.pipeTo(in);
                    in.resume();
                })
                .onFailure(nobody -> in.close());
    }

    private Future<NetSocket> reach(int tries) {
        int port = ports.get(Math.floorMod(turn.getAndIncrement(), ports.size()));
        Future<NetSocket> reached = client.connect(port, "127.0.0.1");
        return tries <= 1 ? reached : reached.recover(refused -> reach(tries - 1));
    }

    @Override
    public void close() {
        Waiting.on(Future.join(server.close(), client.close()));
    }
}
