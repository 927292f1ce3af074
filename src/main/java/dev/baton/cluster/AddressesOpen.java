package dev.baton.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds out which addresses somebody listens on. */
final class AddressesOpen {

    private AddressesOpen() {}

    /**
     * Those of the candidates that accepted a TCP connection. All are tried at once; the connections are closed again.
     * Blocks the calling thread for at most {@code patience}; an address that takes longer is not among the answers.
     */
    static Set<InetSocketAddress> among(Collection<InetSocketAddress> candidates, Duration patience) {
        Set<InetSocketAddress> open = new HashSet<>();
        List<SocketChannel> channels = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            int waiting = 0;
            for (InetSocketAddress candidate : candidates) {
                waiting += begin(candidate, selector, channels, open) ? 1 : 0;
            }
            long end = System.nanoTime() + patience.toNanos();
            while (waiting > 0) {
                long millis = (end - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    break;
                }
                selector.select(millis);
                for (SelectionKey key : selector.selectedKeys()) {
                    finish(key, open);
                    waiting--;
                }
                selector.selectedKeys().clear();
            }
            return open;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            channels.forEach(AddressesOpen::close);
        }
    }

    /** Whether the answer is still to come. */
    private static boolean begin(
            InetSocketAddress candidate, Selector selector, List<SocketChannel> channels, Set<InetSocketAddress> open)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        channels.add(channel);
        channel.configureBlocking(false);
        try {
            if (channel.connect(candidate)) {
                open.add(candidate);
                return false;
            }
            channel.register(selector, SelectionKey.OP_CONNECT, candidate);
            return true;
        } catch (IOException e) {
            // Refused at once, or no way there: not open.
            return false;
        }
    }

    private static void finish(SelectionKey key, Set<InetSocketAddress> open) {
        try {
            if (((SocketChannel) key.channel()).finishConnect()) {
                open.add((InetSocketAddress) key.attachment());
            }
        } catch (IOException e) {
            // Refused: not open.
        }
        key.cancel();
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was sent over it; there is nothing to lose.
        }
    }
}
