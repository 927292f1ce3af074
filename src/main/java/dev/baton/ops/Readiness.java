package dev.baton.ops;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** Whether this node should get new clients, and if not, why. Thread-safe. */
public final class Readiness {

    private record Check(String name, BooleanSupplier good, String otherwise) {}

    private final List<Check> checks = new CopyOnWriteArrayList<>();
    private volatile boolean started;
    private volatile boolean draining;

    /** Adds a condition; the supplier is asked from any thread and must not block. */
    public void add(String name, BooleanSupplier good, String otherwise) {
        checks.add(new Check(name, good, otherwise));
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
            if (!check.good().getAsBoolean()) {
                obstacles.put(check.name(), check.otherwise());
            }
        }
        return obstacles;
    }
}
