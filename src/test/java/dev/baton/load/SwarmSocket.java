package dev.baton.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/**
 * One client: says hello, may join a document, answers pings or not, and notes in its loop's ledger what the node does.
 * Confined to its event loop.
 */
// A write or a close that fails is followed by the end of the channel, and that is noted.
@SuppressWarnings("FutureReturnValueIgnored")
final class SwarmSocket extends ChannelInboundHandlerAdapter {

    private static final int MOST_BYTES = 1 << 20;
    private static final int ABNORMAL = 1006;
    private static final int HEARTBEAT_TIMEOUT = 4000;

    private final Batch batch;
    private final Ledger ledger;
    private final int number;
    private final boolean mute;
    private final long began;

    /** Only until the handshake is done. */
    private WebSocketClientHandshaker handshaker;

    private Channel channel;
    private boolean ready;
    private boolean leaving;
    private boolean over;
    private boolean welcomed;
    private boolean holder;
    private Plan.Beat ordinary = new Plan.Beat(0, 0);
    private long joining;
    private long said;
    private long paced;
    private long pinged;

    /** How many more pings may come at another time than the pace says. */
    private int unsettled;

    /** The last gap; a change of pace that is heard of after its first ping takes it out. */
    private long pending = -1;

    SwarmSocket(Batch batch, Ledger ledger, int number, boolean mute) {
        this.batch = batch;
        this.ledger = ledger;
        this.number = number;
        this.mute = mute;
        this.began = batch.now();
    }

    // ---- connecting ------------------------------------------------------------------------------------------------

    /** There is no connection. */
    void refused(Throwable why) {
        fail(why);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                batch.plan().url(), WebSocketVersion.V13, "baton.v1", false, EmptyHttpHeaders.INSTANCE, MOST_BYTES);
        handshaker.handshake(channel);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof FullHttpResponse response) {
                shake(context, response);
            } else if (message instanceof PingWebSocketFrame ping) {
                ping(ping.content());
            } else if (message instanceof TextWebSocketFrame text) {
                text(text.content());
            } else if (message instanceof CloseWebSocketFrame close) {
                int code = close.statusCode() == -1 ? 1005 : close.statusCode();
                context.writeAndFlush(
                                new CloseWebSocketFrame(true, 0, close.content().retain()))
                        .addListener(sent -> context.close());
                over(code);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void shake(ChannelHandlerContext context, FullHttpResponse response) {
        if (response.status().code() != 101) {
            fail("HTTP " + response.status().code());
            context.close();
            return;
        }
        handshaker.finishHandshake(channel, response);
        handshaker = null;
        context.pipeline().addBefore(context.name(), null, new WebSocketFrameAggregator(MOST_BYTES));
        ledger.opened++;
        say(new JsonObject()
                .put("type", "hello")
                .put("user", new JsonObject().put("id", "u" + number).put("name", "User " + number)));
    }

    // ---- what the node says ----------------------------------------------------------------------------------------

    private void ping(ByteBuf payload) {
        long at = batch.now();
        if (!mute) {
            said = at;
            channel.writeAndFlush(new PongWebSocketFrame(payload.retain()));
        }
        if (!welcomed || leaving) {
            return;
        }
        commitGap();
        if (unsettled > 0) {
            unsettled--;
            ledger.of(holder).settling.add(at - pinged);
        } else {
            pending = at - pinged;
        }
        pinged = at;
        if (batch.stays() && !mute && !holder) {
            ledger.pings.add(at);
        }
    }

    private void commitGap() {
        if (pending >= 0) {
            Ledger.Pace pace = ledger.of(holder);
            pace.gaps.add(pending);
            if (Math.abs(pending - interval()) > tolerance()) {
                pace.outside++;
            }
            pending = -1;
        }
    }

    private void text(ByteBuf content) {
        // The node writes the type first; most of what comes is of no interest, and not parsed.
        if (startsWith(content, "{\"type\":\"welcome\"")) {
            welcome(json(content));
        } else if (startsWith(content, "{\"type\":\"joined\"")) {
            ledger.joins.add(batch.now() - joining);
            rights(json(content).getJsonObject("rights"));
            ready();
        } else if (startsWith(content, "{\"type\":\"rights\"")) {
            rights(json(content));
        } else if (startsWith(content, "{\"type\":\"error\"")) {
            ledger.failed("error " + json(content).getString("code"));
            ready();
        }
    }

    private static JsonObject json(ByteBuf content) {
        return new JsonObject(content.toString(StandardCharsets.UTF_8));
    }

    private static boolean startsWith(ByteBuf content, String beginning) {
        if (content.readableBytes() < beginning.length()) {
            return false;
        }
        for (int i = 0; i < beginning.length(); i++) {
            if (content.getByte(content.readerIndex() + i) != beginning.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void welcome(JsonObject welcome) {
        ledger.welcomes.add(batch.now() - began);
        welcomed = true;
        JsonObject heartbeat = welcome.getJsonObject("heartbeat");
        ordinary = new Plan.Beat(heartbeat.getLong("interval"), heartbeat.getLong("timeout"));
        ledger.interval = ordinary.interval() * 1000;
        paced();
        batch.plan().documents().ifPresentOrElse(this::join, this::ready);
    }

    private void join(Plan.Documents documents) {
        joining = batch.now();
        say(new JsonObject()
                .put("type", "join")
                .put("document", documents.of(number))
                .put("mode", documents.mode()));
    }

    private void rights(JsonObject rights) {
        boolean holds = "holder".equals(rights.getString("you"));
        if (holds != holder) {
            holder = holds;
            paced();
        }
    }

    /** A new pace begins. */
    private void paced() {
        pending = -1;
        paced = batch.now();
        pinged = paced;
        unsettled = 2;
    }

    private Plan.Beat pace() {
        return holder ? batch.plan().editor() : ordinary;
    }

    private long interval() {
        return pace().interval() * 1000;
    }

    private long timeout() {
        return pace().timeout() * 1000;
    }

    private double tolerance() {
        return interval() * batch.promises().tolerance();
    }

    private long late() {
        return batch.promises().late().toNanos() / 1000;
    }

    // ---- what it says ----------------------------------------------------------------------------------------------

    private void say(JsonObject message) {
        said = batch.now();
        channel.writeAndFlush(new TextWebSocketFrame(message.encode()));
    }

    /** From now on nothing is noted: neither pings nor that it is closed. On the loop. */
    void watchNoMore() {
        if (leaving) {
            return;
        }
        leaving = true;
        long now = batch.now();
        if (over || !welcomed || !batch.stays()) {
            return;
        }
        commitGap();
        if (mute && now - Math.max(said, paced) > timeout() + late()) {
            ledger.unclosed++;
        } else if (!mute && now - pinged > interval() + tolerance()) {
            ledger.overdue++;
        }
    }

    /** Says goodbye. On the loop. */
    void leave() {
        leaving = true;
        if (over) {
            return;
        }
        if (channel == null || handshaker != null) {
            over(ABNORMAL);
            if (channel != null) {
                channel.close();
            }
        } else {
            channel.writeAndFlush(new CloseWebSocketFrame(1000, ""));
        }
    }

    // ---- the end ---------------------------------------------------------------------------------------------------

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        over(ABNORMAL);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
        context.close();
    }

    private void over(int code) {
        if (over) {
            return;
        }
        over = true;
        if (!leaving) {
            long at = batch.now();
            ledger.closed(code);
            if (mute && code == HEARTBEAT_TIMEOUT) {
                closedForSilence(at);
            } else {
                ledger.lost++;
            }
            commitGap();
        }
        ready();
        batch.over();
    }

    private void closedForSilence(long at) {
        Ledger.Pace pace = ledger.of(holder);
        pace.silences.add(at - said);
        if (at - said < timeout()) {
            pace.early++;
        }
        // A welcome and a change of pace start the timeout anew.
        if (at - Math.max(said, paced) > timeout() + late()) {
            pace.late++;
        }
    }

    private void fail(Throwable why) {
        fail(why.getClass().getSimpleName() + ": " + why.getMessage());
    }

    private void fail(String why) {
        if (!over) {
            over = true;
            if (!leaving) {
                ledger.failed(why);
                ledger.lost += welcomed ? 1 : 0;
            }
            ready();
            batch.over();
        }
    }

    private void ready() {
        if (!ready) {
            ready = true;
            batch.ready();
        }
    }
}
