package dev.baton.gateway;

import io.vertx.core.http.HttpServerRequest;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a request for a socket that is refused: an answer in words and the end of the connection, a count by
 * its cause, and a line in the log, of each cause at most one in ten seconds: whoever set a proxy up wrongly finds it
 * there, and nobody can fill the log. Confined to its loop.
 */
final class Refusals {

    /** Why a socket was refused, as the metric has it. */
    enum Cause {
        /** A page of another origin. */
        ORIGIN("origin"),
        /** A name that is not the node's. */
        HOST("host"),
        /** No WebSocket, or another version of it. */
        VERSION("version"),
        /** No handshake by RFC 6455. */
        HANDSHAKE("handshake"),
        /** Only other sub-protocols. */
        PROTOCOL("protocol"),
        /** The node has as many sockets as it may. */
        FULL("full"),
        /** The client's address has as many sockets as it may. */
        ADDRESS("address"),
        /** The node is cut off from the others. */
        CUT_OFF("cut-off");

        private final String word;

        Cause(String word) {
            this.word = word;
        }

        /** The value of the metric's label. */
        String word() {
            return word;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    /** Between two lines of one cause, in milliseconds. */
    static final long QUIET = 10_000;

    private final GatewayMeters meters;
    private final Map<Cause, Silence> silences = new EnumMap<>(Cause.class);

    /** When the next line may be written, and how many were not since the last. */
    private record Silence(long until, long unsaid) {}

    /** Counts there. */
    Refusals(GatewayMeters meters) {
        this.meters = meters;
    }

    /** Answers the request, and ends its connection. */
    void refuse(HttpServerRequest request, Gate.Refusal refusal, String from) {
        noted(refusal.cause(), refusal.message(), from, Loop.now());
        if (refusal.status() == Gate.UPGRADE_REQUIRED) {
            request.response().putHeader("Upgrade", "websocket").putHeader("Sec-WebSocket-Version", "13");
        }
        request.response()
                .setStatusCode(refusal.status())
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .putHeader("Connection", "close")
                .end(refusal.message() + "\n")
                .onComplete(sent -> request.connection().close());
    }

    /** The request was refused, and answered, for that cause. */
    void noted(Cause cause, String message, String from, long now) {
        meters.refused(cause);
        Silence silence = silences.getOrDefault(cause, new Silence(now, 0));
        if (now < silence.until()) {
            silences.put(cause, new Silence(silence.until(), silence.unsaid() + 1));
            return;
        }
        silences.put(cause, new Silence(now + QUIET, 0));
        if (silence.unsaid() > 0) {
            LOG.warn("a socket was refused to {}: {} ({} more since the last line)", from, message, silence.unsaid());
        } else {
            LOG.warn("a socket was refused to {}: {}", from, message);
        }
    }
}
