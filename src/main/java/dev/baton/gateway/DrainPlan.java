package dev.baton.gateway;

import java.time.Duration;

/**
 * Who is told to go when: so many, evenly over a time, the first at once and the last a step before the time is up. A
 * crowd that is told in one moment would knock on the other nodes in one moment. Pure.
 *
 * @param count how many there are
 * @param over the time, 0 or more; 0 is all at once
 */
record DrainPlan(int count, Duration over) {

    /** How many of them are to have been told when that much of the time has gone by. */
    int due(Duration elapsed) {
        if (elapsed.compareTo(over) >= 0) {
            return count;
        }
        double share = (double) elapsed.toNanos() / over.toNanos();
        return Math.min(count, (int) (count * share) + 1);
    }
}
