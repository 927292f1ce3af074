package dev.baton.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/** The one event loop that all clients live on. Used from one thread that is not it. */
final class Loader implements AutoCloseable {
    private static final int READ = 64 * 1024;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    /** Opens so many at that rate; returns when all have been begun. */
    List<Client> open(int port, int count, double rate, IntFunction<Client> clients) {
        List<Client> all = new ArrayList<>(count);
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 30_000);
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = begin + (long) (i * 1e9 / rate);
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            Client client = clients.apply(i);
            all.add(client);
            bootstrap.clone().handler(client).connect("127.0.0.1", port).addListener(connected -> {
                if (!connected.isSuccess()) {
                    throw new IllegalStateException("no connection", connected.cause());
                }
            });
        }
        return all;
    }

    /** Does something on the loop, and waits for it. */
    <T> T call(Callable<T> action) {
        try {
            return group.submit(action).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Does something on the loop again and again. */
    ScheduledFuture<?> every(long micros, Runnable action) {
        return group.scheduleAtFixedRate(action, 0, micros, TimeUnit.MICROSECONDS);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
