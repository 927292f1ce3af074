package dev.baton.faults;

import static dev.baton.faults.Nemesis.Kind.CUT_OFF;
import static dev.baton.faults.Nemesis.Kind.CUT_OFF_WHOLLY;
import static dev.baton.faults.Nemesis.Kind.CUT_ONE_WAY;
import static dev.baton.faults.Nemesis.Kind.NODE_PAUSED;
import static dev.baton.faults.Nemesis.Kind.SPLIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs in which a promise was broken once, each with what was wrong. None may break again. */
class SeedsIT {

    /**
     * A node that was cut off kept its clients, whom the others had ended meanwhile; and healthy nodes gave themselves
     * up, since the event bus delivers no beat while it asks a member that does not answer where one is to go. Both
     * need harms that follow each other closely.
     */
    @Test
    void nodesThatComeAndGoInQuickSuccessionNeitherKeepLostClientsNorGiveThemselvesUp() {
        FaultRun run = new FaultRun(
                3,
                Duration.ofMinutes(3),
                -1277540972957404689L,
                List.of(CUT_OFF_WHOLLY, NODE_PAUSED, CUT_OFF_WHOLLY, NODE_PAUSED, NODE_PAUSED, CUT_OFF),
                6,
                Duration.ofMillis(500));
        assertThat(run.violations()).isEmpty();
    }

    /**
     * A writer was fenced under the epoch that it had been told it holds; and two nodes that a cut had made suspect
     * each other fell apart when the third was cut off.
     */
    @Test
    void linksThatAreCutOneWayLeaveNothingBehindForTheNextHarm() {
        FaultRun run = new FaultRun(
                3,
                Duration.ofMinutes(3),
                126820119611911624L,
                List.of(CUT_ONE_WAY, CUT_OFF, CUT_ONE_WAY, SPLIT),
                4,
                Duration.ofSeconds(6));
        assertThat(run.violations()).isEmpty();
    }
}
