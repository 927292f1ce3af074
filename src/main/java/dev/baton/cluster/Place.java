package dev.baton.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a process runs: the boot of its machine, its namespace of processes, its id there and when it began. A node on
 * the same machine can tell from it that another one has ended, without waiting for its signature to run out. Blocks on
 * no network.
 */
final class Place {

    private Place() {}

    /** Where this process runs; empty where the system does not say. */
    static String here() {
        return machine()
                .flatMap(machine -> started(ProcessHandle.current().pid())
                        .map(start -> machine + "/" + ProcessHandle.current().pid() + "/" + start))
                .orElse("");
    }

    /** Whether that process, of this machine and namespace, has surely ended. */
    static boolean hasEnded(String place) {
        String[] parts = place.split("/", -1);
        if (parts.length != 4 || !machine().equals(Optional.of(parts[0] + "/" + parts[1]))) {
            return false;
        }
        try {
            return !started(Long.parseLong(parts[2])).equals(Optional.of(parts[3]));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static Optional<String> machine() {
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            String processes =
                    Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return Optional.of(boot + "/" + processes);
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> started(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().startInstant())
                .map(start -> Long.toString(start.toEpochMilli()));
    }
}
