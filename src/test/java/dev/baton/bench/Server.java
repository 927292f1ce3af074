package dev.baton.bench;

import static org.awaitility.Awaitility.await;

import dev.baton.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server that is measured: a process of its own on the first core. Ends with {@link #close}, or with this JVM. */
final class Server implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(1);
    private static final Pattern READY = Pattern.compile("ready .*\\bhttp=(\\d+)(?: management=(\\d+))?");
    private static final int CORE = 0;

    /** Which one. */
    enum Kind {
        /** The jar. */
        BATON,
        /** {@link ByHand}. */
        BY_HAND
    }

    private final Process process;
    private final Path folder;
    private final long begun = System.nanoTime();
    private final long ready;
    private final Matcher line;
    private final Thread undertaker;

    private Server(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
        this.undertaker = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(undertaker);
        await().atMost(START).pollInterval(Duration.ofMillis(5)).until(this::isReady);
        this.ready = System.nanoTime();
        this.line = READY.matcher(text("out"));
        if (!line.find()) {
            throw new AssertionError("not ready after all");
        }
    }

    /**
     * Starts one, and waits until it serves.
     *
     * @param jvm options of its JVM; none is what counts
     */
    static Server start(Kind kind, Path jar, List<String> jvm) {
        List<String> command = new ArrayList<>(List.of(
                "taskset",
                "-c",
                Integer.toString(CORE),
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(jvm);
        command.addAll(
                kind == Kind.BATON
                        ? List.of("-jar", jar.toAbsolutePath().toString())
                        : List.of("-cp", System.getProperty("java.class.path"), ByHand.class.getName()));
        try {
            Path folder = Files.createTempDirectory("baton-bench-");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(folder.resolve("out").toFile())
                    .redirectError(folder.resolve("err").toFile());
            builder.environment().keySet().removeIf(key -> key.startsWith("BATON_"));
            builder.environment()
                    .putAll(Map.of(
                            "BATON_HTTP_PORT",
                            "0",
                            "BATON_CLUSTER_NAME",
                            "bench-" + UUID.randomUUID(),
                            "BATON_CLUSTER_PORT",
                            Integer.toString(FreePorts.inARow(20))));
            return new Server(builder.start(), folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isReady() {
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended: " + text("err"));
        }
        return READY.matcher(text("out")).find();
    }

    private String text(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the start of the process to the line that says ready, in seconds; seen every 5 ms. */
    double startSeconds() {
        return (ready - begun) / 1e9;
    }

    int port() {
        return Integer.parseInt(line.group(1));
    }

    int management() {
        return Integer.parseInt(line.group(2));
    }

    long pid() {
        return process.pid();
    }

    double cpuMicros() {
        return Proc.cpuMicros(pid());
    }

    long residentKb() {
        return Proc.residentKb(pid());
    }

    @Override
    public void close() {
        process.destroyForcibly();
        await().atMost(START).until(() -> !process.isAlive());
        Runtime.getRuntime().removeShutdownHook(undertaker);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
