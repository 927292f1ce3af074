package dev.baton.heartbeat;

import static dev.baton.heartbeat.Simulation.STEP;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** How pings of thousands spread over time. */
class SpreadTest {

    private static final Pace PACE = new Pace(5_000, 10_000);
    private static final int MANY = 15_000;

    private final HeartbeatWheel<Socket> wheel = new HeartbeatWheel<>(Simulation.TICK, 0);
    private final List<Socket> sockets = new ArrayList<>();
    private final Pinging pinging = new Pinging();
    private final Random random = new Random(4711);
    private long now;

    @Test
    void manyWhoComeInOneMomentArePingedEvenlyAndEachOnItsBeat() {
        come(MANY);
        run(5_000);
        pinging.forget();
        run(60_000);

        assertThat(pinging.count).isEqualTo(12L * MANY);
        assertThat(pinging.shortest).isGreaterThanOrEqualTo(4_980);
        assertThat(pinging.longest).isLessThanOrEqualTo(5_020);
        assertThat(pinging.largestShare()).isLessThanOrEqualTo(0.024);
    }

    @Test
    void fewAreSpreadAsEvenlyAsMany() {
        come(50);
        run(60_000);
        assertThat(pinging.largestShare()).isLessThanOrEqualTo(0.04);
    }

    @Test
    void itStaysEvenWhileThousandsLeaveAndCome() {
        come(MANY);
        run(5_000);
        pinging.forget();
        for (int wave = 0; wave < 20; wave++) {
            leave(5_000, socket -> true);
            run(random.nextInt(3_000));
            come(5_000);
            run(random.nextInt(3_000));
        }
        assertThat(pinging.largestShare()).isLessThanOrEqualTo(0.04);
        assertThat(pinging.shortest).isGreaterThanOrEqualTo(4_500);
        assertThat(pinging.longest).isLessThanOrEqualTo(5_500);
    }

    @Test
    void itIsEvenAtOnceWhenAllButTheLastWaveLeave() {
        come(12_000);
        run(7_777);
        come(3_000);
        run(3_333);
        List<Socket> last = new ArrayList<>(sockets.subList(12_000, MANY));
        leave(12_000, socket -> !last.contains(socket));
        pinging.forget();
        run(20_000);
        assertThat(pinging.largestShare()).isLessThanOrEqualTo(0.04);
    }

    @Test
    void itGrowsEvenAgainWhenOnlyThoseOfOnePieceOfTheIntervalStay() {
        come(MANY);
        run(5_000);
        leave(MANY, socket -> socket.beat.pingedAt().orElseThrow() > 1_000);
        assertThat(wheel.size()).isBetween(2_900, 3_100);
        pinging.forget();
        run(60_000);
        assertThat(pinging.shortest).isGreaterThanOrEqualTo(4_500);
        assertThat(pinging.longest).isLessThanOrEqualTo(5_500);

        pinging.forget();
        run(20_000);
        assertThat(pinging.largestShare()).isLessThanOrEqualTo(0.04);
    }

    private void come(int count) {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket();
            socket.beat = wheel.add(socket, PACE, now);
            sockets.add(socket);
        }
    }

    private void leave(int count, Predicate<Socket> which) {
        List<Socket> leaving = new ArrayList<>(sockets.stream().filter(which).toList());
        Collections.shuffle(leaving, random);
        leaving = leaving.subList(0, Math.min(count, leaving.size()));
        leaving.forEach(socket -> wheel.remove(socket.beat));
        sockets.removeIf(socket -> !socket.beat.live());
    }

    private void run(long millis) {
        for (long passed = 0; passed < millis; passed += STEP) {
            now += STEP;
            wheel.tick(now, pinging);
            pinging.endOfTick();
        }
    }

    private static final class Socket {
        private Beat<Socket> beat;
        private long pingedBefore = -1;
    }

    /** Answers every ping, and measures them. */
    private final class Pinging implements Visitor<Socket> {

        private static final int TICKS = (int) (100 / STEP);

        private final Deque<Integer> recent = new ArrayDeque<>();
        private int inThisTick;
        private double share;
        private long count;
        private long shortest = Long.MAX_VALUE;
        private long longest = Long.MIN_VALUE;

        @Override
        public void ping(Socket socket) {
            wheel.heard(socket.beat, now);
            if (socket.pingedBefore >= 0) {
                shortest = Math.min(shortest, now - socket.pingedBefore);
                longest = Math.max(longest, now - socket.pingedBefore);
            }
            socket.pingedBefore = now;
            inThisTick++;
            count++;
        }

        @Override
        public void silent(Socket socket) {
            throw new AssertionError("a socket that answers every ping was found silent");
        }

        void endOfTick() {
            recent.add(inThisTick);
            if (recent.size() > TICKS) {
                recent.remove();
            }
            int window = recent.stream().mapToInt(Integer::intValue).sum();
            share = Math.max(share, (double) window / wheel.size());
            inThisTick = 0;
        }

        /** The most that fell into 100 ms, as a share of the pings of an interval at the size of that moment. */
        double largestShare() {
            return share;
        }

        void forget() {
            recent.clear();
            inThisTick = 0;
            share = 0;
            count = 0;
            shortest = Long.MAX_VALUE;
            longest = Long.MIN_VALUE;
        }
    }
}
