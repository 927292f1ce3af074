package dev.baton.gateway;

import dev.baton.auth.Tokens;
import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Lease;
import dev.baton.config.BindFailure;
import dev.baton.config.Settings;
import dev.baton.heartbeat.HeartbeatWheel;
import dev.baton.log.DocumentLog;
import dev.baton.protocol.CloseCode;
import dev.baton.room.Rooms;
import dev.baton.session.Sessions;
import dev.baton.web.Failures;
import dev.baton.web.HostCheck;
import dev.baton.web.PageFiles;
import dev.baton.web.Reads;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes sockets on one event loop, pings each of them from one periodic timer, and serves the page. Deploy one instance
 * an event loop, all with the same port.
 */
public final class ServerVerticle extends VerticleBase {

    /** How many instances a node has: one for each event loop of Vert.x. */
    public static final int LOOPS = VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE;

    /** The path of the socket. */
    public static final String PATH = "/socket";

    /** Below this lies the client for browsers. */
    private static final String CLIENT = "/client/";

    /** How long a client has to answer a close before the connection is cut, in seconds. */
    private static final int CLOSING = 2;

    /** How often late connections are looked for, in milliseconds. */
    private static final long DOORSTEP = 500;

    /** How often the certificate's files are looked at, in milliseconds. */
    private static final long CERTIFICATE = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(ServerVerticle.class);

    private final Settings settings;
    private final int sockets;
    private final Lease lease;
    private final Gate gate;
    private final HostCheck hosts;
    private final Refusals refusals;
    private final GatewayServices services;
    private final Set<Connection> open = new HashSet<>();
    private Optional<Loop> loop = Optional.empty();
    private Optional<HttpServer> server = Optional.empty();
    private Optional<Future<Void>> going = Optional.empty();

    /**
     * An instance that listens where the settings say; all instances of a node share the port, also a random one.
     *
     * @param tokens checks what clients show; empty on a node that believes whoever comes
     */
    public ServerVerticle(
            Settings settings,
            ClusterNode node,
            Lease lease,
            Optional<Tokens> tokens,
            Sessions sessions,
            DocumentLog log,
            Rooms rooms,
            Connections connections) {
        this.settings = settings;
        this.sockets = settings.limits().socketsWithin(Runtime.getRuntime().maxMemory());
        this.lease = lease;
        this.gate = new Gate(settings.http().origins());
        this.refusals = new Refusals(connections.meters());
        this.hosts = new HostCheck(settings.http().hosts(), settings.http().host());
        Welcoming welcoming = new Welcoming(sessions, log, sessions.takeovers()::begin);
        Greeter greeter = new Greeter(settings, tokens.map(this::check), welcoming, sessions, connections);
        this.services = new GatewayServices(node.id(), settings, sessions, greeter, rooms, connections);
    }

    /** Signatures take their time, and keys come from files: not on the event loop. */
    private Greeter.TokenCheck check(Tokens tokens) {
        return token -> vertx.executeBlocking(() -> tokens.verify(token, System.currentTimeMillis()), false);
    }

    @Override
    public Future<?> start() {
        Settings.Limits limits = settings.limits();
        int strangers = (limits.strangers() + LOOPS - 1) / LOOPS;
        Loop own = new Loop(
                context,
                HeartbeatWheel.TICK,
                strangers,
                services.connections().debts(),
                services.connections().meters());
        loop = Optional.of(own);
        Doorstep doorstep = new Doorstep(
                limits.handshakeTime(),
                sockets,
                own.strangers(),
                services.connections().limits());
        services.connections().add(own);
        vertx.setPeriodic(HeartbeatWheel.TICK.toMillis(), id -> {
            own.tick();
            doorstep.open(Loop.now());
            own.waiting(doorstep.waiting());
        });
        vertx.setPeriodic(DOORSTEP, id -> doorstep.tick(Loop.now()));
        lease.onGivenUp(context, this::sendAway);
        return settings.http()
                .tls()
                .map(files -> secured(new Certificate(files), doorstep))
                .orElseGet(() -> listen(options(), doorstep));
    }

    private Future<HttpServer> secured(Certificate certificate, Doorstep doorstep) {
        return vertx.executeBlocking(certificate::load, false)
                .compose(pem -> listen(options().setSsl(true).setKeyCertOptions(pem), doorstep))
                .onSuccess(http -> vertx.setPeriodic(CERTIFICATE, id -> renew(http, certificate)));
    }

    /** What cannot be read, or is no certificate, leaves the one before in force. */
    private void renew(HttpServer http, Certificate certificate) {
        vertx.executeBlocking(certificate::reload, false)
                .compose(changed -> changed.isEmpty()
                        ? Future.succeededFuture(false)
                        : http.updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(changed.get())))
                .onSuccess(renewed -> {
                    if (renewed) {
                        LOG.info("a new certificate is in force");
                    }
                })
                .onFailure(failure -> LOG.warn("the certificate stays as it was: {}", failure.getMessage()));
    }

    private Future<HttpServer> listen(HttpServerOptions options, Doorstep doorstep) {
        HttpServer http = vertx.createHttpServer(options);
        server = Optional.of(http);
        Router pages = pages(doorstep);
        // The router wraps what it hands on, which would cost every socket a layer.
        return http.connectionHandler(connection -> doorstep.came(caller(connection), Loop.now()))
                .invalidRequestHandler(this::invalid)
                .requestHandler(request -> {
                    doorstep.asked(caller(request.connection()), Loop.now());
                    if (hosts.refuses(request)) {
                        refusals.noted(
                                Refusals.Cause.HOST,
                                "Host " + request.getHeader("Host") + " is not among http.hosts",
                                caller(request),
                                Loop.now());
                        return;
                    }
                    if (request.path().equals(PATH)) {
                        upgrade(request, doorstep);
                    } else {
                        pages.handle(request);
                    }
                })
                .listen(wanted(), settings.http().host())
                .recover(failure -> Future.failedFuture(BindFailure.of(
                        failure, "http", settings.http().host(), settings.http().port())));
    }

    /**
     * Takes no more connections, and closes the sockets there are with 1001, spread evenly over a time. Completes when
     * the last of them has gone, its session reported offline; a client that does not answer the close is waited for
     * two seconds more. Any thread; only the first call counts.
     */
    public Future<Void> drain(Duration over) {
        Promise<Void> gone = Promise.promise();
        context.runOnContext(v -> goAway(over).onComplete(gone));
        return gone.future();
    }

    @Override
    public Future<?> stop() {
        Future<Void> gone = goAway(Duration.ZERO);
        List.copyOf(open).forEach(connection -> connection.leave(CloseCode.GOING_AWAY));
        return gone;
    }

    private Future<Void> goAway(Duration over) {
        if (going.isEmpty()) {
            // Closes the port now, and cuts off what is left of the connections when that time is over.
            Future<Void> closed = server.map(
                            http -> http.shutdown(over.plusSeconds(CLOSING).toMillis(), TimeUnit.MILLISECONDS))
                    .orElse(Future.succeededFuture());
            going = Optional.of(Drain.begin(vertx, List.copyOf(open), over).compose(left -> closed));
        }
        return going.get();
    }

    /** The other nodes act for these sessions, or can where this one cannot: their clients are to go there. */
    private void sendAway() {
        List.copyOf(open).forEach(connection -> connection.leave(CloseCode.GOING_AWAY));
    }

    /** The port it listens on; call it when started. */
    public int port() {
        return server.map(HttpServer::actualPort).orElse(settings.http().port());
    }

    /** To Vert.x 0 is a random port for this instance alone, and a negative one a random port for all that name it. */
    private int wanted() {
        return settings.http().port() == 0 ? -1 : settings.http().port();
    }

    private HttpServerOptions options() {
        Settings.Limits limits = settings.limits();
        // Compression would cost a deflater of some 200 KB a socket, and opens what CVE-2026-100658 needs. That all is
        // written on the loop spares each socket a queue of 4.6 KB for what other threads might write.
        return new HttpServerOptions()
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setCompressionSupported(false)
                .setMaxWebSocketFrameSize(limits.message())
                .setMaxWebSocketMessageSize(limits.message())
                .setWebSocketClosingTimeout(CLOSING)
                .setMaxHeaderSize(limits.handshake())
                .setMaxInitialLineLength(4096)
                .setWebSocketSubProtocols(List.of(Gate.PROTOCOL))
                .setHttp2ClearTextEnabled(false)
                .setIdleTimeout(0)
                .setTcpNoDelay(true)
                .setStrictThreadMode(true)
                .setAcceptBacklog(4096);
    }

    private Router pages(Doorstep doorstep) {
        Router router = Failures.answered(Router.router(vertx));
        Reads.all(router)
                .handler(routed -> {
                    HttpCaller caller = caller(routed.request().connection());
                    routed.addEndHandler(done -> {
                        if (routed.response().getStatusCode() < 400) {
                            doorstep.served(caller, Loop.now());
                        }
                    });
                    routed.response()
                            .putHeader("X-Content-Type-Options", "nosniff")
                            .putHeader("Referrer-Policy", "no-referrer")
                            .putHeader(
                                    "Content-Security-Policy",
                                    "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'");
                    routed.next();
                })
                .handler(routed -> {
                    if (routed.normalizedPath().startsWith(CLIENT)) {
                        // A module is loaded by pages of other origins too; which of them may open a socket is another
                        // matter.
                        routed.response().putHeader("Access-Control-Allow-Origin", "*");
                    }
                    routed.next();
                })
                .handler(new PageFiles("/", "web"));
        return router;
    }

    private void upgrade(HttpServerRequest request, Doorstep doorstep) {
        Optional<Gate.Refusal> refusal = gate.refuse(request);
        boolean question = refusal.isPresent() && refusal.get().status() == Gate.UPGRADE_REQUIRED;
        if (refusal.isPresent() && !question) {
            refuse(request, refusal.get());
            return;
        }
        if (lease.givenUp()) {
            request.response().putHeader("Retry-After", "1");
            refuse(
                    request,
                    new Gate.Refusal(
                            503, Refusals.Cause.CUT_OFF, "this node is cut off from the others; try another one"));
            return;
        }
        String address = caller(request);
        if (!proxied(request, address, doorstep) || !counted(request, address)) {
            return;
        }
        if (question) {
            services.connections().closed();
            services.connections().addresses().closed(address);
            refuse(request, refusal.get());
            return;
        }
        FirstFrames first = FirstFrames.of(request.connection());
        request.toWebSocket()
                .onSuccess(socket -> {
                    doorstep.left(caller(request.connection()));
                    accept(socket, address);
                    first.handOn();
                })
                .onFailure(failure -> {
                    first.drop();
                    services.connections().closed();
                    services.connections().addresses().closed(address);
                });
    }

    /**
     * Whether a client that a trusted proxy speaks for is not of an address with too many connections that came to
     * nothing; otherwise it is answered, and no one else waits for that. Others were counted when they connected.
     */
    private boolean proxied(HttpServerRequest request, String address, Doorstep doorstep) {
        HttpCaller caller = caller(request.connection());
        int most = Strangers.BURST * settings.limits().strangers();
        if (!caller.address().equals(Debts.UNKNOWN)
                || loop.orElseThrow().strangers().identified(address, most, Loop.now())) {
            return true;
        }
        doorstep.served(caller, Loop.now());
        services.connections().limits().reached(Limit.STRANGERS);
        request.response().putHeader("Retry-After", "1");
        refuse(
                request,
                new Gate.Refusal(
                        429,
                        Refusals.Cause.ADDRESS,
                        "too many connections of this address have come to nothing; try again in a second"));
        return false;
    }

    /** Whether there is room for one more socket, which then counts; otherwise the request is answered. */
    private boolean counted(HttpServerRequest request, String address) {
        Connections connections = services.connections();
        if (!connections.addresses().tryOpen(address, settings.limits().addressSockets())) {
            connections.limits().reached(Limit.ADDRESS_SOCKETS);
            request.response().putHeader("Retry-After", "5");
            refuse(
                    request,
                    new Gate.Refusal(429, Refusals.Cause.ADDRESS, "this address has as many sockets as it may"));
            return false;
        }
        if (!connections.tryOpen(sockets)) {
            connections.addresses().closed(address);
            connections.limits().reached(Limit.SOCKETS);
            request.response().putHeader("Retry-After", "5");
            refuse(request, new Gate.Refusal(503, Refusals.Cause.FULL, "this node has as many sockets as it may"));
            return false;
        }
        return true;
    }

    /** Answered as Vert.x does it, which closes the connection too. */
    private void invalid(HttpServerRequest request) {
        if (request.decoderResult().cause() instanceof TooLongHttpHeaderException) {
            services.connections().limits().reached(Limit.HANDSHAKE);
        }
        HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
    }

    private void refuse(HttpServerRequest request, Gate.Refusal refusal) {
        refusals.refuse(request, refusal, caller(request));
    }

    private HttpCaller caller(HttpConnection connection) {
        return new HttpCaller(connection, settings.http().proxies());
    }

    /** The address of whoever asks, behind trusted proxies too. */
    private String caller(HttpServerRequest request) {
        return settings.http()
                .proxies()
                .client(
                        request.remoteAddress().hostAddress(),
                        request.headers().getAll("X-Forwarded-For"),
                        request.headers().getAll("Forwarded"));
    }

    private void accept(ServerWebSocket socket, String address) {
        Connection connection = new Connection(socket, address, loop.orElseThrow(), services);
        open.add(connection);
        if (going.isPresent()) {
            connection.leave(CloseCode.GOING_AWAY); // it came in while the port was being closed
        }
        connection.ended().onComplete(v -> {
            open.remove(connection);
            services.connections().addresses().closed(address);
        });
    }
}
