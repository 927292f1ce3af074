package dev.baton.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;

/**
 * Writes frames to one socket as bytes that were encoded before, so that a text for a thousand sockets is encoded once
 * and its bytes are shared, and a ping never; and leaves the flush to the {@link Loop}, so that what one turn has for a
 * socket is one system call. Measured against {@code writeTextMessage}: see the figures in the manual.
 *
 * <p>The bytes enter the pipeline behind Netty's encoder of frames. Vert.x has pongs and closes of its own to write;
 * all on the one event loop, and none of them has to keep its place among texts but the close, which comes last.
 * Confined to that loop.
 */
final class EncodedFrames {
    /** Final fragment, text; RFC 6455, 5.2. */
    private static final int TEXT = 0x81;

    private static final int SHORT = 125;
    private static final int LONGEST_HEADER = 10;

    /**
     * Final fragment, ping, without a payload: a pong answers the last ping, so that none has to be told from another.
     */
    private static final ByteBuf PING = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(2).writeByte(0x89).writeByte(0).asReadOnly());

    private final ChannelHandlerContext encoder;

    EncodedFrames(ServerWebSocket socket) {
        this.encoder =
                ((WebSocketInternal) socket).channelHandlerContext().pipeline().context("wsencoder");
    }

    /** The whole frame, as a server sends it; the caller releases it. */
    static ByteBuf encode(ByteBufAllocator allocator, String text) {
        int length = ByteBufUtil.utf8Bytes(text);
        ByteBuf frame = allocator.directBuffer(length + LONGEST_HEADER);
        frame.writeByte(TEXT);
        if (length <= SHORT) {
            frame.writeByte(length);
        } else if (length <= 0xffff) {
            frame.writeByte(SHORT + 1).writeShort(length);
        } else {
            frame.writeByte(SHORT + 2).writeLong(length);
        }
        ByteBufUtil.reserveAndWriteUtf8(frame, text, length);
        return frame;
    }

    ByteBufAllocator allocator() {
        return encoder.alloc();
    }

    /** Puts a frame in line for the next {@link #flush}; takes over the caller's hold on it. */
    @SuppressWarnings("FutureReturnValueIgnored") // a void promise has nothing to tell; a failure closes the channel
    void write(ByteBuf frame) {
        // Nobody waits for it: a connection that breaks is noticed by its end.
        ChannelFuture unused = encoder.write(frame, encoder.voidPromise());
    }

    /** The same; tells when the system has taken the frame, or will not because the connection has ended. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise that was given
    void write(ByteBuf frame, Runnable through) {
        ChannelPromise written = encoder.newPromise();
        written.addListener(done -> through.run());
        ChannelFuture unused = encoder.write(frame, written);
    }

    /** Puts a ping in line for the next {@link #flush}. */
    @SuppressWarnings("FutureReturnValueIgnored") // as in write
    void ping() {
        ChannelFuture unused = encoder.write(PING.duplicate(), encoder.voidPromise());
    }

    /** Hands what is in line to the system. */
    void flush() {
        encoder.flush();
    }

    /** Bytes that the system has not taken yet. */
    long unread() {
        var buffer = encoder.channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }
}
