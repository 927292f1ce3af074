package dev.baton.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A {@link HolderMain} that holds the pen of a document; killed when closed. */
final class Holder implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final String session;
    private final long epoch;

    /** Starts it on a node; returns when it holds the pen. */
    static Holder start(NodeProcess node, String name, String document) {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HolderMain.class.getName(),
                node.uri(),
                name,
                document);
        try {
            return new Holder(
                    builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Holder(Process process) throws IOException {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        String[] joined = answer().split(" ", 4);
        if (!joined[0].equals("joined") || !joined[2].equals("HOLDER")) {
            process.destroyForcibly();
            throw new AssertionError("does not hold the pen: " + String.join(" ", joined));
        }
        session = joined[1];
        epoch = Long.parseLong(joined[3]);
    }

    String session() {
        return session;
    }

    long epoch() {
        return epoch;
    }

    /** Says something in the document; returns when the node has answered. */
    void say(String what) {
        try {
            in.write(what + "\n");
            in.flush();
            String said = answer();
            if (!said.startsWith("said ")) {
                throw new AssertionError("not said: " + said);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private String answer() throws IOException {
        String line = out.readLine();
        return line == null ? "it ended" : line;
    }

    /** SIGSTOP: its connection stays open, and nothing answers there. */
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
