package dev.baton.cluster;

import com.hazelcast.internal.util.Clock;
import java.util.function.LongSupplier;

/**
 * The time of day that Hazelcast goes by: asked of the machine once, and from then on counted by the monotonic clock.
 * Thread-safe.
 *
 * <p>Hazelcast reckons by the machine's clock how old a heartbeat is, whether an operation has come in time, and what
 * time the cluster has. When somebody sets that clock, heartbeats and operations that are quite fresh are refused as
 * too old: a cluster whose eldest member's clock was set back by a minute stood still for that minute. With this one, a
 * node whose machine's clock is set lives on as if nothing had happened; that its time of day then differs from others'
 * is what Hazelcast makes good for in any cluster ({@code ClusterClock}).
 */
public final class SteadyClock extends Clock.ClockImpl {

    /**
     * Hazelcast makes an instance of the class of this name when it first asks for the time ({@code ClockProperties}).
     */
    private static final String PROPERTY = "com.hazelcast.clock.impl";

    private static final long NANOS = 1_000_000;

    private final LongSupplier nanos;
    private final long wall;
    private final long start;

    /** One that begins with the machine's time. Public because Hazelcast makes it by name. */
    public SteadyClock() {
        this(System.currentTimeMillis(), System::nanoTime);
    }

    /**
     * One of its own.
     *
     * @param wall what it shows now, in milliseconds since 1970
     * @param nanos a monotonic clock that starts anywhere, in nanoseconds
     */
    SteadyClock(long wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        this.start = nanos.getAsLong();
    }

    /**
     * Makes it the clock of this JVM's Hazelcast, unless another one is named, or Hazelcast has asked for the time
     * before.
     */
    static void install() {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, SteadyClock.class.getName());
        }
    }

    @Override
    protected long currentTimeMillis() {
        return wall + (nanos.getAsLong() - start) / NANOS;
    }
}
