package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** One state, seen from each place: what the pen is, and what a session is to it. */
class RightsStateTest {
    private static final Member HERE = new Member("h", new User("ann", "Ann"), Mode.EDIT, 1, true);

    @Test
    void withNobodyItIsFree() {
        assertThat(state(Optional.empty()).state()).isEqualTo("free");
    }

    @Test
    void withAHolderWhoIsHereItIsHeld() {
        assertThat(state(Optional.of(HERE)).state()).isEqualTo("held");
    }

    @Test
    void withAHolderWhoIsAwayItIsReserved() {
        assertThat(state(Optional.of(HERE.present(false))).state()).isEqualTo("reserved");
    }

    @Test
    void everySessionHasExactlyOnePlace() {
        RightsState state = state(Optional.of(HERE));
        assertThat(state.placeOf("h")).isEqualTo(RightsState.Place.HOLDER);
        assertThat(state.placeOf("q1")).isEqualTo(RightsState.Place.QUEUED);
        assertThat(state.placeOf("q2")).isEqualTo(RightsState.Place.QUEUED);
        assertThat(state.placeOf("other")).isEqualTo(RightsState.Place.VIEWER);
    }

    @Test
    void aHolderWhoIsAwayIsStillTheHolder() {
        assertThat(state(Optional.of(HERE.present(false))).placeOf("h")).isEqualTo(RightsState.Place.HOLDER);
    }

    private static RightsState state(Optional<Member> holder) {
        return new RightsState("d", 3, holder, OptionalLong.empty(), List.of("q1", "q2"), "joined");
    }
}
