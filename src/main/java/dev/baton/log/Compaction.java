package dev.baton.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What lies far enough behind a snapshot goes, in two steps. First an entry loses its data and user and is no longer
 * read: its row still answers for its operation id. Once that is old enough too, the row is deleted. Both work in small
 * slices between the commits of writes, under the same row lock.
 */
final class Compaction {
    /** Rows touched in one transaction: a few milliseconds, for which writes wait. */
    static final int SLICE = 500;

    /** Documents found at once. */
    static final int PAGE = 100;

    /**
     * What was done to a document.
     *
     * @param folded entries that lost their data
     * @param more whether it is worth coming back at once
     */
    record Done(int folded, boolean more) {}

    private static final String DUE = "SELECT d.name FROM baton_document d"
            + " WHERE d.snapshot_seq > d.swept_seq AND ("
            + "(d.floor_seq < d.snapshot_seq AND d.floor_seq < d.head - ? AND " + oldest("floor_seq") + ")"
            + " OR (d.swept_seq < d.floor_seq AND " + oldest("swept_seq") + ")) ORDER BY d.num LIMIT " + PAGE;

    private final long keepEntries;
    private final long keepMillis;
    private final long retryMillis;

    Compaction(LogSettings settings) {
        this.keepEntries = settings.keepEntries();
        this.keepMillis = settings.keepAge().toMillis();
        // An id is never forgotten while its entry can be read.
        this.retryMillis = Math.max(keepMillis, settings.retries().toMillis());
    }

    /** The first page of documents with something to do. Belongs on a reading connection. */
    List<String> due(Connection connection, Preamble preamble, long now) throws SQLException {
        List<String> due = new ArrayList<>();
        try (PreparedStatement statement = preamble.prepare(connection, DUE)) {
            statement.setLong(1, keepEntries);
            statement.setLong(2, now - keepMillis);
            statement.setLong(3, now - retryMillis);
            try (ResultSet rows = preamble.query(statement)) {
                while (rows.next()) {
                    due.add(rows.getString(1));
                }
            }
        }
        return due;
    }

    /** One slice of one document, within a transaction that the caller began and ends. */
    Done slice(Connection connection, Dialect dialect, Preamble preamble, String name, long now) throws SQLException {
        DocumentRow row = new Tables(connection, dialect, preamble, 0)
                .lock(new TreeSet<>(List.of(name)))
                .get(name);
        if (row == null) {
            return new Done(0, false);
        }
        long foldable = Math.min(row.snapshotSeq(), row.head() - keepEntries);
        long floor = oldUpTo(connection, row, row.floor(), foldable, now - keepMillis);
        long swept = oldUpTo(connection, row, row.swept(), floor, now - retryMillis);
        if (swept > row.swept()) {
            range(connection, "DELETE FROM baton_entry", row, row.swept(), swept);
        }
        if (floor > row.floor()) {
            range(
                    connection,
                    "UPDATE baton_entry SET data = '', author = ''",
                    row,
                    Math.max(swept, row.floor()),
                    floor);
        }
        if (floor > row.floor() || swept > row.swept()) {
            try (PreparedStatement statement = connection.prepareStatement(
                    "UPDATE baton_document SET floor_seq = ?, swept_seq = ? WHERE num = ?")) {
                statement.setLong(1, floor);
                statement.setLong(2, swept);
                statement.setLong(3, row.num());
                statement.executeUpdate();
            }
        }
        boolean full = floor - row.floor() == SLICE || swept - row.swept() == SLICE;
        return new Done((int) (floor - row.floor()), full);
    }

    private static String oldest(String bound) {
        return "EXISTS (SELECT 1 FROM baton_entry e WHERE e.document = d.num AND e.seq = d." + bound
                + " + 1 AND e.written_at <= ?)";
    }

    /** The last of at most a slice of entries behind {@code from} that are all old, up to {@code bound}. */
    private static long oldUpTo(Connection connection, DocumentRow row, long from, long bound, long before)
            throws SQLException {
        long last = from;
        if (bound <= from) {
            return last;
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT seq, written_at FROM baton_entry WHERE document = ? AND seq > ? AND seq <= ? ORDER BY seq")) {
            statement.setLong(1, row.num());
            statement.setLong(2, from);
            statement.setLong(3, Math.min(bound, from + SLICE));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next() && rows.getLong(2) <= before) {
                    last = rows.getLong(1);
                }
            }
        }
        return last;
    }

    private static void range(Connection connection, String action, DocumentRow row, long after, long upTo)
            throws SQLException {
        if (upTo <= after) {
            return;
        }
        try (PreparedStatement statement =
                connection.prepareStatement(action + " WHERE document = ? AND seq > ? AND seq <= ?")) {
            statement.setLong(1, row.num());
            statement.setLong(2, after);
            statement.setLong(3, upTo);
            statement.executeUpdate();
        }
    }
}
