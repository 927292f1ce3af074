package dev.baton.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A client that writes its frames byte by byte, and says what it reads in the terms of RFC 6455. For one thread; each
 * read waits ten seconds at most.
 */
final class Wire implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /**
     * How soon a connection ends that has been failed, in milliseconds: well before the two seconds of one that is
     * asked to close.
     */
    static final long PROMPT = 1_000;

    private static final int PATIENCE = 10_000;
    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};
    private static final String HELLO = "{\"type\":\"hello\",\"user\":{\"id\":\"wire\",\"name\":\"Wire\"}}";

    private final Socket socket;
    private final DataInputStream in;

    /** A connection on which nothing was said. */
    Wire(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A socket that is open, on which nothing was said. */
    static Wire open(int port) {
        Wire wire = new Wire(port);
        wire.send(handshake(port));
        wire.switched();
        return wire;
    }

    /** A socket with a session. */
    static Wire greeted(int port) {
        Wire wire = open(port);
        wire.text(HELLO);
        wire.welcomed();
        return wire;
    }

    /** A good handshake. */
    static byte[] handshake(int port) {
        return ("GET /socket HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A {@code hello}, as one frame. */
    static byte[] hello() {
        return frame(0x80 | TEXT, utf8(HELLO));
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** A masked frame with that first byte, its length in the fewest bytes. */
    static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else if (payload.length < 1 << 16) {
            frame.write(0x80 | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) payload.length >> shift));
            }
        }
        frame.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ MASK[i % 4]);
        }
        return frame.toByteArray();
    }

    /** Bytes as they are. Does not fail when the node has closed already: what it said is read later. */
    void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closed) {
            // the node was faster
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The same in pieces, each in a packet of its own. */
    void chopped(byte[] bytes, int size) {
        for (int from = 0; from < bytes.length; from += size) {
            send(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
        }
    }

    /** One frame. */
    void frame(int opcode, boolean last, byte[] payload) {
        send(frame((last ? 0x80 : 0) | opcode, payload));
    }

    void text(String text) {
        frame(TEXT, true, utf8(text));
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    /** The head of an HTTP answer. */
    String head() {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        try {
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                head.write(in.readUnsignedByte());
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Everything up to the end. */
    String rest() {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    void switched() {
        assertThat(head()).startsWith("HTTP/1.1 101 ");
    }

    void welcomed() {
        assertThat(nextText().getString("type")).isEqualTo("welcome");
    }

    @SuppressWarnings("ArrayRecordComponent") // lives from one read to its use, and is compared with nothing
    private record Frame(int first, byte[] payload) {
        int opcode() {
            return first & 0x0f;
        }
    }

    /** The next frame that is no heartbeat. */
    private Frame read() throws IOException {
        while (true) {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte();
            assertThat(second & 0x80).as("a server masks nothing").isZero();
            long length = second & 0x7f;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            Frame frame = new Frame(first, in.readNBytes((int) length));
            assertThat(first & 0xf0).as("whole, without reserved bits").isEqualTo(0x80);
            if (frame.opcode() != PING) {
                return frame;
            }
        }
    }

    private Frame next(int opcode) {
        try {
            Frame frame = read();
            assertThat(frame.opcode())
                    .as(new String(frame.payload(), StandardCharsets.ISO_8859_1))
                    .isEqualTo(opcode);
            return frame;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The next frame is a text. */
    JsonObject nextText() {
        return new JsonObject(new String(next(TEXT).payload(), StandardCharsets.UTF_8));
    }

    /** The next frame answers a {@code ping} of Baton's with that {@code ref}. */
    void answered(String ref) {
        JsonObject pong = nextText();
        assertThat(pong.getString("type")).isEqualTo("pong");
        assertThat(pong.getString("ref")).isEqualTo(ref);
    }

    /** The next frame is a pong with that payload. */
    void ponged(byte[] payload) {
        assertThat(next(PONG).payload()).isEqualTo(payload);
    }

    /** The next frame is a close with that code. */
    void closed(int code) {
        byte[] payload = next(CLOSE).payload();
        assertThat(payload.length).isGreaterThanOrEqualTo(2);
        assertThat(((payload[0] & 0xff) << 8) | (payload[1] & 0xff)).isEqualTo(code);
    }

    /** The next frame is a close with that code; its reason. */
    String closeReason(int code) {
        byte[] payload = next(CLOSE).payload();
        assertThat(((payload[0] & 0xff) << 8) | (payload[1] & 0xff)).isEqualTo(code);
        return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }

    /** Nothing more comes: the connection ends, and soon. */
    void ended() {
        long start = System.nanoTime();
        try {
            Frame more = read();
            throw new AssertionError("there was one frame more, of opcode " + more.opcode());
        } catch (EOFException end) {
            assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(PROMPT);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The node fails the connection with that code: what it is sent afterwards it neither answers nor waits for. */
    void failed(int code) {
        closed(code);
        frame(PING, true, utf8("late"));
        frame(CLOSE, true, new byte[] {3, (byte) 0xe8});
        ended();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
