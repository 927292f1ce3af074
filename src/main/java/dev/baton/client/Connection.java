package dev.baton.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The socket below a client: text in, text out, one end. Gives a silent node up. Confined to the client's context,
 * but for {@link #protocol()}.
 */
final class Connection {

    /** Told once that the connection is over. */
    @FunctionalInterface
    interface End {
        void ended(int code, String reason);
    }

    /** The close code that stands for the lack of one (RFC 6455, 7.1.5). */
    static final int ABNORMAL = 1006;

    private static final int TOO_LARGE = 1009;

    private final Vertx vertx;
    private final Context context;
    private final ClientOptions options;
    private final Consumer<String> received;
    private final End end;
    private Optional<WebSocketClient> client = Optional.empty();
    private Optional<WebSocket> socket = Optional.empty();
    private volatile String protocol = "";
    private String givenUp = "";
    private volatile long lastHeard;
    private long allowed = Long.MAX_VALUE;
    private long timer = -1;
    private boolean over;

    Connection(Vertx vertx, Context context, ClientOptions options, Consumer<String> received, End end) {
        this.vertx = vertx;
        this.context = context;
        this.options = options;
        this.received = received;
        this.end = end;
    }

    /**
     * The caller's context, or a new one. {@code getOrCreateContext} would give all callers on one thread the same
     * event loop, and a thousand clients of a test or a bench one core.
     */
    static Context contextOf(Vertx vertx) {
        return Vertx.currentContext() != null
                ? vertx.getOrCreateContext()
                : ((VertxInternal) vertx).createEventLoopContext();
    }

    /** Opens the socket. To be called once, on the context. */
    Future<Void> open() {
        WebSocketClient opener = vertx.createWebSocketClient(new WebSocketClientOptions()
                // One pool for all clients of a Vertx: each would bring its own connector else.
                .setShared(true)
                .setName("baton-client-" + options.largestMessage() + "-" + options.connectTimeout())
                .setConnectTimeout((int) options.connectTimeout().toMillis())
                .setMaxConnections(Integer.MAX_VALUE)
                .setMaxFrameSize(options.largestMessage())
                .setMaxMessageSize(options.largestMessage())
                .setClosingTimeout(2));
        client = Optional.of(opener);
        ClientWebSocket opening = opener.webSocket();
        opening.frameHandler(frame -> lastHeard = System.nanoTime());
        opening.textMessageHandler(received::accept);
        opening.exceptionHandler(this::failed);
        opening.closeHandler(gone -> closed());
        lastHeard = System.nanoTime();
        return opening.connect(address())
                .map(opened -> {
                    socket = Optional.of(opened);
                    protocol = Optional.ofNullable(opened.subProtocol()).orElse("");
                    return (Void) null;
                })
                .recover(cause -> {
                    finish(ABNORMAL, "no connection");
                    return Future.failedFuture(rejected(cause));
                });
    }

    String protocol() {
        return protocol;
    }

    /** From now on the node is given up after this long a silence plus the slack. */
    void expectWithin(Duration silence) {
        allowed = silence.plus(options.slack()).toNanos();
        vertx.cancelTimer(timer);
        watch();
    }

    /** For how many nanoseconds nothing has been heard of the node, its pings included. Any thread. */
    long silence() {
        return System.nanoTime() - lastHeard;
    }

    Future<Void> write(String text) {
        if (over || socket.isEmpty()) {
            return Future.failedFuture(new ConnectionClosed(ABNORMAL, "no connection"));
        }
        return socket.get().writeTextMessage(text);
    }

    void close(int code, String reason) {
        socket.ifPresent(open -> open.close((short) code, reason.isEmpty() ? null : reason));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the end is told by the close handler
    void abort() {
        // No public method drops a connection without a close frame; nor does closing the channel, as Vert.x steps in.
        socket.ifPresent(
                open -> ((WebSocketInternal) open).channelHandlerContext().close());
    }

    void freeze() {
        socket.ifPresent(open -> ((WebSocketInternal) open)
                .channelHandlerContext()
                .channel()
                .config()
                .setAutoRead(false));
        vertx.cancelTimer(timer);
        allowed = Long.MAX_VALUE;
    }

    private WebSocketConnectOptions address() {
        URI uri = options.uri();
        boolean secure = "wss".equals(uri.getScheme());
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        WebSocketConnectOptions address = new WebSocketConnectOptions()
                .setHost(uri.getHost())
                .setPort(uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80)
                .setSsl(secure)
                .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
                // Set, it lets an Origin through and makes one up where none is given.
                .setAllowOriginHeader(options.headers().keySet().stream().anyMatch("Origin"::equalsIgnoreCase));
        address.setTimeout(options.connectTimeout().toMillis());
        if (!options.protocols().isEmpty()) {
            address.setSubProtocols(options.protocols());
        }
        options.headers().forEach(address::putHeader);
        return address;
    }

    private static Throwable rejected(Throwable cause) {
        if (cause instanceof UpgradeRejectedException refused) {
            String body = refused.getBody() == null ? "" : refused.getBody().toString();
            return new HandshakeRejected(refused.getStatus(), body, retryAfter(refused));
        }
        return cause;
    }

    private static OptionalLong retryAfter(UpgradeRejectedException refused) {
        String seconds =
                refused.getHeaders() == null ? null : refused.getHeaders().get("Retry-After");
        return seconds == null || !seconds.matches("[0-9]{1,6}")
                ? OptionalLong.empty()
                : OptionalLong.of(TimeUnit.SECONDS.toMillis(Long.parseLong(seconds)));
    }

    private void watch() {
        long left = allowed - (System.nanoTime() - lastHeard);
        if (left <= 0) {
            givenUp = "nothing heard from the node for " + TimeUnit.NANOSECONDS.toMillis(allowed) + " ms";
            abort();
            return;
        }
        timer = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(left) + 1, fired -> watch());
    }

    private void failed(Throwable cause) {
        // Vert.x drops a message that is too large and keeps the socket open; a gap is worse than an end.
        if (cause instanceof IllegalStateException) {
            close(TOO_LARGE, "message too large");
        }
    }

    private void closed() {
        int code = socket.map(WebSocket::closeStatusCode).map(Short::intValue).orElse(ABNORMAL);
        String reason = socket.map(WebSocket::closeReason).orElse("");
        if (givenUp.isEmpty()) {
            finish(code, reason);
        } else {
            finish(ABNORMAL, givenUp);
        }
    }

    private void finish(int code, String reason) {
        if (over) {
            return;
        }
        over = true;
        vertx.cancelTimer(timer);
        client.ifPresent(WebSocketClient::close);
        context.runOnContext(go -> end.ended(code, reason));
    }
}
