package dev.baton.gateway;

import dev.baton.config.Origins;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Decides whether a request for a socket is let in. Pure, apart from reading the request. */
final class Gate {

    /** The one sub-protocol. */
    static final String PROTOCOL = "baton.v1";

    /**
     * Why not.
     *
     * @param status the HTTP status
     * @param message in words for whoever sent the request
     */
    record Refusal(int status, String message) {}

    private final Origins origins;

    Gate(Origins origins) {
        this.origins = origins;
    }

    /** Empty when the request may become a socket. */
    Optional<Refusal> refuse(HttpServerRequest request) {
        String upgrade = header(request, "Upgrade");
        if (!request.method().equals(HttpMethod.GET) || !upgrade.equalsIgnoreCase("websocket")) {
            return Optional.of(new Refusal(426, "this address speaks WebSocket: send an upgrade request"));
        }
        if (!header(request, "Sec-WebSocket-Version").equals("13")) {
            return Optional.of(new Refusal(426, "Sec-WebSocket-Version must be 13"));
        }
        List<String> offered = offered(request);
        if (!offered.isEmpty() && !offered.contains(PROTOCOL)) {
            return Optional.of(new Refusal(400, "of the sub-protocols only " + PROTOCOL + " is spoken here"));
        }
        String origin = header(request, "Origin");
        if (!origin.isEmpty() && !origins.allows(origin, header(request, "Host"))) {
            return Optional.of(new Refusal(403, "this Origin may not open a socket; see http.origins"));
        }
        return Optional.empty();
    }

    private static List<String> offered(HttpServerRequest request) {
        return request.headers().getAll("Sec-WebSocket-Protocol").stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::trim)
                .filter(protocol -> !protocol.isEmpty())
                .toList();
    }

    private static String header(HttpServerRequest request, String name) {
        String value = request.getHeader(name);
        return value == null ? "" : value;
    }
}
