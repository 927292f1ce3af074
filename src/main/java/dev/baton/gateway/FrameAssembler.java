package dev.baton.gateway;

import dev.baton.protocol.CloseCode;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Puts the frames of a message together: text only, valid UTF-8, within a size. Each fragment is decoded as it comes,
 * so that a message which will be none is refused at once, also when it never ends. Vert.x can do most of this, but it
 * drops a message that begins with an empty fragment, keeps a socket open whose message was too large, and repairs
 * invalid UTF-8 silently. One a connection, confined to its loop.
 */
final class FrameAssembler {

    /** Takes what comes out. */
    interface Sink {
        /** A whole message. */
        void text(String message);

        /** The client broke a rule; the connection must be closed with that code, and no more frames be handed in. */
        void broken(CloseCode code);
    }

    private static final byte[] NONE = {};

    private final int largest;
    private CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private StringBuilder decoded = new StringBuilder(0);

    /** The beginning of a character whose end is in the next fragment: at most three bytes. */
    private byte[] half = NONE;

    /** Bytes of the message so far. */
    private long size;

    private boolean open;

    /** For messages of at most {@code largest} bytes. */
    FrameAssembler(int largest) {
        this.largest = largest;
    }

    /** The first, or only, frame of a text message. */
    void text(Buffer data, boolean last, Sink sink) {
        if (data.length() > largest) {
            sink.broken(CloseCode.TOO_LARGE);
        } else if (last) {
            decode(data, sink);
        } else {
            open = true;
            size = data.length();
            decoder = StandardCharsets.UTF_8.newDecoder();
            append(data, false, sink);
        }
    }

    /** A frame that goes on with the message begun. */
    void continuation(Buffer data, boolean last, Sink sink) {
        if (!open) {
            return; // Netty has refused a continuation of nothing already
        }
        size += data.length();
        if (size > largest) {
            drop();
            sink.broken(CloseCode.TOO_LARGE);
        } else if (append(data, last, sink) && last) {
            String whole = decoded.toString();
            drop();
            sink.text(whole);
        }
    }

    /** Whether it is valid so far. */
    private boolean append(Buffer data, boolean last, Sink sink) {
        ByteBuffer bytes = ByteBuffer.allocate(half.length + data.length())
                .put(half)
                .put(data.getBytes())
                .flip();
        CharBuffer text = CharBuffer.allocate(bytes.remaining()); // no byte is more than one char
        CoderResult result = decoder.decode(bytes, text, last);
        if (result.isError()) {
            drop();
            sink.broken(CloseCode.NOT_UTF8);
            return false;
        }
        half = NONE;
        if (bytes.hasRemaining()) {
            half = new byte[bytes.remaining()];
            bytes.get(half);
        }
        decoded.append(text.flip());
        return true;
    }

    private void drop() {
        decoded = new StringBuilder(0);
        half = NONE;
        open = false;
    }

    private static void decode(Buffer data, Sink sink) {
        String message;
        try {
            message = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data.getBytes()))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            sink.broken(CloseCode.NOT_UTF8);
            return;
        }
        sink.text(message);
    }
}
