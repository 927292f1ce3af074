package dev.baton.ops;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Whether this node should get new clients, and if not, why. Thread-safe. */
public final class Readiness {

    private record Check(String name, Supplier<Optional<String>> obstacle) {}

    private final List<Check> checks = new CopyOnWriteArrayList<>();
    private volatile boolean started;
    private volatile boolean draining;

    /** Adds a condition; the supplier is asked from any thread and must not block. */
    public void add(String name, BooleanSupplier good, String otherwise) {
        add(name, () -> good.getAsBoolean() ? Optional.empty() : Optional.of(otherwise));
    }

    /**
     * Adds a condition that says itself what stands against it; asked like the others. Of one name the last that does
     * counts.
     */
    public void add(String name, Supplier<Optional<String>> obstacle) {
        checks.add(new Check(name, obstacle));
    }

    /** The node serves. */
    public void started() {
        started = true;
    }

    /** The node is about to go. */
    public void draining() {
        draining = true;
    }

    /** What stands against it, by name, in plain words; empty when ready. */
    public Map<String, String> obstacles() {
        Map<String, String> obstacles = new TreeMap<>();
        if (!started) {
            obstacles.put("node", "starting");
        }
        if (draining) {
            obstacles.put("node", "draining");
        }
        for (Check check : checks) {
            check.obstacle().get().ifPresent(why -> obstacles.put(check.name(), why));
        }
        return obstacles;
    }
}
