package dev.baton.ops;

import dev.baton.config.BindFailure;
import dev.baton.config.Hosts;
import dev.baton.web.Failures;
import dev.baton.web.HostCheck;
import dev.baton.web.Reads;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management port: {@code /health/live} and {@code /health/ready} for everybody, {@code /metrics} and the rest for
 * those who show the token, where one is set. Says in the log when the node ceases to
 * be ready, and when it is again. One instance a node.
 */
public final class ManagementVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementVerticle.class);

    private static final int UNAUTHORIZED = 401;

    /** How often readiness is looked at for the log, in milliseconds. */
    private static final long LOOK = 1_000;

    private final String host;
    private final int wanted;
    private final HostCheck hosts;
    private final Readiness readiness;
    private final Gauges gauges;
    private final Consumer<Router> more;
    private final Optional<ManagementToken> token;
    private Optional<HttpServer> server = Optional.empty();
    private Map<String, String> said = Map.of();

    /**
     * Listens on {@code port}, or on any free one when that is 0.
     *
     * @param token what is asked for, but for health; empty for nothing
     * @param hosts the names that are answered besides loopback names and {@code host}
     * @param more adds what else is served there
     */
    public ManagementVerticle(
            String host,
            int port,
            Optional<String> token,
            Hosts hosts,
            Readiness readiness,
            Gauges gauges,
            Consumer<Router> more) {
        this.host = host;
        this.wanted = port;
        this.token = token.map(ManagementToken::new);
        this.hosts = new HostCheck(hosts, host);
        this.readiness = readiness;
        this.gauges = gauges;
        this.more = more;
    }

    @Override
    public Future<?> start() {
        Router router = Failures.answered(Router.router(vertx));
        Reads.at(router, "/health/live").handler(routed -> answer(routed.response(), Map.of()));
        Reads.at(router, "/health/ready").handler(routed -> answer(routed.response(), readiness.obstacles()));
        // Not a route of every path: the health pages would no longer say which methods they have.
        router.routeWithRegex("/(?!health/).*").handler(this::admit);
        Reads.at(router, "/metrics").handler(routed -> vertx.executeBlocking(gauges::scrape, false)
                .onSuccess(text -> routed.response()
                        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(text))
                .onFailure(routed::fail));
        more.accept(router);
        vertx.setPeriodic(LOOK, id -> look());
        HttpServer http = vertx.createHttpServer();
        server = Optional.of(http);
        return http.requestHandler(request -> {
                    if (!hosts.refuses(request)) {
                        router.handle(request);
                    }
                })
                .listen(wanted, host)
                .recover(failure -> Future.failedFuture(BindFailure.of(failure, "management", host, wanted)));
    }

    /** Everything but health, which orchestrators ask for. */
    private void admit(RoutingContext routed) {
        Optional<String> shown = Optional.ofNullable(routed.request().getHeader(HttpHeaders.AUTHORIZATION));
        if (token.isEmpty() || token.get().admits(shown)) {
            routed.next();
            return;
        }
        routed.response()
                .setStatusCode(UNAUTHORIZED)
                .putHeader("WWW-Authenticate", ManagementToken.CHALLENGE)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(new JsonObject()
                        .put("error", shown.isEmpty() ? "the management token is missing" : "not the management token")
                        .encode());
    }

    private void look() {
        Map<String, String> obstacles = readiness.obstacles();
        if (!obstacles.equals(said)) {
            said = obstacles;
            LOG.info(obstacles.isEmpty() ? "ready again" : "not ready: {}", obstacles);
        }
    }

    /** The port it listens on; call it when started. */
    public int port() {
        return server.map(HttpServer::actualPort).orElse(wanted);
    }

    private static void answer(HttpServerResponse response, Map<String, String> obstacles) {
        JsonObject causes = new JsonObject();
        obstacles.forEach(causes::put);
        response.setStatusCode(obstacles.isEmpty() ? 200 : 503)
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject()
                        .put("status", obstacles.isEmpty() ? "up" : "down")
                        .put("causes", causes)
                        .encode());
    }
}
