package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.User;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What comes before the record has heard of the grant that it speaks of. */
class AfterGrantTest {
    private static final long NOW = 1_000;
    private static final Waiter ANN = waiter("ann");
    private static final Waiter EVE = waiter("eve");

    /** The pen is on its way to Ann, at epoch 8. */
    private static final EditLock CLAIMING = EditLock.UNLOADED
            .loaded(7, Optional.of(waiter("bob")), NOW)
            .enqueue(ANN, NOW)
            .release("bob", 7, Optional.of(ANN), NOW);

    private static Waiter waiter(String session) {
        return new Waiter(session, new User(session, session), "", NOW, 1, Presence.HERE);
    }

    @Test
    void aReleaseOfThatGrantIsDoneThen() {
        LockEvent.Release release = new LockEvent.Release("ann", 8, List.of());

        assertThat(release.afterGrant(CLAIMING, 5)).contains(release);
        assertThat(release.afterGrant(EditLock.UNLOADED, 5))
                .as("of a record that was lost")
                .contains(release);
        assertThat(release.apply(CLAIMING.claimed(8, "ann", NOW), NOW).tenure()).isInstanceOf(Tenure.Vacating.class);
    }

    @Test
    void aReleaseThatMovedThePenIsNotDoneAgain() {
        LockEvent.Release release = new LockEvent.Release("bob", 7, List.of());

        assertThat(release.afterGrant(CLAIMING, 5)).isEmpty();
    }

    @Test
    void aRequestAsksTheNewHolderAndLeavesItAsLongAsAnyOther() {
        LockEvent.Request request = new LockEvent.Request(EVE, NOW + 100);
        EditLock met = request.apply(CLAIMING, NOW);
        EditLock held = met.claimed(8, "ann", NOW + 500);

        assertThat(held.asks()).as("asks end with a grant").isEmpty();
        assertThat(request.afterGrant(CLAIMING, 500)).hasValueSatisfying(rest -> {
            EditLock asked = ((LockEvent.OfLock) rest).apply(held, NOW + 500);
            assertThat(asked.asks()).containsExactly(new Ask("eve", NOW + 500, NOW + 600));
            assertThat(((LockEvent.OfLock) rest)
                            .apply(held.leave("eve", "left", NOW + 500), NOW + 500)
                            .asks())
                    .as("whoever has left asks for nothing")
                    .isEmpty();
        });
        assertThat(request.afterGrant(held, 500)).isEmpty();
    }
}
