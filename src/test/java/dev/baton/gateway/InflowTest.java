package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InflowTest {

    /** How long the decoder takes for a portion, in nanoseconds: four of them fill a turn. */
    private static final long WORK = Inflow.TURN / 4;

    private long now;
    private final Inflow inflow = new Inflow(() -> now);
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final List<String> events = new ArrayList<>();
    private Runnable during = () -> {};

    /** Takes what is handed on, as the decoder would. */
    private final EmbeddedChannel channel = new EmbeddedChannel(inflow, new ChannelInboundHandlerAdapter() {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            taken.writeBytes(ByteBufUtil.getBytes(bytes));
            bytes.release();
            now += WORK;
            during.run();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            events.add("turn over at " + taken.size());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            events.add("closed at " + taken.size());
        }
    });

    private final List<ByteBuf> sent = new ArrayList<>();

    @AfterEach
    void nothingIsLeftBehind() {
        channel.finishAndReleaseAll();
        assertThat(sent).allMatch(bytes -> bytes.refCnt() == 0);
    }

    private byte[] comes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        sent.add(buffer);
        channel.pipeline().fireChannelRead(buffer);
        channel.pipeline().fireChannelReadComplete();
        return bytes;
    }

    private boolean reading() {
        return channel.config().isAutoRead();
    }

    private void othersHaveTheirTurn() {
        channel.runScheduledPendingTasks();
    }

    @Test
    void aLittleIsHandedOnAtOnce() {
        byte[] bytes = comes(3 * Inflow.PORTION);
        assertThat(taken.toByteArray()).isEqualTo(bytes);
        assertThat(reading()).isTrue();
    }

    @Test
    void muchIsHandedOnInTurnsAndNothingIsReadMeanwhile() {
        byte[] bytes = comes(10 * Inflow.PORTION + 1);
        assertThat(taken.size()).isEqualTo(4 * Inflow.PORTION);
        assertThat(reading()).isFalse();

        othersHaveTheirTurn();
        assertThat(taken.size()).isEqualTo(8 * Inflow.PORTION);
        assertThat(reading()).isFalse();

        othersHaveTheirTurn();
        assertThat(taken.toByteArray()).isEqualTo(bytes);
        assertThat(reading()).isTrue();
        assertThat(events)
                .as("what was answered goes out after each turn")
                .containsExactly(
                        "turn over at " + 4 * Inflow.PORTION,
                        "turn over at " + 8 * Inflow.PORTION,
                        "turn over at " + bytes.length);
    }

    @Test
    void whatComesMeanwhileKeepsItsPlace() {
        byte[] first = comes(6 * Inflow.PORTION);
        byte[] second = comes(100);
        assertThat(taken.size()).isEqualTo(4 * Inflow.PORTION);
        othersHaveTheirTurn();
        assertThat(taken.toByteArray()).startsWith(first).endsWith(second).hasSize(first.length + second.length);
    }

    @Test
    void aLongPortionLeavesTheTurnToTheOthersToo() {
        during = () -> now += 10 * Inflow.TURN;
        comes(2 * Inflow.PORTION);
        assertThat(taken.size()).isEqualTo(Inflow.PORTION);
        othersHaveTheirTurn();
        assertThat(taken.size()).isEqualTo(2 * Inflow.PORTION);
    }

    @Test
    void nothingIsHandedOnWhileItIsHeld() {
        during = inflow::hold;
        byte[] bytes = comes(2 * Inflow.PORTION);
        byte[] more = comes(10);
        othersHaveTheirTurn();
        assertThat(taken.size()).as("the portion that was in hand").isEqualTo(Inflow.PORTION);
        assertThat(reading()).isFalse();

        during = () -> {};
        inflow.goOn();
        assertThat(taken.size()).as("in its turn").isEqualTo(Inflow.PORTION);
        othersHaveTheirTurn();
        assertThat(taken.toByteArray()).startsWith(bytes).endsWith(more).hasSize(bytes.length + more.length);
        assertThat(reading()).isTrue();
    }

    @Test
    void oneThatIsHeldWithNothingThereGoesOnReadingLater() {
        inflow.hold();
        comes(10);
        assertThat(reading()).isFalse();
        inflow.goOn();
        othersHaveTheirTurn();
        assertThat(taken.size()).isEqualTo(10);
        assertThat(reading()).isTrue();
    }

    @Test
    void heldWhileATurnIsPlannedItWaits() {
        comes(6 * Inflow.PORTION);
        inflow.hold();
        othersHaveTheirTurn();
        assertThat(taken.size()).isEqualTo(4 * Inflow.PORTION);
        inflow.goOn();
        othersHaveTheirTurn();
        assertThat(taken.size()).isEqualTo(6 * Inflow.PORTION);
    }

    @Test
    void theLastWordsOfWhoeverGoesAreHandedOnBeforeTheEnd() {
        byte[] bytes = comes(10 * Inflow.PORTION);
        channel.finish();
        assertThat(taken.toByteArray()).isEqualTo(bytes);
        assertThat(events).contains("closed at " + bytes.length);
    }

    @Test
    void ofWhoeverGoesWhileItIsHeldNothingMoreIsHandedOn() {
        during = inflow::hold;
        comes(10 * Inflow.PORTION);
        channel.finish();
        assertThat(taken.size()).isEqualTo(Inflow.PORTION);
        assertThat(events).contains("closed at " + Inflow.PORTION);
    }

    @Test
    void whatIsDroppedIsReadAllTheSame() {
        during = inflow::drop;
        comes(2 * Inflow.PORTION);
        comes(10);
        othersHaveTheirTurn();
        assertThat(taken.size()).isEqualTo(Inflow.PORTION);
        assertThat(reading()).isTrue();
    }

    @Test
    void afterAFrameAgainstTheRulesNothingReachesTheDecoder() {
        AtomicInteger calls = new AtomicInteger();
        List<CloseCode> broken = new ArrayList<>();
        Inflow before = new Inflow(System::nanoTime);
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(100)
                .closeOnProtocolViolation(false)
                .build();
        WebSocket13FrameDecoder decoder = new WebSocket13FrameDecoder(config) {
            @Override
            protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
                calls.incrementAndGet();
                super.decode(context, in, out);
            }
        };
        EarlyFrames early = new EarlyFrames(before, new EarlyFrames.Sink() {
            @Override
            public void pong() {
                throw new AssertionError("no pong was sent");
            }

            @Override
            public void broken(CloseCode code) {
                broken.add(code);
            }
        });
        EmbeddedChannel socket = new EmbeddedChannel(before, decoder, early);
        socket.writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) 0x81, (byte) 0xfe, 1, 0, 0, 0, 0, 0}));
        for (int i = 0; i < 10; i++) {
            ByteBuf rest = Unpooled.wrappedBuffer(new byte[60_000]);
            socket.writeInbound(rest);
            assertThat(rest.refCnt()).isZero();
        }
        assertThat(broken).containsExactly(CloseCode.TOO_LARGE);
        assertThat(calls.get()).isEqualTo(1);
        socket.finishAndReleaseAll();
    }
}
