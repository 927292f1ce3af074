package dev.baton.cluster;

import dev.baton.rights.Locks;
import dev.baton.room.RoomVerticle;
import dev.baton.session.Sessions;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A version that does not exist yet: this one's sources, with one more field in each record that travels between nodes.
 */
public final class NextVersion {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final String ADDED = "addedByTheNextVersion";

    private NextVersion() {}

    /** The records that travel. */
    static List<Class<?>> records() {
        List<Class<?>> roots = new ArrayList<>(Sessions.TRAVELLING);
        roots.addAll(Locks.TRAVELLING);
        roots.addAll(RoomVerticle.TRAVELLING);
        return Travelling.records(roots);
    }

    /**
     * Compiles that version, with what is in this JVM's class path, and puts it in a copy of a jar in that folder;
     * gives the jar.
     */
    public static Path jar(Path jar, Path folder) throws IOException {
        Path classes = Files.createDirectories(folder.resolve("next-classes"));
        compile(changed(folder.resolve("next-sources")), classes);
        Path next = folder.resolve("next.jar");
        Files.copy(jar, next, StandardCopyOption.REPLACE_EXISTING);
        try (FileSystem inside = FileSystems.newFileSystem(next);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = inside.getPath("/" + classes.relativize(file));
                Files.createDirectories(to.getParent());
                Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return next;
    }

    private static List<Path> changed(Path folder) throws IOException {
        Map<Path, String> sources = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                sources.put(file, Files.readString(file));
            }
        }
        for (Class<?> type : records()) {
            Class<?> outermost = type.getNestHost();
            Path file = SOURCES.resolve(outermost.getName().replace('.', '/') + ".java");
            sources.put(file, withOneMore(sources.get(file), type.getSimpleName()));
        }
        List<Path> written = new ArrayList<>();
        for (Map.Entry<Path, String> source : sources.entrySet()) {
            Path file = folder.resolve(SOURCES.relativize(source.getKey()));
            Files.createDirectories(file.getParent());
            written.add(Files.writeString(file, source.getValue()));
        }
        return written;
    }

    /** Adds a component, and a constructor without it. */
    static String withOneMore(String source, String name) {
        Matcher header = Pattern.compile("\\brecord " + name + "\\(").matcher(source);
        if (!header.find()) {
            throw new IllegalArgumentException("no record " + name + " in its source");
        }
        int open = header.end();
        int close = open;
        for (int depth = 1; depth > 0; close++) {
            char at = source.charAt(close);
            depth += at == '(' ? 1 : at == ')' ? -1 : 0;
        }
        String components = source.substring(open, close - 1).strip();
        int body = source.indexOf('{', close) + 1;
        String names = components.isEmpty()
                ? ""
                : Arrays.stream(components.split(",(?![^<]*>)"))
                                .map(one -> one.strip().replaceFirst(".*\\s", ""))
                                .collect(Collectors.joining(", "))
                        + ", ";
        String before = components.isEmpty() ? "" : components + ", ";
        return source.substring(0, open)
                + before
                + "String "
                + ADDED
                + source.substring(close - 1, body)
                + " public " + name + "(" + components + ") { this(" + names + "\"next\"); }"
                + source.substring(body);
    }

    private static void compile(List<Path> sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean compiled = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of(
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "--release",
                                    "17",
                                    "-proc:none",
                                    "-parameters",
                                    "-nowarn"),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) {
                throw new IllegalStateException(said.toString());
            }
        }
    }
}
