package dev.baton.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite's native library, unpacked beside the documents and used again by the next start. The driver itself unpacks a
 * copy into the temporary folder at each start, which a killed process leaves there, and fails with a stack trace where
 * that folder is mounted {@code noexec}.
 */
final class NativeLibrary {
    /**
     * The driver's properties: the folder and the name of a library that is unpacked already; where it would unpack
     * one.
     */
    private static final String PATH = "org.sqlite.lib.path";

    private static final String NAME = "org.sqlite.lib.name";
    private static final String TEMPORARY = "org.sqlite.tmpdir";

    private static boolean loaded;

    private NativeLibrary() {}

    /**
     * Makes the library ready for the driver, once in a process; does nothing where an operator has set the driver's
     * own properties. Blocks while it is unpacked.
     *
     * @param folder of the documents, where it is unpacked; where that may not hold programs, the temporary folder is
     *     tried
     * @return why no folder served, in words for whoever starts a node; empty when it is ready
     */
    static synchronized Optional<String> load(Path folder) {
        if (loaded || System.getProperty(PATH) != null || System.getProperty(TEMPORARY) != null) {
            return Optional.empty();
        }
        byte[] library = library();
        if (library.length == 0) {
            return Optional.empty(); // the driver has none for this machine, and says so
        }
        List<Path> places = Stream.of(folder, Path.of(System.getProperty("java.io.tmpdir")))
                .map(Path::toAbsolutePath)
                .distinct()
                .toList();
        Optional<Path> place = place(places, library, file -> System.load(file.toString()));
        place.ifPresent(found -> {
            loaded = true;
            System.setProperty(PATH, found.toString());
            System.setProperty(NAME, LibraryLoaderUtil.getNativeLibName());
        });
        return place.isPresent()
                ? Optional.empty()
                : Optional.of("SQLite's native library can be run from none of " + places
                        + " (mounted noexec, or not writable); name a folder where programs may run: java -D"
                        + TEMPORARY + "=FOLDER -jar baton.jar");
    }

    /** The first of these folders where the library can be put and loaded from. */
    static Optional<Path> place(List<Path> places, byte[] library, Consumer<Path> loader) {
        return places.stream().filter(place -> loads(place, library, loader)).findFirst();
    }

    private static boolean loads(Path folder, byte[] library, Consumer<Path> loader) {
        Path file = folder.resolve(LibraryLoaderUtil.getNativeLibName());
        try {
            unpack(file, library);
            loader.accept(file);
            return true;
        } catch (IOException | UnsatisfiedLinkError e) {
            return false;
        }
    }

    private static byte[] library() {
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
        try (InputStream stream = NativeLibrary.class.getResourceAsStream(resource)) {
            return stream == null ? new byte[0] : stream.readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** Renamed into place, so that a process that has the file of another version open keeps that one. */
    private static void unpack(Path file, byte[] library) throws IOException {
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), library)) {
            return;
        }
        Path part = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid());
        Files.write(part, library);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
