package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.room.Rooms.Result;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Of how many documents a client may be a member at once, and which count. */
class AttendanceTest {
    private final Attendance attendance = new Attendance(2);

    @Test
    void asManyAsAllowedAreJoinedAndNotOneMore() {
        assertThat(attendance.joins("a")).isTrue();
        assertThat(attendance.joins("b")).isTrue();

        assertThat(attendance.joins("c")).isFalse();
        assertThat(attendance.documents()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whatIsJoinedAlreadyIsJoinedAgainThoughThereIsNoRoom() {
        attendance.joins("a");
        attendance.joins("b");

        assertThat(attendance.joins("a")).isTrue();
    }

    @Test
    void leavingMakesRoomForTheNextBeforeTheRoomHasAnswered() {
        attendance.joins("a");
        attendance.joined("a", Result.IN);
        attendance.joins("b");
        attendance.joined("b", Result.IN);
        attendance.leaves("a");

        assertThat(attendance.joins("c")).isTrue();
        attendance.left("a", Result.OUT);
        assertThat(attendance.documents()).containsExactlyInAnyOrder("b", "c");
        assertThat(attendance.joins("d")).isFalse();
    }

    @Test
    void aJoinThatIsAnsweredAfterTheClientAskedToLeaveTakesNoRoom() {
        attendance.joins("a");
        attendance.joins("b");
        attendance.leaves("a");
        attendance.joined("a", Result.IN);

        assertThat(attendance.joins("c")).isTrue();
    }

    @Test
    void whoLeavesAndJoinsAgainIsAMember() {
        attendance.joins("a");
        attendance.joined("a", Result.IN);
        attendance.leaves("a");
        attendance.joins("a");
        attendance.left("a", Result.OUT);
        attendance.joined("a", Result.IN);

        assertThat(attendance.documents()).containsExactly("a");
    }

    @Test
    void whoLeavesAndJoinsAgainTakesTheRoomAlsoBetweenTheAnswers() {
        attendance.joins("a");
        attendance.joined("a", Result.IN);
        attendance.joins("b");
        attendance.joined("b", Result.IN);
        attendance.leaves("a");
        attendance.joins("a");
        attendance.left("a", Result.OUT);

        assertThat(attendance.documents()).containsExactlyInAnyOrder("a", "b");
        assertThat(attendance.joins("c")).isFalse();
    }

    @Test
    void whoLeavesJoinsAndLeavesIsOutInTheEnd() {
        attendance.joins("a");
        attendance.joined("a", Result.IN);
        attendance.leaves("a");
        attendance.joins("a");
        attendance.leaves("a");
        attendance.left("a", Result.OUT);
        attendance.joined("a", Result.IN);
        attendance.left("a", Result.OUT);

        assertThat(attendance.documents()).isEmpty();
    }

    @Test
    void aJoinThatIsRefusedTakesNoRoom() {
        attendance.joins("a");
        attendance.joins("b");
        attendance.joined("b", Result.OUT);

        assertThat(attendance.documents()).containsExactly("a");
        assertThat(attendance.joins("c")).isTrue();
    }

    @Test
    void whoCouldNotLeaveIsAMemberStill() {
        attendance.joins("a");
        attendance.joins("b");
        attendance.leaves("a");
        attendance.left("a", Result.IN);

        assertThat(attendance.documents()).containsExactlyInAnyOrder("a", "b");
        assertThat(attendance.joins("c")).isFalse();
    }

    @Test
    void whoComesBackKeepsItsDocumentsAlsoWhenThatIsMoreThanIsAllowedNow() {
        attendance.resumes(Set.of("a", "b", "c"));

        assertThat(attendance.documents()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(attendance.joins("d")).isFalse();
    }

    @Test
    void aDocumentThatIsForbiddenWhileItIsBeingLeftMakesRoomForOneAndNotForTwo() {
        attendance.joins("a");
        attendance.joins("b");
        attendance.leaves("a");
        attendance.keepOnly(document -> document.equals("b"));

        assertThat(attendance.joins("c")).isTrue();
        assertThat(attendance.joins("d")).isFalse();
    }

    @Test
    void leavingWhatWasNeverJoinedMakesNoRoom() {
        attendance.joins("a");
        attendance.joins("b");
        attendance.leaves("x");

        assertThat(attendance.joins("c")).isFalse();
    }
}
