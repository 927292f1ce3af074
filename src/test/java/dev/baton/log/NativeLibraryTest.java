package dev.baton.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the native library is put, with a loader that says which folders are mounted {@code noexec}. */
class NativeLibraryTest {
    private static final byte[] LIBRARY = {1, 2, 3};

    @TempDir
    private Path folder;

    private final List<Path> loaded = new ArrayList<>();

    @Test
    void itIsPutBesideTheDocumentsAndUsedAgain() throws IOException {
        assertThat(NativeLibrary.place(List.of(folder), LIBRARY, loaded::add)).contains(folder);
        assertThat(NativeLibrary.place(List.of(folder), LIBRARY, loaded::add)).contains(folder);

        assertThat(loaded).hasSize(2).allSatisfy(file -> assertThat(file).hasBinaryContent(LIBRARY));
        assertThat(files()).as("one file, however often a node starts").hasSize(1);
    }

    @Test
    void theLibraryOfAnotherVersionIsReplaced() throws IOException {
        NativeLibrary.place(List.of(folder), new byte[] {9, 9}, loaded::add);

        NativeLibrary.place(List.of(folder), LIBRARY, loaded::add);

        assertThat(loaded.get(1)).hasBinaryContent(LIBRARY);
        assertThat(files()).hasSize(1);
    }

    @Test
    void whereItMayNotBeRunOrWrittenTheNextFolderIsTried() throws IOException {
        Path noexec = Files.createDirectory(folder.resolve("noexec"));
        Path missing = folder.resolve("missing");
        Path fine = Files.createDirectory(folder.resolve("fine"));

        assertThat(NativeLibrary.place(List.of(noexec, missing, fine), LIBRARY, file -> {
                    if (file.startsWith(noexec)) {
                        throw new UnsatisfiedLinkError("failed to map segment from shared object");
                    }
                }))
                .contains(fine);
        assertThat(NativeLibrary.place(List.of(missing), LIBRARY, loaded::add)).isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
