package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same on SQLite, and what is done to its file. */
class SqliteIncarnationTest extends IncarnationContract {
    @TempDir
    private Path folder;

    @Override
    LogSettings settings() {
        return LogSettings.of("jdbc:sqlite:" + file(), Optional.empty(), Optional.empty());
    }

    private Path file() {
        return folder.resolve("baton.db");
    }

    @Test
    void a_backup_that_is_put_back_over_the_file_is_another_history() throws Exception {
        DocumentLog log = open();
        claim(log, 0, ANN);
        Path backup = backup();
        update(log, 1, "ann", "lost", "1");
        String before =
                get(log.open(DOC, OptionalLong.empty(), Optional.empty())).log();
        get(log.close());

        Files.write(file(), Files.readAllBytes(backup)); // the same inode
        removeJournal();

        DocumentLog restored = open();
        assertThat(restored.incarnation()).isPositive();
        assertThat(get(restored.open(DOC, OptionalLong.of(2), Optional.of(before)))
                        .recovered())
                .isFalse();
    }

    @Test
    void a_copy_that_takes_the_place_of_the_file_is_another_history() throws Exception {
        DocumentLog log = open();
        message(log, "cid", "m1", "1");
        get(log.close());

        Path copy = folder.resolve("copy.db");
        Files.copy(file(), copy);
        Files.move(copy, file(), StandardCopyOption.REPLACE_EXISTING);

        assertThat(open().incarnation()).isPositive();
    }

    @Test
    void a_copy_of_the_whole_folder_is_another_history_and_the_original_is_not() throws Exception {
        DocumentLog log = open();
        message(log, "cid", "m1", "1");
        get(log.close());

        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        for (String name : new String[] {"baton.db", "baton.db-seal"}) {
            Files.copy(folder.resolve(name), elsewhere.resolve(name));
        }

        DocumentLog copied = get(DocumentLogs.open(
                vertx,
                LogSettings.of("jdbc:sqlite:" + elsewhere.resolve("baton.db"), Optional.empty(), Optional.empty())));
        assertThat(copied.incarnation()).isPositive();
        get(copied.close());
        assertThat(open().incarnation()).isZero();
    }

    @Test
    void a_folder_that_is_moved_keeps_its_history() throws Exception {
        DocumentLog log = open();
        message(log, "cid", "m1", "1");
        get(log.close());

        Path elsewhere = folder.resolveSibling("moved-" + folder.getFileName());
        Files.move(folder, elsewhere);
        DocumentLog moved = get(DocumentLogs.open(
                vertx,
                LogSettings.of("jdbc:sqlite:" + elsewhere.resolve("baton.db"), Optional.empty(), Optional.empty())));
        assertThat(moved.incarnation()).isZero();
        get(moved.close());
        Files.move(elsewhere, folder);
    }

    @Test
    void a_file_from_a_version_without_incarnations_keeps_its_history() throws Exception {
        DocumentLog log = open();
        claim(log, 0, ANN);
        get(log.close());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE baton_store SET origin = NULL, seal = ''");
        }
        DocumentLog upgraded = open();
        assertThat(upgraded.incarnation()).isZero();
        assertThat(get(upgraded.state(DOC)).epoch()).isEqualTo(1);
    }

    private Path backup() throws Exception {
        Path backup = folder.resolve("backup.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.execute("VACUUM INTO '" + backup + "'");
        }
        return backup;
    }

    private void removeJournal() {
        try {
            Files.deleteIfExists(folder.resolve("baton.db-wal"));
            Files.deleteIfExists(folder.resolve("baton.db-shm"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
