package dev.baton.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever is done to the nodes, in the end nothing of what is promised may have been broken.
 * {@code -Dbaton.faults.minutes} says how long, {@code -Dbaton.faults.seed} replays the choices of a run,
 * {@code -Dbaton.faults.kinds} is for doing one kind of harm again and again, {@code -Dbaton.faults.harms} says how
 * many are done before everything is looked over and new clients come, with a seed of their own, and
 * {@code -Dbaton.faults.rest} says how many milliseconds the nodes have to get over having lost sight of each other.
 */
class FaultsIT {

    /**
     * Who has just come back is believed for a lease before it has answered anything: the bounds of the contract are
     * for one harm at a time.
     */
    private static final int REST = Integer.getInteger("baton.faults.rest", 6_000);

    private static final int HARMS = Integer.getInteger("baton.faults.harms", 2);
    private static final int NODES = Integer.getInteger("baton.faults.nodes", 3);
    private static final double MINUTES = Double.parseDouble(System.getProperty("baton.faults.minutes", "1"));
    private static final List<Nemesis.Kind> KINDS = kinds(System.getProperty("baton.faults.kinds", ""));
    private static final long SEED = Long.getLong("baton.faults.seed", new Random().nextLong());

    @Test
    void nothingThatIsPromisedBreaksWhateverIsDoneToTheNodes() {
        FaultRun run = new FaultRun(
                NODES, Duration.ofSeconds((long) (MINUTES * 60)), SEED, KINDS, HARMS, Duration.ofMillis(REST));
        assertThat(run.violations()).as("seed " + SEED).isEmpty();
    }

    /** Those named, with commas between; all when none is. */
    private static List<Nemesis.Kind> kinds(String names) {
        return names.isEmpty()
                ? List.of(Nemesis.Kind.values())
                : Stream.of(names.split(",", -1)).map(Nemesis.Kind::valueOf).toList();
    }
}
