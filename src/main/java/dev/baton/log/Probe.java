package dev.baton.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A write like those that clients make, which leaves nothing behind: it touches the documents, adds entries to the
 * table and its indexes, deletes them, and commits. Where the table is locked, the disk full or the standby gone, it
 * fails as theirs do.
 */
final class Probe {
    /** No document has this number. */
    private static final long NOBODY = -1;

    private static final String TOUCH = "UPDATE baton_document SET head = head WHERE num = ?";

    private static final String ADD = "INSERT INTO baton_entry"
            + " (document, seq, kind, epoch, session, author, operation, fingerprint, written_at, data)"
            + " VALUES (?, ?, " + Kind.MESSAGE.code() + ", 0, ?, '', ?, '', ?, ?)";

    private static final String DELETE = "DELETE FROM baton_entry WHERE document = ? AND seq = ?";

    /** Bytes, each of two characters: next to nothing. */
    private static final int[] SMALL = {8};

    /**
     * Text that cannot be compressed, of which the first just fits into a row on PostgreSQL and the others are stored
     * beside it: more than a page in either place, so that space has to be found.
     */
    private static final int[] LARGE = {900, 6_000, 6_000};

    private Probe() {}

    /** Writes next to nothing: that the store takes it says that nothing stands in the way. Commits. */
    static void writeLittle(Connection connection, Dialect dialect, Preamble preamble) throws SQLException {
        write(connection, dialect, preamble, SMALL);
    }

    /** Writes so much that space has to be found: for a store that has refused writes. Commits. */
    static void writeMuch(Connection connection, Dialect dialect, Preamble preamble) throws SQLException {
        write(connection, dialect, preamble, LARGE);
    }

    private static void write(Connection connection, Dialect dialect, Preamble preamble, int[] sizes)
            throws SQLException {
        dialect.begin(connection);
        preamble.run(connection);
        dialect.requireStandby(connection);
        try (PreparedStatement touch = connection.prepareStatement(TOUCH);
                PreparedStatement add = connection.prepareStatement(ADD);
                PreparedStatement delete = connection.prepareStatement(DELETE)) {
            touch.setLong(1, NOBODY);
            touch.executeUpdate();
            for (int size : sizes) {
                long seq = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
                byte[] random = new byte[size];
                ThreadLocalRandom.current().nextBytes(random);
                add.setLong(1, NOBODY);
                add.setLong(2, seq);
                add.setString(3, "probe");
                add.setString(4, Long.toHexString(seq));
                add.setLong(5, System.currentTimeMillis());
                add.setString(6, HexFormat.of().formatHex(random));
                add.executeUpdate();
                delete.setLong(1, NOBODY);
                delete.setLong(2, seq);
                delete.addBatch();
            }
            delete.executeBatch();
        }
        dialect.commit(connection);
    }
}
