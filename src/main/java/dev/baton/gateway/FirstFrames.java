package dev.baton.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the frames that came in the same packet as the handshake until there is a socket to hear them: Netty decodes
 * them while Vert.x still takes the connection for one of HTTP, and drops them. Holds what one read brought and no
 * more. Confined to the connection's loop.
 */
final class FirstFrames extends ChannelInboundHandlerAdapter {

    /** Vert.x's name for what Netty puts its decoder of frames in the place of. */
    private static final String DECODER = "httpDecoder";

    private final ChannelPipeline pipeline;
    private final List<Object> held = new ArrayList<>();
    private boolean handOn;

    private FirstFrames(ChannelPipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** Keeps those of a connection whose handshake is about to be answered. */
    static FirstFrames of(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        FirstFrames first = new FirstFrames(pipeline);
        pipeline.addAfter(DECODER, "first-frames", first);
        return first;
    }

    /** The socket has its listener now: hands on the frames that were kept, and keeps no more. */
    void handOn() {
        handOn = true;
        end();
    }

    /** There will be no socket. */
    void drop() {
        end();
    }

    private void end() {
        if (pipeline.context(this) != null) {
            pipeline.remove(this); // else the connection has ended
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof WebSocketFrame) {
            held.add(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException) {
            held.add(cause);
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        for (Object one : held) {
            if (!handOn) {
                ReferenceCountUtil.release(one);
            } else if (one instanceof Throwable broken) {
                context.fireExceptionCaught(broken);
            } else {
                context.fireChannelRead(one);
            }
        }
        held.clear();
    }
}
