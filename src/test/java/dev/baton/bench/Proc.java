package dev.baton.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux knows of a process. */
final class Proc {
    /** Of {@code /proc/PID/stat}, as {@code getconf CLK_TCK} says on every Linux. */
    private static final double TICKS_A_SECOND = 100;

    private Proc() {}

    /** Microseconds of processor time that it has used, its threads and the system on their behalf. */
    static double cpuMicros(long pid) {
        String stat = read(pid, "stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND * 1e6;
    }

    /** KB of memory that it has resident. */
    static long residentKb(long pid) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Has all threads of a process, and those to come, run on that core only. */
    static void pin(long pid, int core) {
        try {
            Process taskset = new ProcessBuilder(
                            List.of("taskset", "-a", "-c", "-p", Integer.toString(core), Long.toString(pid)))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (taskset.waitFor() != 0) {
                throw new IllegalStateException("taskset failed: is there a core " + core + "?");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String read(long pid, String name) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
