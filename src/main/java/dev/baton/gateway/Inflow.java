package dev.baton.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Hands what one socket sends to the decoder of frames a little at a time, so that nobody else on the loop waits for
 * one who sends a thousand messages in one go: when its turn is over, whoever else has sent something comes first.
 * Nothing more is read until what is there has been handed on, so that it holds what one read brought and no more.
 * Confined to the socket's loop.
 */
final class Inflow extends ChannelInboundHandlerAdapter {

    /** Bytes between two looks at the clock: some forty of the shortest messages, and a small part of the largest. */
    static final int PORTION = 1_024;

    /** How long a turn is, in nanoseconds: some messages of anybody's, and less than any of the others would notice. */
    static final long TURN = 500_000;

    private final LongSupplier nanos;
    private final Queue<ByteBuf> rest = new ArrayDeque<>();
    private Optional<ChannelHandlerContext> context = Optional.empty();

    /** A turn is going on, or planned. */
    private boolean busy;

    private boolean held;
    private boolean dropping;

    /** This has the socket not read. */
    private boolean stopped;

    /** By that clock, in nanoseconds. */
    Inflow(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** What comes in on a socket, on whose loop this is called. */
    static Inflow of(ServerWebSocket socket) {
        Inflow inflow = new Inflow(System::nanoTime);
        ChannelHandlerContext vertx = ((WebSocketInternal) socket).channelHandlerContext();
        vertx.pipeline().addBefore("wsdecoder", "inflow", inflow);
        return inflow;
    }

    /** Hands nothing on but for what is in hand, and has no more read, until {@link #goOn}. */
    void hold() {
        held = !dropping;
    }

    /** The end of {@link #hold}. */
    void goOn() {
        held = false;
        context.ifPresent(this::next);
    }

    /** Takes what comes from now on, and what was not handed on yet, and does nothing with it. */
    void drop() {
        dropping = true;
        held = false;
        release();
        context.ifPresent(this::next);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = Optional.of(added);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        context = Optional.empty();
        release();
    }

    @Override
    public void channelRead(ChannelHandlerContext here, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            here.fireChannelRead(message);
        } else if (dropping) {
            bytes.release();
        } else {
            rest.add(bytes);
            if (busy || held) {
                stop(here);
            } else {
                turn(here);
            }
        }
    }

    /** There are no further turns after this: what is left is the last that the client has said. */
    @Override
    public void channelInactive(ChannelHandlerContext here) {
        while (!rest.isEmpty() && !held) {
            here.fireChannelRead(rest.remove());
        }
        release();
        here.fireChannelInactive();
    }

    private void turn(ChannelHandlerContext here) {
        busy = true;
        long until = nanos.getAsLong() + TURN;
        do {
            here.fireChannelRead(portion());
        } while (!rest.isEmpty() && !held && nanos.getAsLong() - until < 0);
        busy = false;
        next(here);
    }

    private ByteBuf portion() {
        return rest.element().readableBytes() > PORTION ? rest.element().readRetainedSlice(PORTION) : rest.remove();
    }

    /** What is to be done now that something is done. */
    private void next(ChannelHandlerContext here) {
        if (rest.isEmpty()) {
            if (stopped && !held) {
                stopped = false;
                here.channel().config().setAutoRead(true);
            }
            return;
        }
        stop(here);
        if (!busy && !held) {
            busy = true;
            // A task that was merely added would come before the other sockets are looked at.
            var unused = here.executor().schedule(this::planned, 0, TimeUnit.NANOSECONDS);
        }
    }

    private void planned() {
        busy = false;
        if (!rest.isEmpty() && !held) {
            context.ifPresent(here -> {
                turn(here);
                here.fireChannelReadComplete();
            });
        }
    }

    private void stop(ChannelHandlerContext here) {
        stopped = true;
        here.channel().config().setAutoRead(false);
    }

    private void release() {
        rest.forEach(ByteBuf::release);
        rest.clear();
    }
}
