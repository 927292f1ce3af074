package dev.baton.it;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** What a connection does that means harm: what it sends first, once it is a socket, and again and again. */
enum Misdeed {
    SILENCE,
    GARBAGE,
    REQUEST_BYTE_BY_BYTE,
    FOREIGN_ORIGIN,
    UPGRADES_IN_A_ROW,
    NO_HELLO,
    BAD_TOKEN,
    STOLEN_SECRET,
    NONSENSE,
    PINGS,
    MESSAGES,
    FRAGMENTS_OF_A_BYTE,
    ENDLESS_MESSAGE,
    NOT_UTF8,
    UNMASKED,
    ENDLESS_FRAME,
    OVERSIZE,
    READS_NOTHING;

    private static final int FLOOD = 1_000;
    private static final Buffer NOTHING = Buffer.buffer();

    /**
     * What those who do it know.
     *
     * @param port of the node
     * @param token a good one, of nobody who may write
     * @param secret of somebody else's session
     * @param document that somebody else is in
     */
    record Knowledge(int port, String token, String secret, String document) {}

    /** Whether it begins as a socket does. */
    boolean asksForSocket() {
        return this != SILENCE && this != GARBAGE && this != REQUEST_BYTE_BY_BYTE && this != UPGRADES_IN_A_ROW;
    }

    /** What is sent when the connection is there. */
    Buffer first(Knowledge known) {
        return switch (this) {
            case SILENCE, REQUEST_BYTE_BY_BYTE -> NOTHING;
            case GARBAGE -> Buffer.buffer(garbage());
            case UPGRADES_IN_A_ROW -> Buffer.buffer(request(known, "").repeat(50));
            case FOREIGN_ORIGIN -> Buffer.buffer(request(known, "Origin: http://evil.example\r\n"));
            default -> Buffer.buffer(request(known, ""));
        };
    }

    /** What is sent when it is a socket. */
    Buffer then(Knowledge known) {
        return switch (this) {
            case BAD_TOKEN -> text(hello(known).put("token", known.token() + "x"));
            case STOLEN_SECRET -> text(hello(known).put("resume", known.secret()));
            case NONSENSE -> text(hello(known)).appendBuffer(times(50, frame(RawSocket.TEXT, true, bytes("[{]"))));
            case PINGS -> times(FLOOD, frame(RawSocket.PING, true, new byte[4]));
            case MESSAGES -> text(hello(known)).appendBuffer(times(FLOOD, text(new JsonObject().put("type", "ping"))));
            case FRAGMENTS_OF_A_BYTE, ENDLESS_MESSAGE -> frame(RawSocket.TEXT, false, bytes("{"));
            case NOT_UTF8 -> frame(RawSocket.TEXT, true, new byte[] {'{', (byte) 0xc3, '(', '}'});
            case UNMASKED -> Buffer.buffer(new byte[] {(byte) 0x81, 2, '{', '}'});
            case ENDLESS_FRAME ->
                Buffer.buffer(new byte[] {(byte) 0x81, (byte) 0xff, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4});
            case OVERSIZE -> frame(RawSocket.TEXT, true, new byte[200_000]);
            case READS_NOTHING ->
                text(hello(known))
                        .appendBuffer(text(new JsonObject()
                                .put("type", "join")
                                .put("document", known.document())
                                .put("mode", "view")));
            default -> NOTHING;
        };
    }

    /** What is sent a moment later, and again, as long as the connection lasts. */
    Buffer again(Knowledge known, int times) {
        return switch (this) {
            case REQUEST_BYTE_BY_BYTE -> {
                byte[] request = bytes(request(known, ""));
                int next = times % request.length;
                yield Buffer.buffer(Arrays.copyOfRange(request, next, next + 1));
            }
            case FRAGMENTS_OF_A_BYTE -> times(20, frame(RawSocket.CONTINUATION, false, bytes(" ")));
            case ENDLESS_MESSAGE -> times(20, frame(RawSocket.CONTINUATION, false, new byte[0]));
            case READS_NOTHING -> times(10, text(new JsonObject().put("type", "ping")));
            default -> NOTHING;
        };
    }

    private static JsonObject hello(Knowledge known) {
        return new JsonObject().put("type", "hello").put("token", known.token());
    }

    private static String request(Knowledge known, String more) {
        return "GET /socket HTTP/1.1\r\nHost: 127.0.0.1:" + known.port()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Version: 13\r\n" + more + "\r\n";
    }

    private static byte[] garbage() {
        byte[] garbage = new byte[2_000];
        new Random(1).nextBytes(garbage);
        return garbage;
    }

    private static Buffer text(JsonObject message) {
        return frame(RawSocket.TEXT, true, message.toBuffer().getBytes());
    }

    /** With a mask of zeros, which leaves the payload as it is. */
    private static Buffer frame(int opcode, boolean last, byte[] payload) {
        Buffer frame = Buffer.buffer().appendByte((byte) ((last ? 0x80 : 0) | opcode));
        if (payload.length < 126) {
            frame.appendByte((byte) (0x80 | payload.length));
        } else if (payload.length < 1 << 16) {
            frame.appendByte((byte) (0x80 | 126)).appendUnsignedShort(payload.length);
        } else {
            frame.appendByte((byte) (0x80 | 127)).appendLong(payload.length);
        }
        return frame.appendInt(0).appendBytes(payload);
    }

    private static Buffer times(int times, Buffer one) {
        Buffer all = Buffer.buffer(times * one.length());
        for (int i = 0; i < times; i++) {
            all.appendBuffer(one);
        }
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
