package dev.baton.it;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between a client and a node, and can hold back what the client sends. Any thread. */
final class Proxy implements AutoCloseable {
    private final NetServer server;
    private final NetClient client;
    private final AtomicLong held = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean holding;

    private Proxy(Vertx vertx, int port) {
        client = vertx.createNetClient();
        server = vertx.createNetServer().connectHandler(from -> {
            from.pause();
            client.connect(port, "127.0.0.1").onSuccess(to -> join(from, to)).onFailure(refused -> from.close());
        });
    }

    /** A proxy to a port of this machine, on a port of its own. */
    static Proxy to(Vertx vertx, int port) {
        Proxy proxy = new Proxy(vertx, port);
        Waiting.on(proxy.server.listen(0, "127.0.0.1"));
        return proxy;
    }

    private void join(NetSocket from, NetSocket to) {
        from.handler(bytes -> forward(to, bytes));
        to.handler(from::write);
        from.closeHandler(closed -> to.close());
        to.closeHandler(closed -> from.close());
        from.resume();
    }

    private void forward(NetSocket to, Buffer bytes) {
        if (holding) {
            held.addAndGet(bytes.length());
            waiting.add(() -> to.write(bytes));
        } else {
            to.write(bytes);
        }
    }

    int port() {
        return server.actualPort();
    }

    /** Nothing that the client sends reaches the node from now on. */
    void holdBack() {
        holding = true;
    }

    /** How many bytes are held back. */
    long held() {
        return held.get();
    }

    /** All that was held back reaches the node, in its order, and what comes after it too. */
    void letGo() {
        drain();
        holding = false;
        drain();
    }

    private void drain() {
        for (Runnable write = waiting.poll(); write != null; write = waiting.poll()) {
            write.run();
        }
    }

    @Override
    public void close() {
        Waiting.on(server.close());
        Waiting.on(client.close());
    }
}
