package dev.baton.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Signals to processes, by id. */
final class Signals {
    private Signals() {}

    /** Sends {@code STOP}, {@code CONT}, {@code TERM} or {@code KILL} to one process; fails when there is none. */
    static void send(String name, long pid) {
        run("kill", "-" + name, Long.toString(pid));
    }

    /** Runs a command to its end, which must be a good one. */
    static void run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() != 0) {
                throw new AssertionError(List.of(command) + " ended with status " + process.exitValue());
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }
}
