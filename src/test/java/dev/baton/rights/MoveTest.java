package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.User;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a pen on its way remembers: what caused that and when, and from when on it could move. */
class MoveTest {
    private static final Waiter ANN = waiter("ann", 10);
    private static final Waiter BEN = waiter("ben", 20);

    /** Ann has the pen, and Ben is next. */
    private final EditLock lock = EditLock.UNLOADED
            .loaded(6, Optional.empty(), 10)
            .enqueue(ANN, 10)
            .claimed(7, "ann", 12)
            .enqueue(BEN, 20);

    private static Waiter waiter(String session, long since) {
        return new Waiter(session, new User(session, session), "keep", since, 1, Presence.HERE);
    }

    private static Move move(EditLock lock) {
        assertThat(lock.tenure()).isInstanceOf(Tenure.Claiming.class);
        return ((Tenure.Claiming) lock.tenure()).move();
    }

    @Test
    void ofARelease() {
        assertThat(move(lock.release("ann", 7, Optional.empty(), 30))).isEqualTo(new Move("ann", "released", 30, 30));
    }

    @Test
    void aReleaseIsKnownAgainWhileItIsSeenThrough() {
        EditLock moving = lock.release("ann", 7, Optional.empty(), 30);
        assertThat(moving.releasedBy("ann")).isTrue();
        assertThat(moving.releasedBy("ben")).isFalse();
        assertThat(lock.releasedBy("ann")).as("before").isFalse();
        assertThat(moving.release("ann", 7, Optional.empty(), 31)).isEqualTo(moving);
    }

    @Test
    void ofALossWithAReservation() {
        EditLock reserved = lock.lost("ann", 1, new Presence.Away("closed", 30, 3_030, 90_000), 31);

        assertThat(move(reserved.tick(3_034))).isEqualTo(new Move("ann", "closed", 30, 3_030));
    }

    @Test
    void ofALossAfterWhichNobodyWantedItForAWhile() {
        EditLock left =
                lock.leave("ben", "left", 25).lost("ann", 1, new Presence.Away("closed", 30, 3_030, 90_000), 31);

        assertThat(move(left.enqueue(waiter("cleo", 5_000), 5_001))).isEqualTo(new Move("ann", "closed", 5_000, 5_000));
    }

    @Test
    void ofSilenceToARequest() {
        EditLock asked = lock.ask(new Ask("ben", 40, 20_040), 40);

        assertThat(move(asked.tick(20_041))).isEqualTo(new Move("ann", "unanswered", 40, 20_040));
    }
}
