package dev.baton;

import dev.baton.cluster.ClusterSetup;
import dev.baton.config.BindFailure;
import dev.baton.config.Settings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As little of a node as can be launched: listens on both ports, and says when it does. */
public final class ListeningVerticle extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(ListeningVerticle.class);

    @Override
    public Future<?> start() {
        Settings settings = Settings.fromJson(config());
        Future<HttpServer> http =
                listen("http", settings.http().host(), settings.http().port());
        Future<HttpServer> management =
                listen("management", settings.management().host(), settings.managementPort());
        return Future.all(http, management).onSuccess(both -> {
            var hazelcast = ClusterSetup.hazelcast(vertx);
            System.out.println(
                    "baton ready node=" + hazelcast.getLocalEndpoint().getUuid() + " http="
                            + http.result().actualPort() + " management="
                            + management.result().actualPort() + " cluster="
                            + hazelcast.getCluster().getMembers().size());
        });
    }

    private Future<HttpServer> listen(String keys, String host, int port) {
        return vertx.createHttpServer()
                .requestHandler(request -> request.response()
                        .end(Integer.toString(ClusterSetup.hazelcast(vertx)
                                .getCluster()
                                .getMembers()
                                .size())))
                .listen(port, host)
                .recover(failure -> Future.failedFuture(BindFailure.of(failure, keys, host, port)));
    }

    @Override
    public Future<?> stop() {
        // Both still there, as the order of closing promises: a map is written, and the log still speaks.
        ClusterSetup.hazelcast(vertx).getMap("farewell").put("said", true);
        LOG.info("Farewell");
        // With this property it never ends, so that a test can see who else puts an end to it.
        return Boolean.getBoolean("baton.test.never-stops") ? Promise.promise().future() : Future.succeededFuture();
    }
}
