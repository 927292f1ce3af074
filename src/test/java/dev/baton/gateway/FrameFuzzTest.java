package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.BadMessage;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.CloseCode;
import dev.baton.protocol.MessageReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Connections that send nonsense made of sense: good messages, cut, joined, bent, repeated and fragmented, as bytes in
 * turns through the decoder of frames, the assembler and the reader. Each ends in a message, an answer or a close code;
 * nothing else is thrown, nothing that is too large comes out, none takes long, and no buffer is left behind.
 *
 * <p>Runs for some seconds; {@code -Dbaton.test.fuzz=PT1H} (as the profile {@code fuzz} has it) for an hour. A failure
 * names its seed, with which {@code -Dbaton.test.fuzz.seed} runs that one connection again.
 */
class FrameFuzzTest {
    private static final Duration TIME = Duration.parse(System.getProperty("baton.test.fuzz", "PT5S"));
    private static final int LARGEST = 4_096;

    /** Of the processor's time: a machine that stood still in between is no fault of a connection's. */
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    /** Far longer than any one connection takes, and far shorter than a hang. */
    private static final Duration SLOW = Duration.ofSeconds(5);

    private static final List<String> MESSAGES = List.of(
            "{\"type\":\"hello\",\"user\":{\"id\":\"ann\",\"name\":\"Ann\"},\"resume\":\"a.b\",\"token\":\"a.b.c\"}",
            "{\"type\":\"join\",\"ref\":1,\"document\":\"a/b\",\"mode\":\"edit\",\"after\":7,\"log\":\"l\"}",
            "{\"type\":\"answer\",\"ref\":\"x\",\"document\":\"d\",\"epoch\":3,\"session\":\"s\",\"accept\":true}",
            "{\"type\":\"release\",\"document\":\"d\",\"epoch\":9223372036854775807,\"to\":\"s\"}",
            "{\"type\":\"update\",\"document\":\"d\",\"epoch\":1,\"id\":\"i\",\"data\":{\"a\":[1,2.5e3,\"\\u20ac😀\",null]}}",
            "{\"type\":\"snapshot\",\"document\":\"d\",\"epoch\":1,\"seq\":5,\"data\":[[[[[[]]]]]]}",
            "{\"type\":\"handover\",\"document\":\"d\",\"session\":\"s\"}",
            "{\"type\":\"signal\",\"document\":\"d\",\"data\":\"€\"}",
            "{\"type\":\"ping\",\"ref\":-1.5e-7}");

    private static final byte[][] SCRAPS = {
        {0},
        {(byte) 0xff},
        {(byte) 0xc0, (byte) 0x80},
        {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
        {'\\', 'u', 'd', '8'},
        "{\"type\":".getBytes(StandardCharsets.UTF_8),
        "[".repeat(200).getBytes(StandardCharsets.UTF_8),
        "\"".getBytes(StandardCharsets.UTF_8),
        "9".repeat(1_100).getBytes(StandardCharsets.UTF_8),
        {'}', '}'},
        {'/', '*'}
    };

    /** What came of one connection. */
    private static final class Outcome implements FrameAssembler.Sink {
        private final MessageReader reader = new MessageReader(64, 1_024);
        private int messages;
        private int refused;
        private boolean closed;

        @Override
        public void text(String message) {
            assertThat(message.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(LARGEST);
            try {
                ClientMessage read = reader.read(message);
                assertThat(read.toString()).doesNotContain("\"data\"");
                messages++;
            } catch (BadMessage bad) {
                assertThat(bad.getMessage()).isNotBlank().doesNotContain("\n");
                refused++;
            }
        }

        @Override
        public void broken(CloseCode code) {
            closed = true;
        }
    }

    @Test
    void whateverIsSentEndsInAMessageAnAnswerOrACloseCode() {
        String one = System.getProperty("baton.test.fuzz.seed");
        if (one != null) {
            run(Long.parseLong(one));
            return;
        }
        long end = System.nanoTime() + TIME.toNanos();
        Random seeds = new Random();
        long connections = 0;
        long messages = 0;
        long refused = 0;
        long closed = 0;
        while (System.nanoTime() < end) {
            Outcome outcome = run(seeds.nextLong());
            connections++;
            messages += outcome.messages;
            refused += outcome.refused;
            closed += outcome.closed ? 1 : 0;
        }
        assertThat(connections).isGreaterThan(100);
        assertThat(messages).as("some get through to the reader and are taken").isPositive();
        assertThat(refused).as("some get through to the reader and are not").isPositive();
        assertThat(closed).as("some do not even get there").isPositive();
    }

    private static Outcome run(long seed) {
        long start = CLOCK.getCurrentThreadCpuTime();
        try {
            Outcome outcome = connection(new Random(seed));
            assertThat(Duration.ofNanos(CLOCK.getCurrentThreadCpuTime() - start))
                    .isLessThan(SLOW);
            return outcome;
        } catch (RuntimeException | Error failure) {
            throw new AssertionError("with seed " + seed, failure);
        }
    }

    /**
     * The way from the wire to a message as it is in a node, with turns that end, and are held, when it pleases chance.
     */
    private static Outcome connection(Random random) {
        AtomicLong nanos = new AtomicLong();
        Inflow inflow = new Inflow(() -> nanos.addAndGet(random.nextInt(3) == 0 ? Inflow.TURN : 1));
        FrameAssembler assembler = new FrameAssembler(LARGEST);
        Throttle throttle = new Throttle(200, 1 << 20, LARGEST, 0);
        Outcome outcome = new Outcome();
        EmbeddedChannel channel = new EmbeddedChannel(
                inflow,
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                        .expectMaskedFrames(true)
                        .maxFramePayloadLength(LARGEST)
                        .closeOnProtocolViolation(false)
                        .build()),
                new EarlyFrames(inflow, new EarlyFrames.Sink() {
                    @Override
                    public void pong() {
                        outcome.closed |= throttle.uncredited(nanos.get() / 1_000_000) == Throttle.Verdict.CLOSE;
                    }

                    @Override
                    public void broken(CloseCode code) {
                        outcome.broken(code);
                    }
                }),
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object frame) {
                        take((WebSocketFrame) frame, assembler, throttle, outcome, nanos.get() / 1_000_000);
                        if (random.nextInt(50) == 0) {
                            inflow.hold();
                        }
                    }
                });
        // Not wrapped: of nothing at all there would be one buffer for everybody, which is never given back.
        ByteBuf bytes = Unpooled.buffer().writeBytes(bytes(random));
        try {
            while (bytes.isReadable() && !outcome.closed) {
                int most = random.nextInt(8) == 0 ? 4 * Inflow.PORTION : 300;
                channel.writeInbound(
                        bytes.readRetainedSlice(Math.min(bytes.readableBytes(), 1 + random.nextInt(most))));
                do {
                    inflow.goOn();
                    channel.runScheduledPendingTasks();
                } while (!channel.config().isAutoRead() && random.nextInt(20) != 0); // some come all the same
            }
            channel.checkException();
        } finally {
            channel.finishAndReleaseAll();
            bytes.release();
        }
        assertThat(bytes.refCnt()).as("nobody holds what came in").isZero();
        return outcome;
    }

    private static void take(
            WebSocketFrame frame, FrameAssembler assembler, Throttle throttle, Outcome outcome, long now) {
        try {
            int length = frame.content().readableBytes();
            if (outcome.closed) {
                return;
            }
            if (frame instanceof TextWebSocketFrame) {
                throttle.first(length, now);
                assembler.text(BufferInternal.safeBuffer(frame.content().retain()), frame.isFinalFragment(), outcome);
            } else if (frame instanceof ContinuationWebSocketFrame) {
                throttle.further(length, now);
                assembler.continuation(
                        BufferInternal.safeBuffer(frame.content().retain()), frame.isFinalFragment(), outcome);
            } else {
                outcome.closed |= throttle.uncredited(now) == Throttle.Verdict.CLOSE;
            }
            outcome.closed |= throttle.endless();
        } finally {
            frame.release();
        }
    }

    // ---- what is sent ---------------------------------------------------------------------------------------------

    private static byte[] bytes(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int messages = 1 + random.nextInt(8);
        for (int i = 0; i < messages; i++) {
            byte[] message =
                    bent(MESSAGES.get(random.nextInt(MESSAGES.size())).getBytes(StandardCharsets.UTF_8), random);
            int from = 0;
            boolean begun = false;
            do {
                int left = message.length - from;
                int length = random.nextInt(4) == 0 ? random.nextInt(left + 1) : left;
                boolean last = from + length == message.length && random.nextInt(20) != 0;
                frame(out, begun ? 0 : 1, last, message, from, length, random);
                begun = true;
                from += length;
                if (random.nextInt(10) == 0) {
                    frame(out, 9 + random.nextInt(2), true, message, 0, Math.min(message.length, 125), random);
                }
            } while (from < message.length);
        }
        byte[] all = out.toByteArray();
        return random.nextInt(3) == 0 ? bent(all, random) : all;
    }

    private static void frame(
            ByteArrayOutputStream out, int opcode, boolean last, byte[] from, int at, int length, Random random) {
        out.write((last ? 0x80 : 0) | (random.nextInt(200) == 0 ? random.nextInt(128) : opcode));
        int masked = random.nextInt(200) == 0 ? 0 : 0x80;
        if (length < 126) {
            out.write(masked | length);
        } else {
            out.write(masked | 126);
            out.write(length >> 8);
            out.write(length);
        }
        byte[] mask = new byte[4];
        random.nextBytes(mask);
        if (masked != 0) {
            out.writeBytes(mask);
        }
        for (int i = 0; i < length; i++) {
            out.write(masked == 0 ? from[at + i] : from[at + i] ^ mask[i % 4]);
        }
    }

    /** Now and then as it is; else with some bytes changed, taken out, put in or doubled. */
    private static byte[] bent(byte[] good, Random random) {
        byte[] bytes = good;
        for (int wounds = random.nextInt(4); wounds > 0; wounds--) {
            int at = random.nextInt(bytes.length + 1);
            int end = Math.min(bytes.length, at + random.nextInt(20));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, at);
            switch (random.nextInt(5)) {
                case 0 -> out.write(random.nextInt());
                case 1 -> out.writeBytes(SCRAPS[random.nextInt(SCRAPS.length)]);
                case 2 -> out.write(bytes, at, end - at);
                case 3 -> {
                    for (int i = random.nextInt(60); i > 0; i--) {
                        out.write(bytes, at, end - at);
                    }
                }
                default -> at = end;
            }
            out.write(bytes, at, bytes.length - at);
            bytes = out.toByteArray();
        }
        return bytes;
    }
}
