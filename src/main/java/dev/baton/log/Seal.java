package dev.baton.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Tells whether an SQLite file is the newest one, or an older copy that was put in its place. A random text, the seal,
 * stands in the database and in a file beside it, and is renewed every minute and when the store is closed; a copy that
 * is put back has a seal that the file beside it has forgotten. Used by the committer's thread, and before it runs.
 *
 * <p>The file beside is synced before the database commits and names the seal before, too, so that a crash in between
 * breaks nothing. Only copies that are younger than two renewals pass for the newest.
 */
final class Seal {
    /** How often a seal is renewed, in nanoseconds: a backup that is older is told from the file that it replaces. */
    private static final long RENEWED = 60_000_000_000L;

    private final Path file;
    private long renewed;

    /** The seal of that database file. */
    Seal(String database) {
        this.file = Path.of(database + "-seal");
        this.renewed = System.nanoTime();
    }

    /** Renews the seal if that is due. Says why, when the one in the database is not the one expected. */
    Optional<String> renewIfDue(Connection connection, Dialect dialect) throws SQLException {
        return System.nanoTime() - renewed < RENEWED ? Optional.empty() : renew(connection, dialect);
    }

    /** The same, due or not. The connection is in no transaction, before and after. */
    Optional<String> renew(Connection connection, Dialect dialect) throws SQLException {
        renewed = System.nanoTime();
        dialect.begin(connection);
        try {
            String before = read(connection);
            Optional<String> broken = broken(before);
            String next = UUID.randomUUID().toString();
            write(before + "\n" + next + "\n");
            try (PreparedStatement statement =
                    connection.prepareStatement("UPDATE baton_store SET seal = ? WHERE one = 1")) {
                statement.setString(1, next);
                statement.executeUpdate();
            }
            dialect.commit(connection);
            return broken;
        } catch (IOException e) {
            dialect.rollback(connection);
            throw new SQLException("the file " + file + " beside the database cannot be written: " + e.getMessage(), e);
        } catch (SQLException e) {
            dialect.rollback(connection);
            throw e;
        }
    }

    private static String read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT seal FROM baton_store WHERE one = 1");
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    private Optional<String> broken(String inDatabase) throws IOException {
        if (inDatabase.isEmpty()) {
            return Optional.empty(); // new, or of a version that had no seal
        }
        try {
            List<String> known = Files.readAllLines(file, StandardCharsets.UTF_8);
            return known.contains(inDatabase)
                    ? Optional.empty()
                    : Optional.of(
                            "the database file is an older copy: its seal is not the one in " + file.getFileName());
        } catch (NoSuchFileException e) {
            return Optional.of("the database file is a copy: there is no " + file.getFileName() + " beside it");
        }
    }

    private void write(String text) throws IOException {
        Path made = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + "-", "");
        try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
