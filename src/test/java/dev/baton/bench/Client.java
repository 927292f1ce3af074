package dev.baton.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One WebSocket, as cheap as it can be: a frame's header is read, its payload only where something in it is wanted. It
 * says hello, joins if there is something to join, and answers pings. Confined to the load's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends the channel, which is noticed
final class Client extends ByteToMessageDecoder {
    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;

    private static final String HANDSHAKE = String.join(
            "\r\n",
            "GET /socket HTTP/1.1",
            "Host: 127.0.0.1",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: baton.v1",
            "",
            "");

    private static final byte[] END_OF_HEADERS = {'\r', '\n', '\r', '\n'};
    private static final byte[] ENTRIES = ascii("{\"type\":\"entries\"");
    private static final byte[] SEQ = ascii("\"seq\":");
    private static final byte[] SENT = ascii("\"t\":");

    /** The first {@code seq} of a frame stands well within this. */
    private static final int HEAD = 256;

    /**
     * Who it is.
     *
     * @param user the user's id
     * @param document what to join, empty for nothing
     * @param mode how
     * @param watched whether each entry is looked at, or only how far the frames go
     */
    record Part(String user, String document, String mode, boolean watched) {}

    final Part part;
    private final Tally tally;
    private String resume;
    private ChannelHandlerContext channel;
    private boolean upgraded;
    private long epoch;
    private long first = -1;
    private long last;
    private long seen;
    private boolean leaving;

    Client(Part part, Tally tally, String resume) {
        this.part = part;
        this.tally = tally;
        this.resume = resume;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // ---- what it knows --------------------------------------------------------------------------------------------

    /** The secret to come back with, empty before the welcome. */
    String resume() {
        return resume;
    }

    /** The pen's epoch when it joined. */
    long epoch() {
        return epoch;
    }

    /**
     * How many entries have come since {@link #recount}; of one that is not watched, all but those of the newest frame.
     */
    long entries() {
        return part.watched() ? seen : first < 0 ? 0 : last - first;
    }

    /** The seq of the newest entry known to have come: of one that is not watched, the first of the newest frame. */
    long reached() {
        return last;
    }

    /** Counts from here. */
    void recount() {
        first = -1;
        seen = 0;
    }

    // ---- what comes in --------------------------------------------------------------------------------------------

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx;
        ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), HANDSHAKE));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!upgraded) {
            upgrade(in);
        }
        while (upgraded && frame(in)) {
            // as many as there are
        }
    }

    private void upgrade(ByteBuf in) {
        int end = indexOf(in, in.readerIndex(), in.writerIndex(), END_OF_HEADERS);
        if (end < 0) {
            return;
        }
        String status = in.toString(in.readerIndex(), Math.min(64, end - in.readerIndex()), StandardCharsets.US_ASCII);
        if (!status.startsWith("HTTP/1.1 101")) {
            tally.failed(status.lines().findFirst().orElse(""));
            channel.close();
            return;
        }
        in.readerIndex(end + END_OF_HEADERS.length);
        upgraded = true;
        send("{\"type\":\"hello\",\"user\":{\"id\":\"" + part.user() + "\",\"name\":\"" + part.user() + "\"}"
                + (resume.isEmpty() ? "" : ",\"resume\":\"" + resume + "\"") + "}");
    }

    /** Reads one frame, or nothing when it is not all there. */
    private boolean frame(ByteBuf in) {
        int start = in.readerIndex();
        int there = in.readableBytes();
        if (there < 2) {
            return false;
        }
        int opcode = in.getByte(start) & 0x0f;
        int length = in.getByte(start + 1) & 0x7f;
        int header = length < 126 ? 2 : length == 126 ? 4 : 10;
        if (there < header) {
            return false;
        }
        if (length == 126) {
            length = in.getUnsignedShort(start + 2);
        } else if (length == 127) {
            length = (int) in.getLong(start + 2);
        }
        if (there < header + length) {
            return false;
        }
        int from = start + header;
        in.readerIndex(from + length);
        switch (opcode) {
            case TEXT -> text(in, from, from + length);
            case PING -> {
                tally.pings.increment();
                write(PONG, in.slice(from, length));
            }
            case CLOSE -> closed(length < 2 ? 1005 : in.getUnsignedShort(from));
            default -> tally.failed("a frame of kind " + opcode);
        }
        return true;
    }

    private void text(ByteBuf in, int from, int to) {
        if (startsWith(in, from, to, ENTRIES)) {
            entries(in, from, to);
            return;
        }
        String head = in.toString(from, Math.min(to - from, HEAD), StandardCharsets.UTF_8);
        if (head.startsWith("{\"type\":\"welcome\"")) {
            welcome(head);
        } else if (head.startsWith("{\"type\":\"joined\"")) {
            String all = in.toString(from, to - from, StandardCharsets.UTF_8);
            last = number(all, "\"seq\":");
            epoch = number(all.substring(all.lastIndexOf("\"rights\":{")), "\"epoch\":");
            tally.joined.incrementAndGet();
        } else if (head.startsWith("{\"type\":\"applied\"")) {
            tally.applied.increment();
        } else if (head.startsWith("{\"type\":\"presence\"")) {
            tally.presence(in.toString(from, to - from, StandardCharsets.UTF_8));
        } else if (head.startsWith("{\"type\":\"error\"")
                && head.contains("\"retry\":")
                && !part.document().isEmpty()) {
            tally.retries.increment();
            channel.executor().schedule(this::join, number(head, "\"retry\":"), TimeUnit.MILLISECONDS);
        } else if (head.startsWith("{\"type\":\"error\"") || head.startsWith("{\"type\":\"fenced\"")) {
            tally.failed(head);
        }
    }

    private void welcome(String head) {
        resume = text(head, "\"resume\":\"");
        tally.welcomed(head.contains("\"resumed\":true"));
        if (!part.document().isEmpty()) {
            join();
        }
    }

    private void join() {
        if (!leaving) {
            send("{\"type\":\"join\",\"document\":\"" + part.document() + "\",\"mode\":\"" + part.mode() + "\"}");
        }
    }

    private void entries(ByteBuf in, int from, int to) {
        tally.frames.increment();
        if (!part.watched()) {
            int at = indexOf(in, from, Math.min(to, from + HEAD), SEQ);
            long seq = digits(in, at + SEQ.length);
            first = first < 0 ? seq : first;
            last = seq;
            return;
        }
        long now = System.nanoTime();
        for (int at = indexOf(in, from, to, SEQ); at >= 0; at = indexOf(in, at + SEQ.length, to, SEQ)) {
            long seq = digits(in, at + SEQ.length);
            if (seq != last + 1) {
                tally.failed("seq " + seq + " after " + last);
            }
            last = seq;
            seen++;
            int sent = indexOf(in, at, to, SENT);
            if (sent >= 0) {
                tally.latency(now, digits(in, sent + SENT.length));
            }
        }
    }

    // ---- what goes out --------------------------------------------------------------------------------------------

    /** Sends a text frame. */
    void send(String text) {
        ByteBuf payload = ByteBufUtil.writeUtf8(channel.alloc(), text);
        write(TEXT, payload);
        payload.release();
    }

    /** Masked by zeros, as every frame of a client has to be masked and none of these needs it. */
    private void write(int opcode, ByteBuf payload) {
        int length = payload.readableBytes();
        ByteBuf frame = channel.alloc().directBuffer(length + 8);
        frame.writeByte(0x80 | opcode);
        if (length < 126) {
            frame.writeByte(0x80 | length);
        } else {
            frame.writeByte(0x80 | 126).writeShort(length);
        }
        frame.writeInt(0).writeBytes(payload);
        channel.writeAndFlush(frame, channel.voidPromise());
    }

    /** Drops the connection, as a network would: with no close. */
    void drop() {
        leaving = true;
        channel.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }

    private void closed(int code) {
        if (!leaving) {
            tally.failed("closed with " + code);
        }
        leaving = true;
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!leaving) {
            tally.failed("connection lost");
        }
        tally.gone.incrementAndGet();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!leaving) {
            tally.failed(cause.toString());
        }
        ctx.close();
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    private static boolean startsWith(ByteBuf in, int from, int to, byte[] what) {
        if (to - from < what.length) {
            return false;
        }
        for (int i = 0; i < what.length; i++) {
            if (in.getByte(from + i) != what[i]) {
                return false;
            }
        }
        return true;
    }

    private static int indexOf(ByteBuf in, int from, int to, byte[] what) {
        int end = to - what.length;
        for (int at = from; at <= end; at++) {
            at = in.indexOf(at, end + 1, what[0]);
            if (at < 0) {
                return -1;
            }
            if (startsWith(in, at, to, what)) {
                return at;
            }
        }
        return -1;
    }

    private static long digits(ByteBuf in, int at) {
        long number = 0;
        for (int i = at; ; i++) {
            int digit = in.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                return number;
            }
            number = 10 * number + digit;
        }
    }

    private static long number(String json, String name) {
        int from = json.indexOf(name) + name.length();
        int to = from;
        while (to < json.length() && Character.isDigit(json.charAt(to))) {
            to++;
        }
        return to == from ? 0 : Long.parseLong(json.substring(from, to));
    }

    private static String text(String json, String name) {
        int from = json.indexOf(name) + name.length();
        return json.substring(from, json.indexOf('"', from));
    }
}
