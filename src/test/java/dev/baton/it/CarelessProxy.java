package dev.baton.it;

import dev.baton.client.Waiting;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * An HTTP proxy in front of a node, as somebody sets it up who forgot something: it changes the headers of what it
 * passes on. Sockets do not get through it. Any thread.
 */
final class CarelessProxy implements AutoCloseable {
    private final HttpServer server;
    private final HttpClient client;
    private final int node;
    private final Consumer<MultiMap> change;

    private CarelessProxy(Vertx vertx, int node, Consumer<MultiMap> change) {
        this.node = node;
        this.change = change;
        client = vertx.createHttpClient();
        server = vertx.createHttpServer().requestHandler(this::pass);
    }

    /** In front of a node's port, on a port of its own. */
    static CarelessProxy to(Vertx vertx, int node, Consumer<MultiMap> change) {
        CarelessProxy proxy = new CarelessProxy(vertx, node, change);
        Waiting.on(proxy.server.listen(0, "127.0.0.1"));
        return proxy;
    }

    private void pass(HttpServerRequest request) {
        client.request(request.method(), node, "127.0.0.1", request.uri())
                .compose(passed -> {
                    passed.headers().setAll(request.headers());
                    change.accept(passed.headers());
                    return passed.send();
                })
                .compose(answer -> answer.body().compose(body -> {
                    request.response().setStatusCode(answer.statusCode());
                    answer.headers().forEach(header -> {
                        if (header.getKey().equalsIgnoreCase("Content-Type")) {
                            request.response().putHeader(header.getKey(), header.getValue());
                        }
                    });
                    return request.response().end(body);
                }))
                .onFailure(failed -> request.connection().close());
    }

    int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        Waiting.on(server.close());
        Waiting.on(client.close());
    }
}
