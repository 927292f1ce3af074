package dev.baton.it;

import dev.baton.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/**
 * The clock on the wall of one process, which can be set while that runs, as by {@code date -s} on a machine of its
 * own: its monotonic clock goes on as before. By libfaketime, which reads how far it is ahead out of a file about once
 * a second.
 */
final class WallClock {
    private final Path file;
    private final String library;
    private Duration ahead = Duration.ZERO;

    private WallClock(Path file, String library) {
        this.file = file;
        this.library = library;
    }

    /** One that is right so far, with its file in that folder. */
    static WallClock in(Path folder) {
        Path faketime = Tool.FAKETIME.require();
        WallClock clock = new WallClock(folder.resolve("clock"), library(faketime));
        clock.set(Duration.ZERO);
        return clock;
    }

    /** The program knows where its library is, and tells whatever it starts. */
    private static String library(Path faketime) {
        try {
            Process told = new ProcessBuilder(faketime.toString(), "-m", "-f", "+0", "printenv", "LD_PRELOAD").start();
            return new String(told.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What a process has to have in its environment from its start. */
    Map<String, String> settings() {
        return Map.of(
                "LD_PRELOAD", library,
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                // What it mends is not broken here; mended all the same, waits by the monotonic clock return at once.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                "NO_FAKE_STAT", "1");
    }

    /** Sets it by so much from where it is. */
    void set(Duration by) {
        ahead = ahead.plus(by);
        try {
            // Whole at once: it may be read at any time.
            Path next =
                    Files.writeString(file.resolveSibling("next"), (ahead.isNegative() ? "" : "+") + ahead.toSeconds());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** How far it is ahead of the machine's. */
    Duration ahead() {
        return ahead;
    }
}
