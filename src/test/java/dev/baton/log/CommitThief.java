package dev.baton.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/** Stands between a node and PostgreSQL, and can break the connection just when a commit is on its way. */
final class CommitThief implements AutoCloseable {
    /** What becomes of the next commit; the connection breaks in either case. */
    enum Theft {
        NONE,
        /** The server never sees it. */
        COMMIT,
        /** The server commits, the node does not learn of it. */
        ANSWER,
        /** The same, and nobody gets through any more. */
        ANSWER_AND_ALL_AFTER
    }

    /** A statement that commits: the word, or one that is a transaction by itself. */
    private static final Pattern COMMITS = Pattern.compile("COMMIT|WITH moved AS");

    private final ServerSocket listening;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicReference<Theft> next = new AtomicReference<>(Theft.NONE);
    private final AtomicInteger thefts = new AtomicInteger();

    CommitThief(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    void steal(Theft theft) {
        next.set(theft);
    }

    int thefts() {
        return thefts.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.addAll(List.of(client, server));
            AtomicReference<Theft> pending = new AtomicReference<>(Theft.NONE);
            start(() -> forward(client, server, pending));
            start(() -> back(server, client, pending));
        }
    }

    private void forward(Socket client, Socket server, AtomicReference<Theft> pending) throws IOException {
        byte[] buffer = new byte[1 << 16];
        InputStream in = client.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (COMMITS.matcher(new String(buffer, 0, n, StandardCharsets.ISO_8859_1))
                    .find()) {
                pending.set(next.getAndSet(Theft.NONE));
                if (pending.get() == Theft.COMMIT) {
                    thefts.incrementAndGet();
                    cut(client, server);
                    return;
                }
            }
            out.write(buffer, 0, n);
        }
        cut(client, server);
    }

    private void back(Socket server, Socket client, AtomicReference<Theft> pending) throws IOException {
        byte[] buffer = new byte[1 << 16];
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (pending.get() != Theft.NONE) {
                thefts.incrementAndGet();
                if (pending.get() == Theft.ANSWER_AND_ALL_AFTER) {
                    close();
                }
                cut(client, server);
                return;
            }
            out.write(buffer, 0, n);
        }
        cut(client, server);
    }

    private static void cut(Socket client, Socket server) throws IOException {
        client.close();
        server.close();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One of the two ended the connection, or the test is over.
                    }
                },
                "commit-thief");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
