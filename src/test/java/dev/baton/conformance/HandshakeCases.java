package dev.baton.conformance;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Stream;

/** Requests for a socket, good and bad. */
final class HandshakeCases {
    private HandshakeCases() {}

    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    /**
     * A request and its answer.
     *
     * @param line the request line
     * @param headers without the last empty line, {@code |} between them; {@code {port}} is the node's
     * @param words of the answer's body, unless that is a socket
     */
    record Handshake(String name, String line, String headers, int status, String words) {

        byte[] request(int port) {
            return (line + "\r\n" + headers.replace("|", "\r\n") + "\r\nConnection: close\r\n\r\n")
                    .replace("{port}", Integer.toString(port))
                    // A socket's request has Upgrade in its own Connection header; any other ends with the answer.
                    .getBytes(StandardCharsets.ISO_8859_1);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final String GET = "GET /socket HTTP/1.1";
    private static final String HOST = "Host: 127.0.0.1:{port}";
    private static final String UPGRADE = "Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Version: 13";
    private static final String GOOD = HOST + "|" + UPGRADE + "|" + KEY;

    private static Handshake taken(String name, String line, String headers) {
        return new Handshake(name, line, headers, 101, "");
    }

    private static Handshake refused(String name, String line, String headers, String words) {
        return new Handshake(name, line, headers, 400, words);
    }

    private static Handshake keyed(String name, String keys) {
        return refused(name, GET, HOST + "|" + UPGRADE + keys, "Sec-WebSocket-Key");
    }

    static Stream<Handshake> handshakes() {
        String sameOrigin = "Origin: http://127.0.0.1:{port}";
        return Stream.of(
                taken("as it should be", GET, GOOD),
                taken("with its own origin", GET, GOOD + "|" + sameOrigin),
                taken(
                        "with several words in Connection",
                        GET,
                        GOOD.replace("Connection: Upgrade", "Connection: keep-alive, upgrade")),
                taken("with any case", GET, GOOD.toLowerCase(Locale.ROOT).replace(KEY.toLowerCase(Locale.ROOT), KEY)),
                taken("in absolute form of the host", "GET http://127.0.0.1:{port}/socket HTTP/1.1", GOOD),
                taken(
                        "with an extension that is not spoken",
                        GET,
                        GOOD + "|Sec-WebSocket-Extensions: permessage-deflate"),
                taken("with a query", "GET /socket?a=b HTTP/1.1", GOOD),
                refused("without Host", GET, UPGRADE + "|" + KEY, "Host"),
                refused("with two Hosts", GET, GOOD + "|Host: evil.example", "Host"),
                refused("with the same Host twice", GET, GOOD + "|" + HOST, "Host"),
                refused("with two Origins", GET, GOOD + "|" + sameOrigin + "|Origin: http://evil.example", "Origin"),
                refused("with the same Origin twice", GET, GOOD + "|" + sameOrigin + "|" + sameOrigin, "Origin"),
                keyed("without a key", ""),
                keyed("with two keys", "|" + KEY + "|" + KEY),
                keyed("with an empty key", "|Sec-WebSocket-Key: "),
                keyed("with a key of 15 bytes", "|Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2Rl"),
                keyed("with a key of 17 bytes", "|Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZmc="),
                keyed("with a key that is no base64", "|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j?Q=="),
                keyed("with a key in words", "|Sec-WebSocket-Key: any"),
                keyed("with a key of base64 for addresses", "|Sec-WebSocket-Key: ____IHNhbXBsZSBub25jZQ=="),
                keyed("with a key without its padding", "|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ"),
                keyed("with a key of two values", "|" + KEY + ", dGhlIHNhbXBsZSBub25jZQ=="),
                refused("of HTTP/1.0", "GET /socket HTTP/1.0", GOOD, "HTTP/1.1"),
                refused("of HTTP/1.0 without Host", "GET /socket HTTP/1.0", UPGRADE + "|" + KEY, "HTTP/1.1"),
                refused(
                        "in absolute form of another host",
                        "GET http://evil.example/socket HTTP/1.1",
                        GOOD,
                        "evil.example"),
                refused(
                        "in absolute form of another port",
                        "GET http://127.0.0.1:1/socket HTTP/1.1",
                        GOOD,
                        "127.0.0.1:1"),
                refused("without Connection", GET, GOOD.replace("Connection: Upgrade", "X-Filler: 1"), "Connection"),
                refused("of another sub-protocol", GET, GOOD + "|Sec-WebSocket-Protocol: chat", "baton.v1"),
                new Handshake("by POST", "POST /socket HTTP/1.1", GOOD + "|Content-Length: 0", 426, "WebSocket"),
                new Handshake("without upgrade", "GET /socket HTTP/1.1", HOST, 426, "WebSocket"),
                new Handshake("of version 8", GET, GOOD.replace("13", "8"), 426, "13"),
                new Handshake("of a foreign origin", GET, GOOD + "|Origin: http://evil.example", 403, "evil.example"));
    }
}
