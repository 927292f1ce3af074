package dev.baton.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A main class of the tests in a JVM of its own, which answers a line with a line; killed when closed. One thread at a
 * time.
 */
final class OwnProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Writer in;

    private OwnProcess(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts it.
     *
     * @param before what comes before {@code java} on the command line
     * @param options of the JVM
     */
    static OwnProcess start(List<String> before, List<String> options, Class<?> main, String... args) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        try {
            return new OwnProcess(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The next line that it says; waits for it, and says so when there will be none. */
    String line() {
        try {
            String line = out.readLine();
            return line == null ? "it ended" : line;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What it answers to a line. */
    String ask(String line) {
        try {
            in.write(line + "\n");
            in.flush();
            return line();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** SIGSTOP: its connections stay open, and nothing answers there. */
    void pause() {
        Signals.send("STOP", process.pid());
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
