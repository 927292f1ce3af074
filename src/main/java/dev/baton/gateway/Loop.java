package dev.baton.gateway;

import dev.baton.heartbeat.Beat;
import dev.baton.heartbeat.HeartbeatWheel;
import dev.baton.heartbeat.Pace;
import dev.baton.heartbeat.Visitor;
import dev.baton.room.Lane;
import dev.baton.room.Outbox;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** What the connections of one event loop share: the loop itself and its heartbeat wheel. */
final class Loop implements Lane, Visitor<Connection> {

    /**
     * How many sessions are made or resumed at a time: enough to keep the node busy, few enough for the others not to
     * wait.
     */
    private static final int AT_ONCE = 16;

    private final Context context;
    private final HeartbeatWheel<Connection> wheel;
    private final Expiries<Connection> expiries = new Expiries<>();
    private final Turnstile newcomers = new Turnstile(AT_ONCE);
    private final Strangers strangers;
    private List<Outflow> unflushed = new ArrayList<>();
    private List<Runnable> flushed = new ArrayList<>();
    private boolean flushPlanned;
    private final GatewayMeters meters;
    private final long tickNanos;
    private long ticked;

    /** Written on the loop, read from anywhere. */
    private volatile int beats;

    /** Written on the loop, read from anywhere. */
    private volatile int waiting;

    /**
     * On the event loop that calls.
     *
     * @param strangers so many connections a second that come to nothing are borne
     * @param debts of client addresses, the same for all loops
     */
    Loop(Context context, Duration tick, int strangers, Debts debts, GatewayMeters meters) {
        this.context = context;
        this.strangers = new Strangers(strangers, debts, now());
        this.meters = meters;
        this.tickNanos = tick.toNanos();
        this.ticked = System.nanoTime();
        this.wheel = new HeartbeatWheel<>(tick, now());
    }

    /** Monotonic milliseconds. */
    static long now() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public void deliver(List<Outbox> to, String frame, Runnable sent) {
        if (to.isEmpty()) {
            sent.run();
            return;
        }
        meters.delivered(to.size());
        context.runOnContext(v -> {
            planFlush();
            flushed.add(sent);
            ByteBuf encoded = EncodedFrames.encode(((Connection) to.get(0)).allocator(), frame);
            to.forEach(outbox -> ((Connection) outbox).write(encoded.retainedDuplicate()));
            encoded.release();
        });
    }

    /**
     * Has what goes out to a client flushed at the end of this turn: behind everything that is due already, so that a
     * loop with much to do makes few system calls of it, and one without makes no one wait.
     */
    void flushSoon(Outflow outflow) {
        planFlush();
        unflushed.add(outflow);
    }

    /** Runs something on this loop when what was written so far has gone out. On the loop. */
    void afterFlush(Runnable action) {
        planFlush();
        flushed.add(action);
    }

    private void planFlush() {
        if (!flushPlanned) {
            flushPlanned = true;
            context.runOnContext(v -> flush());
        }
    }

    private void flush() {
        flushPlanned = false;
        List<Outflow> now = unflushed;
        unflushed = new ArrayList<>();
        List<Runnable> then = flushed;
        flushed = new ArrayList<>();
        try {
            now.forEach(Outflow::flush);
        } finally {
            then.forEach(Runnable::run); // whoever waits must not wait for ever
        }
    }

    /** Runs something on this loop, after everything handed over before. */
    void run(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    /** Runs something on this loop in so many milliseconds, at least 1. */
    void later(long millis, Runnable action) {
        context.owner().setTimer(Math.max(1, millis), id -> action.run());
    }

    /**
     * Does something that takes long, off this loop.
     *
     * @return completes on this loop
     */
    <T> Future<T> offLoop(Callable<T> work) {
        return context.executeBlocking(work, false);
    }

    /** How many more connections that come to nothing are borne; on the loop. */
    Strangers strangers() {
        return strangers;
    }

    /** Those who said hello, on their way to their session; on the loop. */
    Turnstile newcomers() {
        return newcomers;
    }

    // ---- heartbeats, on the loop ----------------------------------------------------------------------------------

    Beat<Connection> add(Connection connection, Pace pace) {
        return wheel.add(connection, pace, now());
    }

    void heard(Beat<Connection> beat) {
        wheel.heard(beat, now());
    }

    void repace(Beat<Connection> beat, Pace pace) {
        wheel.repace(beat, pace, now());
    }

    void remove(Beat<Connection> beat) {
        wheel.remove(beat);
    }

    /** The connection's token runs out in so many milliseconds; {@link #putOff} takes that back. */
    Expiries.Slot expire(Connection connection, long in) {
        return expiries.add(now() + in, connection);
    }

    /** See {@link #expire}. */
    void putOff(Expiries.Slot slot) {
        expiries.remove(slot);
    }

    /** Turns the wheel; called by the one periodic timer of the loop. */
    void tick() {
        long now = System.nanoTime();
        meters.lagged(Math.max(0, now - ticked - tickNanos));
        ticked = now;
        wheel.tick(now(), this);
        expiries.due(now(), Connection::expired);
        beats = wheel.size();
    }

    /** How many connections have a heartbeat, as of the last tick. Any thread. */
    int beats() {
        return beats;
    }

    /** So many new connections wait unread. */
    void waiting(int connections) {
        waiting = connections;
    }

    /** How many new connections waited unread at the last tick. Any thread. */
    int waiting() {
        return waiting;
    }

    @Override
    public void ping(Connection connection) {
        connection.ping();
    }

    @Override
    public void silent(Connection connection) {
        connection.silent();
    }
}
