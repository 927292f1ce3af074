package dev.baton.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The writes and syncs of processes to some files, and the lines that they printed, in the order in which the kernel
 * saw them.
 */
final class Trace {
    /** What strace is told to record. */
    static final List<String> OPTIONS = List.of(
            "-f",
            "-qq",
            "-y",
            "-xx",
            "-s",
            "1000000",
            "--seccomp-bpf",
            "-e",
            "signal=none",
            "-e",
            "trace=write,pwrite64,fsync,fdatasync,ftruncate,unlink");

    /** One thing that happened. A call that takes time has two steps: it may have its effect from its beginning on. */
    sealed interface Step {}

    /** A write began; {@code call} is also that of its {@link Ended}. */
    record Write(int call, Path file, long offset, ByteBuffer bytes) implements Step {}

    /** The file began to be cut, or made longer. */
    record Truncate(int call, Path file, long length) implements Step {}

    /** A sync began: it covers the calls that had ended by then. */
    record Sync(int call, Path file) implements Step {}

    /** The call came back. */
    record Ended(int call) implements Step {}

    /** The file was deleted. */
    record Unlink(Path file) implements Step {}

    /** A process printed a whole line. */
    record Printed(String line) implements Step {}

    private static final Pattern CALL = Pattern.compile("(\\d+) +(\\w+)\\((?:(\\d+)<([^>]*)>)?(.*)");
    private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. (\\w+) resumed>.*");
    private static final Pattern TEXT = Pattern.compile("(?:, )?\"((?:\\\\x..)*)\"(?:, (\\d+)(?:, (\\d+))?)?.*");
    private static final Pattern NUMBER = Pattern.compile(", (\\d+).*");

    private final Path folder;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Integer> unfinished = new HashMap<>();
    private final Map<String, ByteArrayOutputStream> printed = new HashMap<>();
    private int calls;

    private Trace(Path folder) {
        this.folder = folder;
    }

    /** Reads what strace wrote; files outside of the folder are of no interest. */
    static List<Step> read(Path strace, Path folder) throws IOException {
        Trace trace = new Trace(folder);
        try (Stream<String> lines = Files.lines(strace, StandardCharsets.ISO_8859_1)) {
            lines.forEach(trace::line);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return trace.steps;
    }

    private void line(String line) {
        Matcher resumed = RESUMED.matcher(line);
        if (resumed.matches()) {
            Optional.ofNullable(unfinished.remove(resumed.group(1))).ifPresent(call -> steps.add(new Ended(call)));
            return;
        }
        Matcher call = CALL.matcher(line);
        if (!call.matches()) {
            return;
        }
        int before = steps.size();
        call(call.group(2), Optional.ofNullable(call.group(3)), Optional.ofNullable(call.group(4)), call.group(5));
        boolean takesTime = steps.size() > before
                && !(steps.get(before) instanceof Printed)
                && !(steps.get(before) instanceof Unlink);
        if (takesTime && line.endsWith("<unfinished ...>")) {
            unfinished.put(call.group(1), calls);
        } else if (takesTime) {
            steps.add(new Ended(calls));
        }
    }

    private void call(String name, Optional<String> descriptor, Optional<String> named, String rest) {
        if (name.equals("unlink")) {
            file(text(rest)).ifPresent(file -> steps.add(new Unlink(file)));
            return;
        }
        if (name.equals("write") && descriptor.equals(Optional.of("1"))) {
            print(named.orElse(""), bytes(rest));
            return;
        }
        Optional<Path> file = named.flatMap(escaped -> file(unescaped(escaped)));
        if (file.isEmpty()) {
            return;
        }
        calls++;
        switch (name) {
            case "pwrite64" -> {
                Matcher text = TEXT.matcher(rest);
                if (!text.matches()) {
                    throw new IllegalArgumentException("not understood: " + rest);
                }
                steps.add(new Write(
                        calls, file.get(), Long.parseLong(text.group(3)), ByteBuffer.wrap(hex(text.group(1)))));
            }
            case "ftruncate" -> {
                Matcher number = NUMBER.matcher(rest);
                if (!number.matches()) {
                    throw new IllegalArgumentException("not understood: " + rest);
                }
                steps.add(new Truncate(calls, file.get(), Long.parseLong(number.group(1))));
            }
            case "fsync", "fdatasync" -> steps.add(new Sync(calls, file.get()));
            default -> throw new IllegalArgumentException("not expected: " + name + " to " + file.get());
        }
    }

    /**
     * Several processes may have their output in one place; each writes whole lines at once, or their parts one after
     * the other.
     */
    private void print(String where, byte[] bytes) {
        ByteArrayOutputStream open = printed.computeIfAbsent(where, nothing -> new ByteArrayOutputStream());
        for (byte b : bytes) {
            if (b == '\n') {
                steps.add(new Printed(open.toString(StandardCharsets.UTF_8)));
                open.reset();
            } else {
                open.write(b);
            }
        }
    }

    /**
     * What is shared in memory between the processes is not expected to outlive them, and the seal is no part of the
     * database.
     */
    private Optional<Path> file(String name) {
        Path file = Path.of(name);
        return file.startsWith(folder) && !name.endsWith("-shm") && !name.contains("-seal")
                ? Optional.of(file)
                : Optional.empty();
    }

    private static String text(String rest) {
        return new String(bytes(rest), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String rest) {
        Matcher text = TEXT.matcher(rest);
        return text.matches() ? hex(text.group(1)) : new byte[0];
    }

    private static String unescaped(String escaped) {
        return escaped.startsWith("\\x") ? new String(hex(escaped), StandardCharsets.UTF_8) : escaped;
    }

    private static byte[] hex(String escaped) {
        byte[] bytes = new byte[escaped.length() / 4];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (Character.digit(escaped.charAt(4 * i + 2), 16) << 4
                    | Character.digit(escaped.charAt(4 * i + 3), 16));
        }
        return bytes;
    }
}
