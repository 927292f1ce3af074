package dev.baton.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a file from its copies. */
final class FileIdentity {
    private FileIdentity() {}

    /** The inode of the file; a constant where the file system has none, or the file is not there. */
    static String of(String file) {
        try {
            return "inode " + Files.getAttribute(Path.of(file), "unix:ino");
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return "file";
        }
    }
}
