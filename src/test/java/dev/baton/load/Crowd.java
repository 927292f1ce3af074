package dev.baton.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The clients and the event loops they run on. Used from one thread that is none of those. */
final class Crowd {

    /** How often a loop looks whether it comes to things in time. */
    private static final long LAG_MILLIS = 20;

    /** How long to wait for the last answers, in seconds. */
    private static final long PATIENCE = 30;

    /** One event loop and what its sockets saw. */
    private record Lane(EventLoopGroup loop, Ledger ledger) {}

    private final Plan plan;
    private final Promises promises;
    private final long start = System.nanoTime();
    private final List<Lane> lanes = new ArrayList<>();
    private int opened;

    Crowd(Plan plan, Promises promises) {
        this.plan = plan;
        this.promises = promises;
        for (int i = 0; i < plan.threads(); i++) {
            Lane lane = new Lane(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()), new Ledger());
            lanes.add(lane);
            watchLag(lane);
        }
    }

    /** What the swarm itself was late by, every ping it saw may seem late by. */
    private void watchLag(Lane lane) {
        long[] due = {now() + LAG_MILLIS * 1000};
        var unused = lane.loop()
                .scheduleAtFixedRate(
                        () -> {
                            long now = now();
                            lane.ledger().lag.add(Math.max(0, now - due[0]));
                            due[0] = Math.max(due[0] + LAG_MILLIS * 1000, now);
                        },
                        LAG_MILLIS,
                        LAG_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** Microseconds since the swarm began. */
    long now() {
        return (System.nanoTime() - start) / 1000;
    }

    /** Sockets that were opened together. */
    record Group(Batch batch, List<List<SwarmSocket>> sockets, long missing) {}

    /** Opens so many at the planned rate, and waits until they are in. */
    Group open(int count, boolean stays) throws InterruptedException {
        Batch batch = new Batch(plan, promises, start, count, stays);
        List<List<SwarmSocket>> sockets =
                lanes.stream().<List<SwarmSocket>>map(lane -> new ArrayList<>()).toList();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = begin + (long) (i * 1e9 / plan.rate());
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            int lane = opened % lanes.size();
            sockets.get(lane).add(connect(lanes.get(lane), batch, opened, stays && isMute(i)));
            opened++;
        }
        return new Group(batch, sockets, batch.awaitReady(PATIENCE));
    }

    /** Spread over all, so that documents have of both. */
    private boolean isMute(int index) {
        return (long) ((index + 1) * plan.mute()) > (long) (index * plan.mute());
    }

    private SwarmSocket connect(Lane lane, Batch batch, int number, boolean mute) {
        SwarmSocket socket = new SwarmSocket(batch, lane.ledger(), number, mute);
        new Bootstrap()
                .group(lane.loop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpClientCodec(), new HttpObjectAggregator(8192), socket);
                    }
                })
                .connect(plan.url().getHost(), plan.url().getPort())
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        socket.refused(connected.cause());
                    }
                });
        return socket;
    }

    /** Notes no more of them. */
    void watchNoMore(Group group) throws InterruptedException {
        onEachLoop(group, SwarmSocket::watchNoMore);
    }

    /** Closes them in order, and waits until they are. */
    void leave(Group group) throws InterruptedException {
        onEachLoop(group, SwarmSocket::leave);
        group.batch().awaitOver(PATIENCE);
    }

    private interface Act {
        void on(SwarmSocket socket);
    }

    private void onEachLoop(Group group, Act act) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(lanes.size());
        for (int i = 0; i < lanes.size(); i++) {
            List<SwarmSocket> sockets = group.sockets().get(i);
            lanes.get(i).loop().execute(() -> {
                sockets.forEach(act::on);
                done.countDown();
            });
        }
        done.await();
    }

    /** Ends the loops, and with them all that is still open; returns what was seen. */
    Ledger end() throws InterruptedException {
        Ledger all = new Ledger();
        for (Lane lane : lanes) {
            lane.loop().shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
            all.addAll(lane.ledger());
        }
        return all;
    }
}
