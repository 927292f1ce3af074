package dev.baton.it;

import io.vertx.core.buffer.Buffer;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** A WebSocket written byte by byte, so that it can break every rule. For one thread; each read waits 20 s at most. */
final class RawSocket implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** Stands for an end without a close frame. */
    static final int NO_CLOSE_FRAME = 1006;

    /** Stands for a close frame without a code. */
    static final int NO_CODE = 1005;

    private static final int PATIENCE = 20_000;

    private final Socket socket;
    private final DataInputStream in;
    private final int status;
    private final Map<String, String> headers = new LinkedHashMap<>();

    /** The headers of a good handshake, to be changed; a null value leaves the header out. */
    static Map<String, String> handshake(NodeProcess node) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", "127.0.0.1:" + node.port());
        headers.put("Upgrade", "websocket");
        headers.put("Connection", "Upgrade");
        headers.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        headers.put("Sec-WebSocket-Version", "13");
        headers.put("Sec-WebSocket-Protocol", "baton.v1");
        return headers;
    }

    /** Sends a request for a socket, and reads the head of the answer. */
    static RawSocket request(NodeProcess node, Map<String, String> headers) {
        try {
            return new RawSocket(node.port(), "/socket", headers);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A socket that is open, on which nothing was said. */
    static RawSocket open(NodeProcess node) {
        RawSocket socket = request(node, handshake(node));
        if (socket.status != 101) {
            throw new AssertionError("not open: " + socket.status);
        }
        return socket;
    }

    /** A socket with a session. */
    static RawSocket greeted(NodeProcess node) {
        RawSocket socket = open(node);
        socket.text("{\"type\":\"hello\",\"user\":{\"id\":\"raw\",\"name\":\"Raw\"}}");
        String type = socket.json().getString("type");
        if (!"welcome".equals(type)) {
            throw new AssertionError("not welcome: " + type);
        }
        return socket;
    }

    /** Sends a GET request to either port, and reads the head of the answer. */
    RawSocket(int port, String path, Map<String, String> wanted) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE);
        in = new DataInputStream(socket.getInputStream());
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
        wanted.forEach((name, value) -> {
            if (value != null) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        });
        socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        String[] line = line().split(" ", 3);
        status = Integer.parseInt(line[1]);
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).trim());
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** The HTTP status of the answer. */
    int status() {
        return status;
    }

    /** A header of the answer, named in lower case; empty when there is none. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The body of an answer that is no socket. */
    String body() {
        try {
            return new String(in.readNBytes(Integer.parseInt(header("content-length"))), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    /** A text message in one frame. */
    void text(String text) {
        frame(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Text messages in one go. */
    void texts(List<String> texts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        texts.forEach(text -> all.writeBytes(encoded(TEXT, true, text.getBytes(StandardCharsets.UTF_8))));
        bytes(all.toByteArray());
    }

    /** One frame. Does not fail when the node has closed already: what it said is read later. */
    void frame(int opcode, boolean last, byte[] payload) {
        bytes(encoded(opcode, last, payload));
    }

    private static byte[] encoded(int opcode, boolean last, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write((last ? 0x80 : 0) | opcode);
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
        byte[] mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        frame.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i % 4]);
        }
        return frame.toByteArray();
    }

    /** Bytes as they are. */
    void bytes(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closed) {
            // the node was faster; its close frame may still be read
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    private record Frame(int opcode, Buffer payload) {}

    private Frame read() throws IOException {
        int first = in.readUnsignedByte();
        long length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        return new Frame(first & 0x0f, Buffer.buffer(in.readNBytes((int) length)));
    }

    /** The next text message, which comes in time; pings are answered on the way. */
    JsonObject json() {
        long end = System.nanoTime() + PATIENCE * 1_000_000L;
        try {
            while (true) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("nothing but pings for " + PATIENCE + " ms");
                }
                Frame frame = read();
                if (frame.opcode == TEXT) {
                    return new JsonObject(frame.payload);
                }
                if (frame.opcode == CLOSE) {
                    throw new AssertionError("closed with " + code(frame));
                }
                if (frame.opcode == PING) {
                    frame(PONG, true, frame.payload.getBytes());
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The next text message of a type. */
    JsonObject json(String type) {
        JsonObject next = json();
        while (!type.equals(next.getString("type"))) {
            next = json();
        }
        return next;
    }

    /** Reads on to the close frame and gives its code. */
    int closeCode() {
        try {
            while (true) {
                Frame frame = read();
                if (frame.opcode == CLOSE) {
                    return code(frame);
                }
            }
        } catch (EOFException | SocketException gone) {
            return NO_CLOSE_FRAME;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static int code(Frame frame) {
        return frame.payload.length() < 2 ? NO_CODE : frame.payload.getUnsignedShort(0);
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
