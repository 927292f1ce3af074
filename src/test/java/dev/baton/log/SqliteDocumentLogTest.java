package dev.baton.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteDocumentLogTest extends DocumentLogContract {
    @TempDir
    private Path folder;

    @Override
    LogSettings settings() {
        return LogSettings.of("jdbc:sqlite:" + file(), Optional.empty(), Optional.empty());
    }

    @Override
    LogSettings untouched() {
        return LogSettings.of("jdbc:sqlite:" + folder.resolve("second.db"), Optional.empty(), Optional.empty());
    }

    @Override
    AutoCloseable holdUp() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 2000");
            statement.execute("BEGIN IMMEDIATE");
        }
        return connection;
    }

    @Override
    void poison(String data) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TRIGGER poison BEFORE INSERT ON baton_entry WHEN NEW.data = '" + data
                    + "' BEGIN SELECT RAISE(ABORT, 'poisoned'); END");
        }
    }

    private Path file() {
        return folder.resolve("deep/er/baton.db");
    }

    @Test
    void the_file_and_its_folders_are_made_and_commits_are_flushed() throws Exception {
        assertThat(Files.exists(file())).isTrue();
        assertThat(Files.exists(file().resolveSibling("baton.db-wal"))).isTrue();
        try (Connection connection = Store.open(settings()).first();
                Statement statement = connection.createStatement()) {
            try (var rows = statement.executeQuery("PRAGMA synchronous")) {
                assertThat(rows.getInt(1)).isEqualTo(2);
            }
            try (var rows = statement.executeQuery("PRAGMA journal_mode")) {
                assertThat(rows.getString(1)).isEqualTo("wal");
            }
        }
    }
}
