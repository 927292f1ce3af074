package dev.baton.gateway;

import dev.baton.config.Origins;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decides whether a request for a socket is let in. Pure, apart from reading the request. */
final class Gate {

    /** The one sub-protocol. */
    static final String PROTOCOL = "baton.v1";

    /** The status of an answer to what is no WebSocket. */
    static final int UPGRADE_REQUIRED = 426;

    private static final Pattern ABSOLUTE = Pattern.compile("https?://([^/?#]*)", Pattern.CASE_INSENSITIVE);
    private static final int KEY_BYTES = 16;
    private static final int KEY_TEXT = 24;

    /** No name of a host is longer. */
    private static final int SHOWN = 253;

    /**
     * Why not.
     *
     * @param status the HTTP status
     * @param cause for the metric
     * @param message in words for whoever sent the request
     */
    record Refusal(int status, Refusals.Cause cause, String message) {}

    private final Origins origins;

    Gate(Origins origins) {
        this.origins = origins;
    }

    /** Empty when the request may become a socket; 426 when it is no handshake, and nothing else forbids it. */
    Optional<Refusal> refuse(HttpServerRequest request) {
        String upgrade = header(request, "Upgrade");
        if (!request.method().equals(HttpMethod.GET) || !upgrade.equalsIgnoreCase("websocket")) {
            // A page whose handshake was refused cannot read why, and asks by a request that it can read the answer to.
            return foreign(request)
                    .or(() -> Optional.of(new Refusal(
                            UPGRADE_REQUIRED,
                            Refusals.Cause.VERSION,
                            "this address speaks WebSocket: send an upgrade request")));
        }
        if (!header(request, "Sec-WebSocket-Version").equals("13")) {
            return Optional.of(
                    new Refusal(UPGRADE_REQUIRED, Refusals.Cause.VERSION, "Sec-WebSocket-Version must be 13"));
        }
        Optional<String> fault = fault(request);
        if (fault.isPresent()) {
            return fault.map(words -> new Refusal(400, Refusals.Cause.HANDSHAKE, words));
        }
        List<String> offered = offered(request);
        if (!offered.isEmpty() && !offered.contains(PROTOCOL)) {
            return Optional.of(new Refusal(
                    400, Refusals.Cause.PROTOCOL, "of the sub-protocols only " + PROTOCOL + " is spoken here"));
        }
        return foreign(request);
    }

    private Optional<Refusal> foreign(HttpServerRequest request) {
        String origin = header(request, "Origin");
        String host = header(request, "Host");
        return origin.isEmpty() || origins.allows(origin, host)
                ? Optional.empty()
                : Optional.of(new Refusal(403, Refusals.Cause.ORIGIN, foreign(origin, host)));
    }

    /** What is no handshake by RFC 6455, section 4.2.1, though it may look like one. */
    private static Optional<String> fault(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_1_1) {
            return Optional.of("a socket is opened by HTTP/1.1");
        }
        if (!header(request, "Connection").toLowerCase(Locale.ROOT).contains("upgrade")) {
            return Optional.of("the Connection header must hold Upgrade; a proxy has to pass it on");
        }
        String host = header(request, "Host"); // there is one: see HostCheck
        Optional<String> absolute = authority(request.uri());
        if (absolute.isPresent() && !absolute.get().equalsIgnoreCase(host)) {
            return Optional.of("the request is for " + shown(absolute.get()) + ", its Host header says " + shown(host));
        }
        int origins = request.headers().getAll("Origin").size();
        if (origins > 1) {
            return Optional.of("the request must have one Origin header at most; it has " + origins);
        }
        List<String> keys = request.headers().getAll("Sec-WebSocket-Key");
        return keys.size() == 1 && isKey(keys.get(0))
                ? Optional.empty()
                : Optional.of("the request must have one Sec-WebSocket-Key header, 16 bytes in base64");
    }

    /** Of an address in absolute form. */
    private static Optional<String> authority(String uri) {
        Matcher absolute = ABSOLUTE.matcher(uri);
        return absolute.lookingAt() ? Optional.of(absolute.group(1)) : Optional.empty();
    }

    private static boolean isKey(String key) {
        try {
            return key.length() == KEY_TEXT && Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException noBase64) {
            return false;
        }
    }

    /** Shows both values, so that an operator sees which of them a proxy has changed. */
    private String foreign(String origin, String host) {
        return "Origin " + shown(origin) + " may not open a socket here: "
                + (origins.same()
                        ? "it is not the address that was asked for, Host " + shown(host)
                                + ", as a proxy in between may have changed it; pass Host on, or add the origin to http.origins"
                        : "it is not in http.origins");
    }

    private static String shown(String value) {
        String line = value.replaceAll("\\p{Cntrl}", "?");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
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
