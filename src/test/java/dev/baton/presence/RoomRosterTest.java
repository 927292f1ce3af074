package dev.baton.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One node's view of a document's members: its own, the others', and what is shown of both. */
class RoomRosterTest {
    private static final long START = 1_000;

    private final RoomRoster here = new RoomRoster("d", "a", START);
    private final RoomRoster there = new RoomRoster("d", "b", START);

    // ---- what is shown --------------------------------------------------------------------------------------------

    @Test
    void whoeverComesIsShownOnce() {
        here.seat(seat("s", 1, true));
        assertThat(here.flush()).isEqualTo(new PresenceDiff(List.of(member("s", true)), Map.of(), List.of()));
        assertThat(here.flush().isEmpty()).isTrue();
        assertThat(here.count()).isEqualTo(1);
        assertThat(here.member("s")).contains(member("s", true));
    }

    @Test
    void nothingCountsAsShownBeforeAFlush() {
        here.seat(seat("s", 1, true));
        assertThat(here.count()).isZero();
        assertThat(here.member("s")).isEmpty();
        assertThat(here.dirty()).isTrue();
    }

    @Test
    void whoeverGoesIsShownWithTheCause() {
        here.seat(seat("s", 1, true));
        here.flush();
        here.unseat("s", "left");
        assertThat(here.flush()).isEqualTo(new PresenceDiff(List.of(), Map.of("s", "left"), List.of()));
        assertThat(here.count()).isZero();
    }

    @Test
    void whoeverComesAndGoesBetweenTwoFlushesWasNeverThere() {
        here.seat(seat("s", 1, true));
        here.unseat("s", "left");
        assertThat(here.flush().isEmpty()).isTrue();
    }

    @Test
    void whoeverGoesAndComesBetweenTwoFlushesNeverLeft() {
        here.seat(seat("s", 1, true));
        here.flush();
        here.unseat("s", "left");
        here.seat(seat("s", 1, true));
        assertThat(here.flush().isEmpty()).isTrue();
    }

    @Test
    void awayBackAndAnotherModeAreChanges() {
        here.seat(seat("s", 1, true));
        here.flush();
        here.seat(seat("s", 1, false));
        assertThat(here.flush().changed()).containsExactly(member("s", false));
        here.seat(seat("s", 2, true));
        assertThat(here.flush().changed()).containsExactly(member("s", true));
        here.seat(new Seat(member("s", true).as(Mode.EDIT), 2));
        assertThat(here.flush().changed()).containsExactly(member("s", true).as(Mode.EDIT));
    }

    @Test
    void theSameSeatAgainIsNoChange() {
        here.seat(seat("s", 1, true));
        here.flush();
        here.localDiff();
        here.seat(seat("s", 1, true));
        assertThat(here.dirty()).isFalse();
        assertThat(here.localDiff()).isEmpty();
    }

    @Test
    void nobodyLeavesWhoWasNotThere() {
        here.unseat("nobody", "left");
        assertThat(here.dirty()).isFalse();
        assertThat(here.localDiff()).isEmpty();
    }

    // ---- diffs and versions ---------------------------------------------------------------------------------------

    @Test
    void aDiffLeadsFromTheLastVersionToTheNext() {
        here.seat(seat("s", 1, true));
        here.seat(seat("t", 1, true));
        RosterDiff first = here.localDiff().orElseThrow();
        assertThat(first)
                .isEqualTo(new RosterDiff(
                        "d", "a", START, START + 1, List.of(seat("s", 1, true), seat("t", 1, true)), Map.of()));
        here.unseat("s", "left");
        assertThat(here.localDiff())
                .contains(new RosterDiff("d", "a", START + 1, START + 2, List.of(), Map.of("s", "left")));
        assertThat(here.version()).isEqualTo(START + 2);
    }

    @Test
    void withoutAChangeThereIsNoDiffAndNoNewVersion() {
        assertThat(here.localDiff()).isEmpty();
        assertThat(here.version()).isEqualTo(START);
    }

    @Test
    void aWholeRosterIsEnoughForWhoKnowsNothing() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        assertThat(here.apply(there.whole())).isTrue();
        assertThat(here.flush().joined()).containsExactly(member("s", true));
        assertThat(here.held()).isEqualTo(Map.of("b", there.version()));
    }

    @Test
    void aDiffOnANewerVersionThanIsHereIsRefusedAndChangesNothing() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        there.seat(seat("t", 1, true));
        RosterDiff second = there.localDiff().orElseThrow();
        assertThat(here.apply(second)).isFalse();
        assertThat(here.dirty()).isFalse();
        assertThat(here.held()).isEmpty();
    }

    @Test
    void aDiffThatComesTwiceOrLateChangesNothing() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        there.unseat("s", "left");
        there.seat(seat("t", 1, true));
        RosterDiff first = there.localDiff().orElseThrow();
        there.seat(seat("s", 2, true));
        RosterDiff second = there.localDiff().orElseThrow();
        assertThat(here.apply(first)).isTrue();
        assertThat(here.apply(second)).isTrue();
        here.flush();
        assertThat(here.apply(first)).isTrue();
        assertThat(here.apply(second)).isTrue();
        assertThat(here.flush().isEmpty()).isTrue();
        assertThat(here.count()).isEqualTo(2);
    }

    @Test
    void aWholeRosterMendsWhatWasLost() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        there.seat(seat("t", 1, true));
        there.localDiff(); // never arrives
        there.unseat("s", "left");
        assertThat(here.apply(there.localDiff().orElseThrow())).isFalse();
        assertThat(here.apply(there.whole())).isTrue();
        here.flush();
        assertThat(here.members(List.of())).containsExactly(member("t", true));
    }

    @Test
    void aWholeRosterThatComesLateChangesNothing() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        RosterDiff old = there.whole();
        there.seat(seat("t", 1, true));
        there.localDiff();
        here.apply(there.whole());
        here.flush();
        assertThat(here.apply(old)).isTrue();
        assertThat(here.flush().isEmpty()).isTrue();
        assertThat(here.held()).isEqualTo(Map.of("b", there.version()));
    }

    @Test
    void aKeptRosterIsTakenUnlessANewerOneIsHere() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        Roster old = there.roster();
        there.unseat("s", "left");
        there.seat(seat("t", 1, true));
        there.localDiff();
        here.load("b", there.roster());
        here.load("b", old);
        here.flush();
        assertThat(here.members(List.of())).containsExactly(member("t", true));
    }

    @Test
    void aRosterThatWasKeptDoesNotChangeAfterwards() {
        here.seat(seat("s", 1, true));
        Roster kept = here.roster();
        here.unseat("s", "left");
        assertThat(kept.seats()).containsOnlyKeys("s");
    }

    @Test
    void anEmptyRosterIsNotHeld() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        there.unseat("s", "left");
        here.apply(there.localDiff().orElseThrow());
        assertThat(here.held()).isEmpty();
        assertThat(here.flush().isEmpty()).isTrue();
    }

    @Test
    void aDiffSurvivesTheWayThroughAMessage() {
        there.seat(new Seat(new Member("s", new User("ann", "Ann \"A\" 😀"), Mode.EDIT, 7, true), 3));
        there.seat(seat("t", 1, false));
        there.localDiff();
        there.unseat("t", "expired");
        RosterDiff diff = there.localDiff().orElseThrow();
        assertThat(RosterDiff.of(diff.toJson())).isEqualTo(diff);
        assertThat(RosterDiff.of(there.whole().toJson())).isEqualTo(there.whole());
    }

    // ---- what is kept ---------------------------------------------------------------------------------------------

    private static Seat keeping(String session, String kept) {
        Seat plain = seat(session, 1, true);
        return new Seat(plain.member().keeping(kept), plain.generation());
    }

    @Test
    void aKeptSignalIsShownWithTheMemberAndChangesNobody() {
        here.seat(seat("s", 1, true));
        here.flush();
        here.seat(keeping("s", "1"));
        PresenceDiff diff = here.flush();
        assertThat(diff.isEmpty()).isTrue();
        assertThat(diff.kept()).as("those here were told when it came").isEmpty();
        assertThat(here.members(List.of())).extracting(Member::kept).containsExactly("1");
    }

    @Test
    void aKeptSignalOfAnotherNodeIsToldOnceAndComesWithTheNewcomer() {
        there.seat(keeping("s", "1"));
        there.localDiff();
        here.apply(there.whole());
        PresenceDiff came = here.flush();
        assertThat(came.joined()).extracting(Member::kept).containsExactly("1");
        assertThat(came.kept()).isEmpty();
        there.seat(keeping("s", "2"));
        RosterDiff diff = there.localDiff().orElseThrow();
        here.apply(RosterDiff.of(diff.toJson()));
        PresenceDiff changed = here.flush();
        assertThat(changed.isEmpty()).isTrue();
        assertThat(changed.kept()).isEqualTo(Map.of("s", "2"));
        assertThat(here.flush().kept()).isEmpty();
    }

    @Test
    void whatIsKeptGoesWithTheMember() {
        there.seat(keeping("s", "1"));
        there.localDiff();
        here.apply(there.whole());
        here.flush();
        there.unseat("s", "left");
        here.apply(there.localDiff().orElseThrow());
        assertThat(here.flush().left()).containsOnlyKeys("s");
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        assertThat(here.flush().joined()).extracting(Member::kept).containsExactly("");
    }

    @Test
    void keptSignalsAloneNeedNotBeWrittenDownAtOnce() {
        there.seat(seat("s", 1, true));
        assertThat(there.moved()).isTrue();
        there.localDiff();
        there.seat(keeping("s", "1"));
        assertThat(there.moved()).isFalse();
        assertThat(there.localDiff()).isPresent();
        there.seat(new Seat(keeping("s", "1").member().present(false), 1));
        assertThat(there.moved()).isTrue();
    }

    // ---- other nodes ----------------------------------------------------------------------------------------------

    @Test
    void theCauseOfGoingTravels() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        here.flush();
        there.unseat("s", "expired");
        here.apply(there.localDiff().orElseThrow());
        assertThat(here.flush().left()).isEqualTo(Map.of("s", "expired"));
    }

    @Test
    void whenANodeIsForgottenItsMembersLeaveWithThatCause() {
        there.seat(seat("s", 1, true));
        there.seat(seat("t", 1, true));
        there.localDiff();
        here.apply(there.whole());
        here.flush();
        here.forget("b", "node-lost");
        assertThat(here.flush().left()).isEqualTo(Map.of("s", "node-lost", "t", "node-lost"));
        assertThat(here.held()).isEmpty();
    }

    @Test
    void aNodeThatIsNotKnownIsForgottenWithoutAWord() {
        here.forget("nobody", "node-lost");
        assertThat(here.dirty()).isFalse();
    }

    @Test
    void forgettingANodeLeavesItsSessionsThatAreHereByNow() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        here.flush();
        here.seat(seat("s", 2, true));
        here.forget("b", "node-lost");
        assertThat(here.flush().isEmpty()).isTrue();
        assertThat(here.member("s")).isPresent();
    }

    // ---- sessions that move ---------------------------------------------------------------------------------------

    @Test
    void aSessionThatMovesNeitherLeavesNorJoins() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        here.flush();
        RoomRoster third = new RoomRoster("d", "c", START);
        third.seat(seat("s", 2, true));
        third.localDiff();
        here.apply(third.whole());
        assertThat(here.flush().isEmpty()).isTrue();
        there.unseat("s", "moved");
        here.apply(there.localDiff().orElseThrow());
        assertThat(here.flush().isEmpty()).isTrue();
    }

    @Test
    void aSessionThatMovesBothWaysWithinOneFlushNeitherLeavesNorJoins() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        here.flush();
        there.unseat("s", "moved");
        here.apply(there.localDiff().orElseThrow());
        here.seat(seat("s", 2, true));
        assertThat(here.flush().isEmpty()).isTrue();
    }

    @Test
    void aSessionThatMovedStaysShownUntilItsNewSeatIsTold() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        here.flush();
        there.unseat("s", "moved");
        here.apply(there.localDiff().orElseThrow());
        assertThat(here.flush().isEmpty()).isTrue();
        assertThat(here.count()).isEqualTo(1);
        here.settle();
        assertThat(here.flush().isEmpty()).isTrue();

        RoomRoster third = new RoomRoster("d", "c", START);
        third.seat(seat("s", 2, true));
        third.localDiff();
        here.apply(third.whole());
        assertThat(here.flush().isEmpty()).isTrue();
        here.settle();
        here.settle();
        assertThat(here.flush().isEmpty()).isTrue();
        assertThat(here.member("s")).contains(member("s", true));
    }

    @Test
    void aSessionThatMovedAndIsSeenNowhereHasLeft() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.apply(there.whole());
        here.flush();
        there.unseat("s", "moved");
        here.apply(there.localDiff().orElseThrow());
        here.flush();
        here.settle();
        assertThat(here.dirty()).isFalse();
        here.settle();
        assertThat(here.flush()).isEqualTo(new PresenceDiff(List.of(), Map.of("s", "left"), List.of()));
        assertThat(here.count()).isZero();
        here.settle();
        assertThat(here.dirty()).isFalse();
    }

    @Test
    void ofTwoSeatsTheLaterConnectionIsShownWhicheverComesFirst() {
        there.seat(seat("s", 2, true));
        there.localDiff();
        here.seat(seat("s", 1, false));
        here.apply(there.whole());
        here.flush();
        assertThat(here.member("s")).contains(member("s", true));
        assertThat(here.movedAway("s")).isTrue();

        there.apply(here.whole());
        there.flush();
        assertThat(there.member("s")).contains(member("s", true));
        assertThat(there.movedAway("s")).isFalse();
    }

    @Test
    void aSeatOfAConnectionThatIsOverTakesNobodysPlace() {
        there.seat(seat("s", 3, false));
        there.localDiff();
        here.seat(seat("s", 2, true));
        here.apply(there.whole());
        assertThat(here.movedAway("s")).isFalse();
    }

    @Test
    void ofTwoSeatsOfOneConnectionTheOneThatIsThereCounts() {
        there.seat(seat("s", 1, true));
        there.localDiff();
        here.seat(seat("s", 1, false));
        here.apply(there.whole());
        here.flush();
        assertThat(here.member("s")).contains(member("s", true));
        assertThat(here.movedAway("s")).isTrue();
        assertThat(here.movedAway("nobody")).isFalse();
    }

    // ---- large rooms ----------------------------------------------------------------------------------------------

    @Test
    void twoHundredMembersAreAllListed() {
        fill(200);
        assertThat(here.members(List.of())).hasSize(200);
    }

    @Test
    void aboveThatTheListHoldsWhoMattersAndTheNewest() {
        fill(201);
        List<Member> members = here.members(List.of("s0", "s3", "s200", "nobody"));
        assertThat(here.count()).isEqualTo(201);
        assertThat(members).hasSize(102).doesNotHaveDuplicates();
        assertThat(members.stream().map(Member::session))
                .startsWith("s0", "s3", "s200")
                .contains("s101", "s199")
                .doesNotContain("s100", "s1");
    }

    private void fill(int members) {
        IntStream.range(0, members)
                .forEach(i -> here.seat(new Seat(new Member("s" + i, new User("u", "u"), Mode.VIEW, i, true), 1)));
        here.flush();
    }

    // ---- digests --------------------------------------------------------------------------------------------------

    @Test
    void aDigestStandsForDocumentAndVersion() {
        here.seat(seat("s", 1, true));
        here.localDiff();
        assertThat(here.digest()).isEqualTo(Roster.digest("d", here.version()));
        assertThat(Roster.digest("d", 5)).isNotEqualTo(Roster.digest("d", 6)).isNotEqualTo(Roster.digest("e", 5));
    }

    @Test
    void manyDigestsTogetherTellOneChangeOfMany() {
        long all = IntStream.range(0, 10_000)
                .mapToLong(i -> Roster.digest("document/" + i, 1_000 + i))
                .reduce(0, (a, b) -> a ^ b);
        boolean hidden = IntStream.range(0, 10_000)
                .mapToLong(i ->
                        all ^ Roster.digest("document/" + i, 1_000 + i) ^ Roster.digest("document/" + i, 1_001 + i))
                .anyMatch(other -> other == all);
        assertThat(hidden).isFalse();
    }

    private static Seat seat(String session, long generation, boolean online) {
        return new Seat(member(session, online), generation);
    }

    private static Member member(String session, boolean online) {
        return new Member(session, new User("u-" + session, "U " + session), Mode.VIEW, 5, online);
    }

    @Test
    void aSeatIsFoundBySession() {
        here.seat(seat("s", 1, true));
        assertThat(here.local("s")).isEqualTo(Optional.of(seat("s", 1, true)));
        assertThat(here.local("t")).isEmpty();
        assertThat(here.locals()).containsExactly(seat("s", 1, true));
    }
}
