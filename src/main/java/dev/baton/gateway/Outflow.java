package dev.baton.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.http.ServerWebSocket;

/**
 * What goes out to one client: gathered until the loop's turn is over, and bounded. One frame at a time does not count
 * against it while it is on its way: what the client asked for itself, such as a document's content, or a large one,
 * which takes its time on any line. Confined to the socket's loop.
 */
final class Outflow {
    /** A frame of this many bytes is a large one. */
    static final int LARGE = 64 * 1024;

    private final EncodedFrames frames;
    private final Loop loop;
    private final long bound;
    private boolean planned;

    /** Bytes of the frame under way that do not count. */
    private long asked;

    /** @param bound so many bytes may be unread when another frame is to be sent */
    Outflow(ServerWebSocket socket, Loop loop, long bound) {
        this.frames = new EncodedFrames(socket);
        this.loop = loop;
        this.bound = bound;
    }

    /** What allocates frames for this client. */
    ByteBufAllocator allocator() {
        return frames.allocator();
    }

    /** The whole frame, as it is sent; the caller releases it or has it {@link #write written}. */
    ByteBuf encode(String text) {
        return EncodedFrames.encode(frames.allocator(), text);
    }

    /** Whether so much is unread that nothing more should be sent. */
    boolean full() {
        return frames.unread() - asked > bound;
    }

    /** Puts a frame, which this releases, in line. */
    void write(ByteBuf frame) {
        if (asked == 0 && frame.readableBytes() >= LARGE) {
            writeAsked(frame, () -> {});
            return;
        }
        frames.write(frame);
        flushAtTheEnd();
    }

    /** The same with one that the client asked for; tells when the system has taken it or the connection has ended. */
    void writeAsked(ByteBuf frame, Runnable taken) {
        long size = asked == 0 ? frame.readableBytes() : 0;
        asked += size;
        frames.write(frame, () -> {
            asked -= size;
            taken.run();
        });
        flushAtTheEnd();
    }

    /** Puts a ping in line. */
    void ping() {
        frames.ping();
        flushAtTheEnd();
    }

    /** Hands what is in line to the system: the turn is over, or will not be. */
    void flush() {
        planned = false;
        frames.flush();
    }

    private void flushAtTheEnd() {
        if (!planned) {
            planned = true;
            loop.flushSoon(this);
        }
    }
}
