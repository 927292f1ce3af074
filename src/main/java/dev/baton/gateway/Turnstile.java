package dev.baton.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * Lets in so many at a time; the others wait in the order in which they came. When thousands come back at once, each of
 * them costs the node much more than a message of whoever is there already, and without this they would all stand in
 * the same line before it. Confined to one loop.
 */
final class Turnstile {
    private final Deque<BooleanSupplier> waiting = new ArrayDeque<>();
    private final int most;
    private int inside;

    /** For so many at a time. */
    Turnstile(int most) {
        this.most = most;
    }

    /**
     * Now, or when somebody has left and all who came before are in.
     *
     * @param in goes in; false when it is no longer there and takes no place. Whoever is in {@link #leave leaves} once.
     */
    void enter(BooleanSupplier in) {
        if (inside < most) {
            inside += in.getAsBoolean() ? 1 : 0;
        } else {
            waiting.add(in);
        }
    }

    /** One who was in is through. */
    void leave() {
        inside--;
        while (inside < most && !waiting.isEmpty()) {
            inside += waiting.remove().getAsBoolean() ? 1 : 0;
        }
    }

    /** How many wait. */
    int waiting() {
        return waiting.size();
    }
}
