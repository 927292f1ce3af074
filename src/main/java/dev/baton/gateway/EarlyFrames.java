package dev.baton.gateway;

import dev.baton.protocol.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is better dealt with before Vert.x sees it. Pongs, since they are most of what comes in, and Vert.x would make
 * several objects of each to say what one call says. And frames against the rules: Vert.x would close the connection
 * without a close frame, while this tells the client which rule. What the client has still under way then is read and
 * dropped, so that it does not reset the connection before the client has read why. Confined to the socket's loop.
 */
final class EarlyFrames extends ChannelDuplexHandler {

    /** Is told, on the loop, outside any handler of Vert.x. */
    interface Sink {
        /** A pong came, whatever was in it. */
        void pong();

        /** The client broke a rule; the connection must be closed with that code. */
        void broken(CloseCode code);
    }

    /** Codes above it belong to nobody. */
    private static final int LAST_CODE = 4_999;

    private final Inflow inflow;
    private final Sink sink;
    private boolean failed;

    EarlyFrames(Inflow inflow, Sink sink) {
        this.inflow = inflow;
        this.sink = sink;
    }

    /** Watches a socket, on whose loop this is called, and what comes in on it. */
    static EarlyFrames of(ServerWebSocket socket, Inflow inflow, Sink sink) {
        ChannelHandlerContext vertx = ((WebSocketInternal) socket).channelHandlerContext();
        EarlyFrames early = new EarlyFrames(inflow, sink);
        vertx.pipeline().addBefore(vertx.name(), "early-frames", early);
        return early;
    }

    /**
     * The client broke a rule, or said too much at once: nothing more is read of it, and the connection ends on this
     * side with the close frame that is written next (RFC 6455, 7.1.7). What it has under way is dropped until it ends
     * the connection too, for at most the time that Vert.x gives an answer to a close: to end at once with bytes unread
     * would take the close frame back.
     */
    void fail() {
        failed = true;
        inflow.drop();
    }

    private void broken(CloseCode code) {
        // Also of a connection that has been closed already. The decoder would take what comes, but byte by byte: the
        // rest
        // of an oversized message would cost more than a thousand good ones.
        inflow.drop();
        sink.broken(code);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof PongWebSocketFrame pong) {
            pong.release();
            sink.pong();
        } else if (message instanceof CloseWebSocketFrame close) {
            close(context, close, wrong(close.content()));
        } else {
            context.fireChannelRead(message);
        }
    }

    private void close(ChannelHandlerContext context, CloseWebSocketFrame close, Optional<CloseCode> wrong) {
        if (wrong.isPresent()) {
            close.release();
            broken(wrong.get());
        } else {
            context.fireChannelRead(close);
        }
    }

    /** What Netty, which has looked at it already, lets pass. */
    private static Optional<CloseCode> wrong(ByteBuf close) {
        int reason = close.readerIndex() + Short.BYTES;
        if (close.readableBytes() < Short.BYTES) {
            return Optional.empty();
        }
        if (close.getUnsignedShort(close.readerIndex()) > LAST_CODE) {
            return Optional.of(CloseCode.PROTOCOL);
        }
        return ByteBufUtil.isText(close, reason, close.writerIndex() - reason, StandardCharsets.UTF_8)
                ? Optional.empty()
                : Optional.of(CloseCode.NOT_UTF8);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException broken) {
            broken(code(broken.closeStatus()));
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    private static CloseCode code(WebSocketCloseStatus status) {
        if (status.equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
            return CloseCode.TOO_LARGE;
        }
        return status.equals(WebSocketCloseStatus.INVALID_PAYLOAD_DATA) ? CloseCode.NOT_UTF8 : CloseCode.PROTOCOL;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise that was given
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (failed && message instanceof CloseWebSocketFrame) {
            promise.addListener(written -> endOutput(context));
        }
        context.write(message, promise);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whether it worked shows when the connection is closed
    private static void endOutput(ChannelHandlerContext context) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (context.channel() instanceof DuplexChannel channel) {
            channel.shutdownOutput();
        }
    }
}
