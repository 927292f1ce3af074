package dev.baton.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The file behind an SQLite store, known by its device and inode. A connection goes on writing to the file it has
 * opened, also when that was moved or deleted, and nobody would find it there after a restart. Used by the committer's
 * thread alone.
 */
final class StoreFile {
    /** What SQLite calls a file that has been moved, and no driver reports. */
    static final String MOVED = "BTN01";

    private final Path file;
    private final Path journal;
    private final Optional<Object> opened;
    private Optional<Object> openedJournal = Optional.empty();

    private StoreFile(Path file) throws SQLException {
        this.file = file;
        this.journal = file.resolveSibling(file.getFileName() + "-wal");
        this.opened = key(file);
    }

    /** The file that is there now. */
    static StoreFile opened(Path file) throws SQLException {
        return new StoreFile(file);
    }

    /** A new connection has opened the journal that is there now, or makes one. */
    void connected() {
        openedJournal = Optional.empty();
    }

    /** Fails unless the file, and the journal beside it, are still those that were opened. */
    void require() throws SQLException {
        if (!key(file).equals(opened)) {
            throw moved("its file " + file.getFileName() + " is not the one that was opened");
        }
        Optional<Object> now = key(journal);
        if (openedJournal.isEmpty()) {
            openedJournal = now;
        }
        if (!now.equals(openedJournal)) {
            throw moved("the journal " + journal.getFileName() + " beside its file is not the one that was opened");
        }
    }

    private static SQLException moved(String what) {
        return new SQLException(
                what + ": moved, deleted or replaced. Put it back, or stop the nodes and start them with what is there",
                MOVED);
    }

    /** Empty when there is no such file, or where files have no such key. */
    private static Optional<Object> key(Path path) throws SQLException {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(path, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
