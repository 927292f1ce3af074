package dev.baton.bench;

import dev.baton.heartbeat.Beat;
import dev.baton.heartbeat.HeartbeatWheel;
import dev.baton.heartbeat.Pace;
import dev.baton.heartbeat.Visitor;
import dev.baton.protocol.BadMessage;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import dev.baton.protocol.LogEntry;
import dev.baton.protocol.MessageReader;
import dev.baton.protocol.SeqEntry;
import dev.baton.protocol.User;
import dev.baton.rights.EditLock;
import dev.baton.rights.Presence;
import dev.baton.rights.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The pure parts that are run most, one by one, with what they allocate. JMH runs it; confined to its thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Micro {
    private static final int BEATS = 15_000;
    private static final Json USER = new Json("{\"id\":\"ann\",\"name\":\"Ann\"}");
    private static final Json DATA = new Json("{\"p\":\"" + "x".repeat(92) + "\"}");
    private static final String UPDATE =
            "{\"type\":\"update\",\"document\":\"team/notes\",\"epoch\":3,\"id\":\"op-1\",\"data\":" + DATA.text()
                    + "}";

    private final MessageReader reader = new MessageReader(64, 65_536);
    private final List<SeqEntry> one = entries(1);
    private final List<SeqEntry> hundred = entries(100);
    private HeartbeatWheel<Object> wheel;
    private List<Beat<Object>> beats;
    private long now;
    private final List<Object> pinged = new ArrayList<>();
    private EditLock held;
    private Waiter next;

    private final Visitor<Object> visitor = new Visitor<>() {
        @Override
        public void ping(Object subject) {
            pinged.add(subject);
        }

        @Override
        public void silent(Object subject) {
            throw new IllegalStateException("all were heard");
        }
    };

    private static List<SeqEntry> entries(int count) {
        List<SeqEntry> entries = new ArrayList<>();
        for (int seq = 1; seq <= count; seq++) {
            entries.add(Frames.entry(new LogEntry(seq, "update", 3, "session-of-ann", USER, "op-" + seq, 0, DATA)));
        }
        return entries;
    }

    /** Made anew for each fork. */
    @Setup
    public void setUp() {
        wheel = new HeartbeatWheel<>(HeartbeatWheel.TICK, 0);
        beats = new ArrayList<>();
        now = 0;
        for (int i = 0; i < BEATS; i++) {
            beats.add(wheel.add(i, new Pace(5_000, 10_000), 0));
        }
        held = EditLock.UNLOADED.loaded(3, Optional.of(waiter("s0")), 0);
        next = waiter("s1");
    }

    private static Waiter waiter(String session) {
        return new Waiter(session, new User(session, session), "", 0, 1, Presence.HERE);
    }

    /** A tick of 20 ms with 15,000 sockets, 60 of which are due, and a sign of life of each of these. */
    @Benchmark
    public long wheelTickAndPongs() {
        now += HeartbeatWheel.TICK.toMillis();
        pinged.clear();
        long late = wheel.tick(now, visitor);
        for (Object socket : pinged) {
            wheel.heard(beats.get((Integer) socket), now);
        }
        return late;
    }

    /** Somebody stands in line behind the holder. */
    @Benchmark
    public EditLock lockEnqueue() {
        return held.enqueue(next, 1);
    }

    /** The holder gives the pen back, and the next one in line is up. */
    @Benchmark
    public EditLock lockRelease() {
        return held.enqueue(next, 1).release("s0", 3, Optional.empty(), 2);
    }

    /** An update of 100 bytes comes in. */
    @Benchmark
    public ClientMessage readUpdate() throws BadMessage {
        return reader.read(UPDATE);
    }

    /** An entry goes out. */
    @Benchmark
    public String writeEntry() {
        return Frames.entries("team/notes", one);
    }

    /** A hundred entries go out together. */
    @Benchmark
    public String writeHundredEntries() {
        return Frames.entries("team/notes", hundred);
    }
}
