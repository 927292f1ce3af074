package dev.baton.cluster;

import static dev.baton.cluster.NodeLease.Standing.DOUBTFUL;
import static dev.baton.cluster.NodeLease.Standing.GIVEN_UP;
import static dev.baton.cluster.NodeLease.Standing.SOUND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A cluster as one node sees it: it beats twice a second and signs every second, until something stops that. */
class NodeLeaseTest {
    private static final long LEASE = 5_000;
    private static final long LIMIT = 4_000;
    private static final long BEAT = 500;

    private final NodeLease lease = new NodeLease("m", LEASE, 0);
    private final Set<String> members = new HashSet<>();
    private final Set<String> answering = new HashSet<>();
    private final Set<String> signing = new HashSet<>();
    private boolean storeAnswers = true;
    private long now;

    private void with(String... nodes) {
        for (String node : nodes) {
            members.add(node);
            answering.add(node);
            signing.add(node);
        }
        run(1_000);
    }

    private void run(long millis) {
        long end = now + millis;
        while (now < end) {
            now += BEAT;
            turn();
        }
    }

    private void turn() {
        lease.turn(Set.copyOf(members), now);
        answering.forEach(node -> lease.answered(node, now, now));
        if (storeAnswers) {
            sign();
        }
    }

    private void sign() {
        signed(now);
    }

    private void signed(long asked) {
        Map<String, Long> ages = new HashMap<>();
        signing.forEach(node -> ages.put(node, 200L));
        lease.roll(ages, asked, now);
    }

    private NodeLease.Standing standing() {
        return lease.standing(now);
    }

    private void cutOffFrom(String... nodes) {
        for (String node : nodes) {
            answering.remove(node);
        }
    }

    private void die(String... nodes) {
        for (String node : nodes) {
            answering.remove(node);
            signing.remove(node);
        }
    }

    @Test
    void aNodeAloneIsSoundHoweverLongItStoodStill() {
        run(1_000);
        now += 3_600_000;
        assertThat(standing()).isEqualTo(SOUND);
        turn();
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void aNodeAmongOthersThatAnswerIsSound() {
        with("a", "b");
        run(60_000);
        assertThat(standing()).isEqualTo(SOUND);
        assertThat(lease.certain(now)).isEqualTo(3);
    }

    @Test
    void whoIsCutOffFromTheLargerPartGivesItselfUpBeforeItsLeaseIsOver() {
        with("x", "y");
        cutOffFrom("x", "y");
        run(LIMIT);
        assertThat(standing()).isEqualTo(SOUND);
        run(BEAT);
        assertThat(standing()).isEqualTo(GIVEN_UP);
        assertThat(lease.certain(now)).isEqualTo(1);
    }

    @Test
    void theLargerPartGoesOn() {
        with("a", "b");
        cutOffFrom("a");
        run(10 * LEASE);
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void ofTwoHalvesTheOneWithTheLowestNameGoesOn() {
        with("x");
        cutOffFrom("x");
        run(2 * LEASE);
        assertThat(standing()).isEqualTo(SOUND);

        NodeLeaseTest other = new NodeLeaseTest();
        other.with("a");
        other.cutOffFrom("a");
        other.run(2 * LEASE);
        assertThat(other.standing()).isEqualTo(GIVEN_UP);
    }

    @Test
    void whoOutlivesAllOthersGoesOnWithoutAMomentOfDoubt() {
        with("a", "b");
        die("a", "b");
        for (long until = now + 3 * LEASE; now < until; ) {
            run(BEAT);
            assertThat(standing()).isEqualTo(SOUND);
        }
    }

    @Test
    void whoIsRemovedAndGoesOnSigningIsStillHeldAgainstThisNode() {
        with("a", "b");
        cutOffFrom("a", "b");
        members.clear();
        run(2 * LEASE);
        assertThat(standing()).isEqualTo(GIVEN_UP);
        assertThat(lease.alone()).isFalse();
    }

    @Test
    void whoHearsNothingAndCannotAskTheStoreIsInDoubtAndAfterAWholeLeaseOfThatCutOff() {
        with("a", "b");
        cutOffFrom("a", "b");
        storeAnswers = false;
        run(LIMIT + BEAT);
        assertThat(standing()).isEqualTo(DOUBTFUL);
        run(LEASE - LIMIT);
        assertThat(standing()).isEqualTo(GIVEN_UP);
        with("a", "b");
        assertThat(standing()).as("while the store has not answered").isEqualTo(SOUND);
    }

    @Test
    void whoCannotAskTheStoreStaysInDoubtAsLongAsSomebodyAnswers() {
        with("a", "b");
        cutOffFrom("a");
        storeAnswers = false;
        run(10 * LEASE);
        assertThat(standing()).isEqualTo(DOUBTFUL);
    }

    @Test
    void whoWasCutOffWhollyIsSoundAgainWhenTheLinkIsMended() {
        with("x", "y");
        cutOffFrom("x", "y");
        storeAnswers = false;
        run(2 * LEASE);
        assertThat(standing()).isEqualTo(GIVEN_UP);
        storeAnswers = true;
        run(BEAT);
        assertThat(standing()).as("the others are alive beyond").isEqualTo(GIVEN_UP);
        with("x", "y");
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void whoLostAllOthersAndTheStoreAtOnceGoesOnWhenTheStoreIsBack() {
        with("a", "b");
        die("a", "b");
        storeAnswers = false;
        run(LEASE);
        members.clear();
        run(LEASE);
        assertThat(standing()).isEqualTo(GIVEN_UP);
        storeAnswers = true;
        run(BEAT);
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void whoseOthersLeftWhileTheStoreStandsStillKeepsItsClients() {
        with("a", "b");
        storeAnswers = false;
        run(LEASE);
        members.clear();
        die("a", "b");
        run(10 * LEASE);
        assertThat(standing()).isEqualTo(DOUBTFUL);
    }

    @Test
    void whoIsJoinedByOneThatNeverAnswersWhileTheStoreStandsStillKeepsItsClients() {
        storeAnswers = false;
        run(10 * LEASE);
        members.add("b");
        run(10 * LEASE);
        assertThat(standing()).isEqualTo(DOUBTFUL);
    }

    @Test
    void whoStoodStillIsNotCutOffForThatBeforeAnythingHadTheTimeToAnswer() {
        with("a", "b");
        now += 3 * LEASE;
        lease.turn(Set.copyOf(members), now);
        assertThat(standing()).isEqualTo(DOUBTFUL);
    }

    @Test
    void aStoreThatTakesItsTimeIsHeardAllTheSame() {
        with("a", "b");
        cutOffFrom("a", "b");
        storeAnswers = false;
        run(BEAT);
        for (long until = now + 10 * LEASE; now < until; ) {
            run(LIMIT);
            signed(now - LIMIT);
            assertThat(standing()).isEqualTo(DOUBTFUL);
        }
    }

    @Test
    void anAnswerFromBeforeItStoodStillDoesNotTellItThatNobodyIsMissing() {
        with("x");
        long asked = now;
        now += 2 * LEASE;
        cutOffFrom("x");
        lease.turn(Set.copyOf(members), now);
        signed(asked);
        sign();
        assertThat(standing()).isEqualTo(GIVEN_UP);
    }

    @Test
    void aStoreThatDoesNotAnswerIsNoReasonForDoubtWhileTheOthersDo() {
        with("a", "b");
        storeAnswers = false;
        run(20 * LEASE);
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void afterStandingStillItIsInDoubtFromTheFirstMomentOn() {
        with("a", "b");
        now += LIMIT + 1;
        assertThat(standing()).isEqualTo(DOUBTFUL);
        lease.turn(Set.copyOf(members), now);
        assertThat(standing()).isEqualTo(DOUBTFUL);
    }

    @Test
    void whoStoodStillAndIsStillKnownGoesOn() {
        with("a", "b");
        now += 3 * LEASE; // a laptop that slept, with all its nodes
        turn();
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void whoStoodStillAndWasGivenUpGivesItselfUpToo() {
        with("x");
        now += 2 * LEASE;
        cutOffFrom("x"); // nodes hear nobody whom they have given up
        turn();
        assertThat(standing()).isEqualTo(GIVEN_UP);
    }

    @Test
    void whoStoodStillAndLostTheOthersAtOnceDoesNotGoOnBesideThem() {
        with("x");
        now += 2 * LEASE;
        members.clear();
        cutOffFrom("x");
        turn();
        assertThat(standing()).isEqualTo(GIVEN_UP);
    }

    @Test
    void itIsSoundAgainWhenTheOthersTakeItBack() {
        with("x", "y");
        now += 2 * LEASE;
        cutOffFrom("x", "y");
        turn();
        assertThat(standing()).isEqualTo(GIVEN_UP);
        with("x", "y");
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void itIsSoundAgainWhenTheLinkIsMended() {
        with("x", "y");
        cutOffFrom("x", "y");
        members.clear();
        run(4 * LEASE);
        assertThat(standing()).isEqualTo(GIVEN_UP);
        with("x", "y");
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void whoSaidGoodbyeIsNotMissed() {
        with("a", "b");
        members.clear();
        die("a", "b");
        run(2 * LEASE);
        assertThat(standing()).isEqualTo(SOUND);
        assertThat(lease.alone()).isTrue();
    }

    @Test
    void whoWasPartedFromTheLargerSideWaitsForTheRollAndGivesItselfUp() {
        with("x", "y");
        cutOffFrom("x", "y");
        members.clear();
        lease.turn(Set.of(), now);
        assertThat(standing()).as("they may have died").isEqualTo(DOUBTFUL);
        run(BEAT);
        assertThat(standing()).as("they have signed since").isEqualTo(GIVEN_UP);
        with("x", "y");
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void whoOutlivesTheLargerSideGoesOnWhenItWouldHaveSignedAgain() {
        with("x", "y");
        cutOffFrom("x", "y");
        long killed = now;
        lease.turn(Set.of(), now);
        while (now < killed + 3 * BEAT) {
            assertThat(standing()).isEqualTo(now < killed + 2 * BEAT ? DOUBTFUL : SOUND);
            now += BEAT;
            lease.turn(Set.of(), now);
            lease.roll(Map.of("x", now - killed, "y", now - killed + 100), now, now);
        }
    }

    @Test
    void whoOutlivesTheSmallerSideHasNoDoubt() {
        with("a", "x");
        die("a");
        members.remove("a");
        for (long until = now + 2 * LEASE; now < until; ) {
            lease.turn(Set.copyOf(members), now);
            assertThat(standing()).isEqualTo(SOUND);
            run(BEAT);
        }
    }

    @Test
    void whoStrikesItselfOffTheRollIsNotMissedAtAll() {
        with("a", "b");
        die("a", "b");
        members.clear();
        turn();
        assertThat(standing()).isEqualTo(SOUND);
    }

    @Test
    void whoSaidFarewellIsNotMissedAlsoWhenTheStoreStandsStill() {
        with("a", "b");
        storeAnswers = false;
        lease.farewell("a");
        die("a", "b");
        members.clear();
        lease.turn(Set.of(), now);
        lease.farewell("b"); // the word may come after the deed
        for (long until = now + 2 * LEASE; now < until; ) {
            assertThat(standing()).isEqualTo(SOUND);
            run(BEAT);
        }
        assertThat(lease.alone()).isTrue();
    }

    @Test
    void whoSaidFarewellButStaysIsCountedOn() {
        with("a", "b");
        lease.farewell("a");
        assertThat(lease.certain(now)).isEqualTo(3);
        cutOffFrom("a", "b");
        run(LIMIT + BEAT);
        assertThat(standing()).isEqualTo(GIVEN_UP);
    }

    @Test
    void whoCameBackAfterAFarewellIsMissedLikeAnybodyElse() {
        with("a", "b");
        lease.farewell("a");
        lease.farewell("b");
        members.clear();
        turn();
        with("a", "b");
        cutOffFrom("a", "b");
        members.clear();
        lease.turn(Set.of(), now);
        assertThat(standing()).isEqualTo(DOUBTFUL);
    }

    @Test
    void whoIsJoinedByOneThatSignsBeforeItAnswersKeepsItsClients() {
        members.add("a");
        signing.add("a");
        for (long until = now + 3 * LEASE; now < until; ) {
            run(BEAT);
            assertThat(standing()).isEqualTo(SOUND);
        }
    }
}
