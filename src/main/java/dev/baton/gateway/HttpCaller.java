package dev.baton.gateway;

import dev.baton.config.Proxies;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** A connection of Vert.x's as the {@link Doorstep} sees it; on its loop. */
record HttpCaller(HttpConnection connection, Proxies trusted) implements Doorstep.Caller {

    private static final String DEAF = "deaf";

    @Override
    public String address() {
        String peer = connection.remoteAddress().hostAddress();
        return trusted.trusts(peer) ? Debts.UNKNOWN : peer;
    }

    /**
     * Below Vert.x, which would read a request before it can be told to wait. Of a connection that is just being closed
     * the handlers are gone already.
     */
    @Override
    public void listen(boolean on) {
        Channel channel = ((ConnectionBase) connection).channel();
        if (!on) {
            channel.pipeline().addFirst(DEAF, new Deaf());
        } else if (channel.pipeline().get(DEAF) != null) {
            channel.pipeline().remove(DEAF);
        }
        channel.config().setAutoRead(on);
    }

    @Override
    public void close() {
        connection.close();
    }

    @Override
    public void onClose(Runnable over) {
        connection.closeHandler(v -> over.run());
    }

    /**
     * What is not to be read is read all the same when the other side has gone, to get at the end of it; what it said
     * before would then be answered, a whole crowd at once, for nobody.
     */
    private static final class Deaf extends ChannelInboundHandlerAdapter {
        /** When it is closed, Vert.x hears of it as of any other close. */
        @Override
        @SuppressWarnings("FutureReturnValueIgnored")
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            context.close();
        }
    }
}
