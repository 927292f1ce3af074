package dev.baton.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationTest {

    private final HeartbeatWheel<Integer> wheel = new HeartbeatWheel<>(HeartbeatWheel.TICK, 0);
    private final List<Beat<Integer>> beats = new ArrayList<>();
    private long now;
    private long pings;

    private final Visitor<Integer> answering = new Visitor<>() {
        @Override
        public void ping(Integer subject) {
            wheel.heard(beats.get(subject), now);
            pings++;
        }

        @Override
        public void silent(Integer subject) {
            throw new AssertionError("a socket that answers every ping was found silent");
        }
    };

    @Test
    void aMinuteOfPingsAndDeadlinesAllocatesNothing() {
        for (int i = 0; i < 5_000; i++) {
            beats.add(wheel.add(i, i % 10 == 0 ? new Pace(2_000, 5_000) : new Pace(5_000, 10_000), now));
        }
        aMinute();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long pingsBefore = pings;
        long before = threads.getCurrentThreadAllocatedBytes();
        aMinute();
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(pings - pingsBefore).isEqualTo(4_500 * 12 + 500 * 30);
        assertThat(allocated).as("bytes for 69,000 pings").isLessThan(4_096);
    }

    private void aMinute() {
        for (int i = 0; i < 60_000 / 20; i++) {
            now += 20;
            wheel.tick(now, answering);
        }
    }
}
