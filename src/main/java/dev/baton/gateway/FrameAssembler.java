package dev.baton.gateway;

import dev.baton.protocol.CloseCode;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Puts the frames of a message together: text only, valid UTF-8, within a size. Vert.x can do most of this, but it drops a
 * message that begins with an empty fragment, keeps a socket open whose message was too large, and repairs invalid UTF-8
 * silently. One a connection, confined to its loop.
 */
final class FrameAssembler {

    /** Takes what comes out. */
    interface Sink {
        /** A whole message. */
        void text(String message);

        /** The client broke a rule; the connection must be closed with that code, and no more frames be handed in. */
        void broken(CloseCode code);
    }

    private static final Buffer NONE = Buffer.buffer(0);

    private final int largest;
    private Buffer fragments = NONE;
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
            fragments = Buffer.buffer().appendBuffer(data); // a copy of an empty one would be one that cannot grow
        }
    }

    /** A frame that goes on with the message begun. */
    void continuation(Buffer data, boolean last, Sink sink) {
        if (!open) {
            return; // Netty has refused a continuation of nothing already
        }
        if ((long) fragments.length() + data.length() > largest) {
            drop();
            sink.broken(CloseCode.TOO_LARGE);
            return;
        }
        fragments.appendBuffer(data);
        if (last) {
            Buffer whole = fragments;
            drop();
            decode(whole, sink);
        }
    }

    private void drop() {
        fragments = NONE;
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
