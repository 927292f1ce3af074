package dev.baton.web;

import dev.baton.config.Hosts;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.util.List;

/**
 * Answers requests that name a host which is not this node, before anything else looks at them: 421 for another name,
 * 400 for none or several. Stateless; any event loop.
 *
 * @param hosts the names that are answered
 * @param bound the host that the port is bound to, as set
 */
public record HostCheck(Hosts hosts, String bound) {

    private static final int BAD_REQUEST = 400;

    /** Misdirected Request, RFC 9110 section 15.5.20. */
    private static final int MISDIRECTED = 421;

    /** A name longer than this is cut in the answer; DNS has none. */
    private static final int SHOWN = 253;

    /** Answers the request and returns true, or returns false when it may go on. */
    public boolean refuses(HttpServerRequest request) {
        List<String> named = named(request);
        if (named.size() == 1) {
            return !hosts.answers(named.get(0), bound) && refuse(request, MISDIRECTED, misdirected(named.get(0)));
        }
        if (named.isEmpty() && request.version() == HttpVersion.HTTP_1_0) {
            return false; // health checks of balancers; every browser names a host
        }
        return refuse(request, BAD_REQUEST, "the request must have one Host header; it has " + named.size());
    }

    /** HTTP/2 has a pseudo-header in place of {@code Host}. */
    private static List<String> named(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        return request.version() == HttpVersion.HTTP_2 && authority != null
                ? List.of(authority.toString())
                : request.headers().getAll(HttpHeaders.HOST);
    }

    private static String misdirected(String host) {
        String line = host.replaceAll("\\p{Cntrl}", "?");
        return "this node does not answer to the name \"" + line.substring(0, Math.min(SHOWN, line.length()))
                + "\"; add it to http.hosts if it should";
    }

    private static boolean refuse(HttpServerRequest request, int status, String message) {
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CONNECTION, "close")
                .end(new JsonObject().put("error", message).encode())
                .onComplete(sent -> request.connection().close());
        return true;
    }
}
