package dev.baton.gateway;

import dev.baton.protocol.CloseCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;

/**
 * What is better dealt with before Vert.x sees it. Pongs, since they are most of what comes in, and Vert.x would make several
 * objects of each to say what one call says. And frames against the rules: Vert.x would close the connection without a close
 * frame, while this tells the client which rule. What the client has still under way then is read and dropped, so that it does
 * not reset the connection before the client has read why. Confined to the socket's loop.
 */
final class EarlyFrames extends ChannelInboundHandlerAdapter {

    /** Is told, on the loop, outside any handler of Vert.x. */
    interface Sink {
        /** A pong came, whatever was in it. */
        void pong();

        /** The client broke a rule; the connection must be closed with that code. */
        void broken(CloseCode code);
    }

    private final Inflow inflow;
    private final Sink sink;

    EarlyFrames(Inflow inflow, Sink sink) {
        this.inflow = inflow;
        this.sink = sink;
    }

    /** Watches a socket, on whose loop this is called, and what comes in on it. */
    static void of(ServerWebSocket socket, Inflow inflow, Sink sink) {
        ChannelHandlerContext vertx = ((WebSocketInternal) socket).channelHandlerContext();
        vertx.pipeline().addBefore(vertx.name(), "early-frames", new EarlyFrames(inflow, sink));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof PongWebSocketFrame pong) {
            pong.release();
            sink.pong();
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException broken) {
            boolean tooLarge = broken.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG);
            // The decoder would take what comes after it, but by a call for each byte: the rest of an oversized message
            // would
            // cost more than a thousand good ones.
            inflow.drop();
            sink.broken(tooLarge ? CloseCode.TOO_LARGE : CloseCode.PROTOCOL);
        } else {
            context.fireExceptionCaught(cause);
        }
    }
}
