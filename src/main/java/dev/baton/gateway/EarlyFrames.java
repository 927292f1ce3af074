package dev.baton.gateway;

import dev.baton.protocol.CloseCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.function.Consumer;

/**
 * Tells a client that broke the rules of WebSocket frames which one, instead of cutting it off: Vert.x closes the connection
 * without a close frame then. The decoder takes no more frames afterwards but goes on reading, so what the client has still
 * under way does not reset the connection before it has read why.
 */
final class BrokenFrames extends ChannelInboundHandlerAdapter {
    private final Consumer<CloseCode> close;

    private BrokenFrames(Consumer<CloseCode> close) {
        this.close = close;
    }

    /** Watches a socket, on whose loop this is called and {@code close} will be. */
    static void of(ServerWebSocket socket, Consumer<CloseCode> close) {
        ChannelHandlerContext vertx = ((WebSocketInternal) socket).channelHandlerContext();
        vertx.pipeline().addBefore(vertx.name(), "broken-frames", new BrokenFrames(close));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException broken) {
            boolean tooLarge = broken.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG);
            close.accept(tooLarge ? CloseCode.TOO_LARGE : CloseCode.PROTOCOL);
        } else {
            context.fireExceptionCaught(cause);
        }
    }
}
