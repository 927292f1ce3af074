package dev.baton.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the nodes of a test run in. Any thread. */
final class NodeJvm {

    /** The jar. */
    static final Path JAR =
            Path.of(System.getProperty("baton.jar", "target/baton.jar")).toAbsolutePath();

    /** {@code -Dbaton.it.java="/path/to/java -XX:…"} tries the nodes on another JVM, or with other options. */
    private static final String OTHER = System.getProperty("baton.it.java", "").strip();

    /** Whether nodes are to start quickly; the bench runs them with what a JVM does by itself. */
    private static final boolean QUICK = Boolean.getBoolean("baton.it.quick");

    private NodeJvm() {}

    /** The beginning of a command, before {@code -jar}. */
    static List<String> command() {
        return OTHER.isEmpty() && QUICK ? quick() : plain();
    }

    /** The same for a node that is measured, as {@code java -jar} runs it by itself. */
    static List<String> plain() {
        return OTHER.isEmpty() ? with() : List.of(OTHER.split(" +"));
    }

    private static List<String> quick() {
        List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
        archive().ifPresent(archive -> options.add("-XX:SharedArchiveFile=" + archive));
        return with(options.toArray(String[]::new));
    }

    /**
     * With half a gibibyte of heap, which stays as large as it is: the full collection that
     * {@link NodeProcess#liveHeap} asks for would shrink it, and what is measured next would have several times the
     * collections of a node that is left alone.
     */
    private static List<String> with(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.add("-XX:MaxHeapFreeRatio=100");
        command.addAll(List.of(options));
        return command;
    }

    /**
     * The classes of a node that has started once, as the JVM lays them out in memory. With it, and with the first of
     * the two compilers alone, which is how the image runs a node, a start takes a third of the processor time. Nothing
     * where the JVM cannot make one.
     */
    private static synchronized Optional<Path> archive() {
        try {
            Path archive = JAR.resolveSibling("classes-" + Runtime.version() + "-"
                    + Files.getLastModifiedTime(JAR).toMillis() + ".jsa");
            if (!Files.exists(archive)) {
                Path made = archive.resolveSibling("new-" + archive.getFileName());
                try (Nodes one = Nodes.in(with("-XX:ArchiveClassesAtExit=" + made), NodeJvm.class, Map.of())) {
                    one.add(1, Map.of()).get(0).terminate();
                }
                if (!Files.exists(made)) {
                    return Optional.empty();
                }
                Files.move(made, archive, StandardCopyOption.REPLACE_EXISTING);
            }
            return Optional.of(archive);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
