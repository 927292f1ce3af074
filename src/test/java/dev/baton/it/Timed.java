package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What takes its time by promise, on a machine that may stand still for a moment and so make it late. It is never to be
 * early, and not to be late three times in a row: for that it is not enough that the machine is busy. For the test's
 * thread.
 */
final class Timed {
    private static final int TRIES = 3;

    private Timed() {}

    /** Does it, and again while it is late. All times in milliseconds; {@code once} returns how long it took. */
    static void between(long least, long most, LongSupplier once) {
        List<Long> took = new ArrayList<>();
        do {
            took.add(once.getAsLong());
            assertThat(took).as("never early").allMatch(millis -> millis >= least, "at least " + least + " ms");
        } while (took.get(took.size() - 1) > most && took.size() < TRIES);
        assertThat(took).as("late each time").anyMatch(millis -> millis <= most, "at most " + most + " ms");
    }
}
