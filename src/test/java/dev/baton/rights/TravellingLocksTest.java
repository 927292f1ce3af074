package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.internal.serialization.impl.HeapData;
import dev.baton.NodeMaps;
import dev.baton.presence.Roster;
import dev.baton.presence.RosterKey;
import dev.baton.presence.Seat;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What travels between members arrives as it was, and nothing else can be made of bytes. */
class TravellingLocksTest {
    private static final Waiter ANN = new Waiter("s1", new User("ann", "Ann Ünïcode ✍"), "keep", 17, 3, Presence.HERE);
    private static final Waiter BOB = new Waiter(
            "s2", new User("bob", "Bob"), "keep2", 18, 1, new Presence.Away("closed", 1, Long.MAX_VALUE, -1));
    private static final Move MOVE = new Move("s0", "unanswered", 42, 62);

    private static final List<LockEvent> EVENTS = List.of(
            new LockEvent.Enter("n"),
            new LockEvent.Exit("n"),
            new LockEvent.Loaded(7, List.of(ANN)),
            new LockEvent.Enqueue(BOB),
            new LockEvent.Leave("s1", "left"),
            new LockEvent.Expired("s1", 2),
            new LockEvent.Lost("s1", 2, new Presence.Away("timeout", 1, 2, 3)),
            new LockEvent.Connected("s1", 2),
            new LockEvent.Request(ANN, 5),
            new LockEvent.Answer("s1", 2, "s2", true),
            new LockEvent.Release("s1", 2, List.of()),
            new LockEvent.Give(BOB, "moderator"),
            new LockEvent.Claimed(3, "s1"),
            new LockEvent.Asks("s1", 5),
            new LockEvent.Refused("s1", true),
            new LockEvent.Vacated(3, false),
            new LockEvent.Outdated(4, "s"),
            new LockEvent.Confirmed("s1", 3, 3),
            new LockEvent.Tick());

    private static final List<Tenure> TENURES = List.of(
            new Tenure.Unloaded(),
            new Tenure.Free(),
            new Tenure.Claiming(ANN, true, MOVE),
            new Tenure.Held(BOB, MOVE, 5),
            new Tenure.Vacating(MOVE));

    private final InternalSerializationService travel = new DefaultSerializationServiceBuilder()
            .setConfig(NodeMaps.maps(new Config()).getSerializationConfig())
            .build();

    private Object arrived(Object sent) {
        return travel.toObject(travel.toData(sent));
    }

    @Test
    void everyEventArrivesAsItWas() {
        for (LockEvent event : EVENTS) {
            LockProcessor processor = new LockProcessor(event, 99);
            assertThat(arrived(processor)).isEqualTo(processor);
        }
        Set<Class<?>> sent = EVENTS.stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(sent).as("every event there is").hasSize(events());
    }

    private static int events() {
        return LockEvent.OfLock.class.getPermittedSubclasses().length
                + LockEvent.class.getPermittedSubclasses().length
                - 1;
    }

    @Test
    void everyLockArrivesAsItWas() {
        for (Tenure tenure : TENURES) {
            EditLock lock = new EditLock(9, tenure, List.of(ANN, BOB), List.of(new Ask("s2", 1, 2)), "joined");
            LockRecord record = new LockRecord(lock, List.of("a", "b", "c"), 12);
            assertThat(arrived(record)).isEqualTo(record);
            LockOutcome outcome = new LockOutcome(LockRecord.EMPTY, record);
            assertThat(arrived(outcome)).isEqualTo(outcome);
        }
        assertThat(TENURES).as("every tenure there is").hasSize(Tenure.class.getPermittedSubclasses().length);
    }

    @Test
    void rostersAndTheirKeysArriveAsTheyWere() {
        Roster roster =
                new Roster(3, Map.of("s1", new Seat(new Member("s1", new User("ann", "Ann"), Mode.EDIT, 5, true), 2)));
        assertThat(arrived(roster)).isEqualTo(roster);
        RosterKey key = new RosterKey("notes", "n1");
        assertThat(arrived(key)).isEqualTo(key);
    }

    @Test
    void bytesOfATypeThatWasNotNamedAreRefused() {
        Data record = travel.toData(LockRecord.EMPTY);
        byte[] bytes = record.toByteArray();
        // the number of the type, behind the header and the length
        bytes[HeapData.DATA_OFFSET + Integer.BYTES] ^= 0x15;
        assertThatThrownBy(() -> travel.toObject(new HeapData(bytes))).hasMessageContaining("cannot be read");
    }
}
