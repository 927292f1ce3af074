package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.User;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whose a hand-over is, and so who tells of it, also when it had to be said twice. */
class LockOutcomeTest {
    private static final long NOW = 1_000;
    private static final LockEvent CLAIMED = new LockEvent.Claimed(8, "ann");

    /** The pen is on its way to Ann, at epoch 8. */
    private static final LockRecord CLAIMING = new LockRecord(
            EditLock.UNLOADED
                    .loaded(7, Optional.of(waiter("bob")), NOW)
                    .enqueue(waiter("ann"), NOW)
                    .release("bob", 7, Optional.of(waiter("ann")), NOW),
            List.of("node"),
            3);

    private static Waiter waiter(String session) {
        return new Waiter(session, new User(session, session), "", NOW, 1, Presence.HERE);
    }

    private static LockOutcome outcome(LockRecord met, LockEvent event, long now) {
        return new LockOutcome(met, event.apply(met, now));
    }

    @Test
    void aGrantIsOfWhatCompletedItAndIsKnownAgainWhenThatComesAgain() {
        LockOutcome first = outcome(CLAIMING, CLAIMED, NOW + 5);
        LockOutcome again = outcome(first.after(), CLAIMED, NOW + 5);

        assertThat(first.granted()).isTrue();
        assertThat(first.heldSince(NOW + 5)).as("once is enough").isFalse();
        assertThat(again.granted()).isFalse();
        assertThat(again.heldSince(NOW + 5)).isTrue();
    }

    @Test
    void theSameGrantOfAnotherMomentIsNotKnown() {
        LockRecord held = outcome(CLAIMING, CLAIMED, NOW + 5).after();

        assertThat(outcome(held, CLAIMED, NOW + 6).heldSince(NOW + 6)).isFalse();
    }

    @Test
    void whatOnlyChangesAPenThatIsHeldIsNoGrant() {
        LockRecord held = outcome(CLAIMING, CLAIMED, NOW + 5).after();
        LockOutcome joined = outcome(held, new LockEvent.Enqueue(waiter("eve")), NOW + 5);

        assertThat(joined.applied()).isTrue();
        assertThat(joined.granted()).isFalse();
        assertThat(joined.heldSince(NOW + 5)).isFalse();
    }
}
