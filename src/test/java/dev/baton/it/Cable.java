package dev.baton.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is between a client and a node, and can be pulled: then nothing passes, and neither end is told. A thin one lets
 * little pass and holds little. Any thread.
 */
final class Cable implements AutoCloseable {
    private static final int PORTION = 16_384;
    private static final int THIN_BUFFER = 32_768;

    private final ServerSocket near;
    private final int port;
    private final long bytesPerSecond;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private boolean pulled;

    /** To a port of this machine. */
    Cable(int port) {
        this(port, Long.MAX_VALUE);
    }

    /** A thin one, through which so much passes in each direction. */
    static Cable thin(int port, long bytesPerSecond) {
        return new Cable(port, bytesPerSecond);
    }

    private Cable(int port, long bytesPerSecond) {
        this.port = port;
        this.bytesPerSecond = bytesPerSecond;
        try {
            near = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        run(this::accept);
    }

    /** The port of its near end. */
    int port() {
        return near.getLocalPort();
    }

    /** Nothing passes from now on. */
    synchronized void pull() {
        pulled = true;
    }

    /** What waited passes. */
    synchronized void plug() {
        pulled = false;
        notifyAll();
    }

    private synchronized void awaitPlugged() throws InterruptedException {
        while (pulled) {
            wait();
        }
    }

    private boolean thin() {
        return bytesPerSecond < Long.MAX_VALUE;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = near.accept();
                open.add(client);
                Socket node = new Socket();
                open.add(node);
                if (thin()) {
                    node.setReceiveBufferSize(THIN_BUFFER);
                }
                node.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                run(() -> carry(client, node));
                run(() -> carry(node, client));
            }
        } catch (IOException closed) {
            // The end of this cable.
        }
    }

    private void carry(Socket from, Socket to) {
        byte[] bytes = new byte[PORTION];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                awaitPlugged();
                if (thin()) {
                    Thread.sleep(1_000L * count / bytesPerSecond);
                }
                out.write(bytes, 0, count);
            }
            awaitPlugged();
        } catch (IOException ended) {
            // One end is gone, and so is the other.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "cable");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        plug();
        try {
            near.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
