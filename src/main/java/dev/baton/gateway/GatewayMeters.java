package dev.baton.gateway;

import dev.baton.protocol.CloseCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * What the gateway counts and measures, since the node started. Any thread; adding costs some nanoseconds and takes no
 * lock, so it may be done for each frame.
 */
public final class GatewayMeters {
    private final LongAdder pings = new LongAdder();
    private final LongAdder pongs = new LongAdder();
    private final LongAdder messages = new LongAdder();
    private final LongAdder deliveries = new LongAdder();

    /** Filled here and never changed. */
    private final Map<CloseCode, LongAdder> closed = new EnumMap<>(CloseCode.class);

    /** Filled here and never changed. */
    private final Map<Refusals.Cause, LongAdder> refused = new EnumMap<>(Refusals.Cause.class);

    private final LongConsumer roundTrips;
    private final LongConsumer lags;

    /**
     * Meters at zero.
     *
     * @param roundTrips takes the time from each ping to its pong, in nanoseconds, on any event loop
     * @param lags takes how late each turn of an event loop's timer was, in nanoseconds, on that loop
     */
    public GatewayMeters(LongConsumer roundTrips, LongConsumer lags) {
        this.roundTrips = roundTrips;
        this.lags = lags;
        for (CloseCode code : CloseCode.values()) {
            closed.put(code, new LongAdder());
        }
        for (Refusals.Cause cause : Refusals.Cause.values()) {
            refused.put(cause, new LongAdder());
        }
    }

    void pinged() {
        pings.increment();
    }

    /** A pong came, that long after the ping. */
    void ponged(long nanos) {
        pongs.increment();
        roundTrips.accept(nanos);
    }

    void received() {
        messages.increment();
    }

    /** A frame was handed to so many connections. */
    void delivered(int connections) {
        deliveries.add(connections);
    }

    void closed(CloseCode code) {
        closed.get(code).increment();
    }

    void refused(Refusals.Cause cause) {
        refused.get(cause).increment();
    }

    void lagged(long nanos) {
        lags.accept(nanos);
    }

    /** Pings sent. */
    public long pings() {
        return pings.sum();
    }

    /** Pings answered. */
    public long pongs() {
        return pongs.sum();
    }

    /** Messages received, the bad ones too. */
    public long messages() {
        return messages.sum();
    }

    /** Frames for several connections, counted once for each of them. */
    public long deliveries() {
        return deliveries.sum();
    }

    /** Sockets that this node closed with that code. */
    public long closes(CloseCode code) {
        return closed.get(code).sum();
    }

    /** How many handshakes were refused, by cause. */
    public Map<String, LongSupplier> refusals() {
        Map<String, LongSupplier> counts = new TreeMap<>();
        refused.forEach((cause, count) -> counts.put(cause.word(), count::sum));
        return counts;
    }
}
