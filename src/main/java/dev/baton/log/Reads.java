package dev.baton.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The questions asked of the store; each within one transaction of its caller, and so at one moment. */
final class Reads {
    /** Rows brought over at once: large ones must not pile up before the bound of a page is noticed. */
    private static final int FETCH = 64;

    private final StoreGuard guard;
    private final Preamble preamble;
    private final String incarnation;
    private final String removed;
    private final int pageEntries;
    private final long pageBytes;

    Reads(StoreGuard guard, Dialect dialect, LogSettings settings) {
        this.guard = guard;
        this.preamble = dialect.preamble(Dialect.Use.READING, settings);
        this.incarnation = "SELECT " + dialect.currentIncarnation();
        this.removed = "SELECT session FROM baton_removed WHERE removed_at >= " + dialect.clock()
                + " - ? ORDER BY removed_at DESC LIMIT 1000";
        this.pageEntries = settings.pageEntries();
        this.pageBytes = settings.pageBytes();
    }

    /** A reader has more of a document than there is: the log went back, or the reader lies. */
    static final class Beyond extends SQLException {
        private static final long serialVersionUID = 1;

        private final long head;

        Beyond(String document, long after, long head) {
            super("a reader has seq " + after + " of " + document + ", which ends at " + head, "08004");
            this.head = head;
        }

        /** Where the document ends here. */
        long head() {
            return head;
        }
    }

    /** Some entries in order, and whether more follow. */
    private record Page(List<Entry> entries, boolean more) {}

    /** As it counts in the store's incarnation. */
    DocumentRow row(Connection connection, String document) throws SQLException {
        return row(connection, document, incarnation(connection));
    }

    private static DocumentRow row(Connection connection, String document, long current) throws SQLException {
        List<DocumentRow> rows = rows(connection, "name", document);
        DocumentRow row = rows.isEmpty()
                ? deleted(connection, List.of(document)).getOrDefault(document, DocumentRow.untouched(document))
                : rows.get(0);
        return row.under(current);
    }

    /** Those of some documents without a row that were deleted. */
    private static Map<String, DocumentRow> deleted(Connection connection, Collection<String> names)
            throws SQLException {
        Map<String, DocumentRow> deleted = new HashMap<>();
        for (List<String> portion : Sql.portions(names)) {
            try (PreparedStatement statement = connection.prepareStatement("SELECT name, epoch, " + Tables.DELETION
                    + " FROM baton_deleted WHERE name IN (" + Sql.times(portion.size(), "?") + ")")) {
                Sql.names(statement, portion);
                try (ResultSet found = statement.executeQuery()) {
                    while (found.next()) {
                        String name = found.getString(1);
                        deleted.put(name, DocumentRow.deleted(name, found.getLong(2), found.getLong(3)));
                    }
                }
            }
        }
        return deleted;
    }

    /**
     * The first step of a transaction: the incarnation of the store as of it. Fails where the connection leads to an
     * older one than this node works in, or to a server that has not been looked at since it was promoted.
     */
    private long incarnation(Connection connection) throws SQLException {
        try (PreparedStatement statement = preamble.prepare(connection, incarnation);
                ResultSet found = preamble.query(statement)) {
            long current = found.next() ? found.getLong(1) : 0;
            if (found.wasNull() || current < guard.incarnation()) {
                throw new SQLException("the connection leads to another copy of the store", "08004");
            }
            guard.found(current);
            return current;
        }
    }

    List<DocumentState> heldBy(Connection connection, String session) throws SQLException {
        long current = incarnation(connection);
        return rows(connection, "holder", session).stream()
                .map(row -> row.under(current).state())
                .filter(state -> state.holder().isPresent())
                .sorted(Comparator.comparing(DocumentState::document))
                .toList();
    }

    List<String> removedSince(Connection connection, long millis) throws SQLException {
        List<String> sessions = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(removed)) {
            statement.setLong(1, millis);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    sessions.add(rows.getString(1));
                }
            }
        }
        return sessions;
    }

    long documents(Connection connection) throws SQLException {
        incarnation(connection);
        try (PreparedStatement statement = connection.prepareStatement("SELECT count(*) FROM baton_document");
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    Map<String, Head> heads(Connection connection, Collection<String> documents) throws SQLException {
        long current = incarnation(connection);
        Map<String, Head> heads = new HashMap<>();
        for (List<String> portion : Sql.portions(new HashSet<>(documents))) {
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT name, head, epoch, holder FROM baton_document"
                            + " WHERE name IN (" + Sql.times(portion.size(), "?") + ")")) {
                Sql.names(statement, portion);
                try (ResultSet found = statement.executeQuery()) {
                    while (found.next()) {
                        heads.put(
                                found.getString(1),
                                new Head(found.getLong(2), found.getLong(3), Optional.ofNullable(found.getString(4)))
                                        .under(current));
                    }
                }
            }
        }
        Set<String> absent = new HashSet<>(documents);
        absent.removeAll(heads.keySet());
        Map<String, DocumentRow> deleted = deleted(connection, absent);
        absent.forEach(name -> heads.put(
                name,
                Optional.ofNullable(deleted.get(name))
                        .map(row -> new Head(row.head(), row.epoch(), Optional.empty()))
                        .orElse(Head.NONE)
                        .under(current)));
        return heads;
    }

    List<Entry> read(Connection connection, String document, long after, int limit) throws SQLException {
        DocumentRow row = row(connection, document);
        return page(connection, row, after, Math.min(limit, pageEntries)).entries();
    }

    Opening open(Connection connection, String document, OptionalLong after, Optional<String> logId)
            throws SQLException {
        long current = incarnation(connection);
        String log = guard.logId(current);
        DocumentRow row = row(connection, document, current);
        boolean sameLog = after.isPresent() && logId.filter(log::equals).isPresent();
        if (sameLog && after.getAsLong() > row.head()) {
            throw new Beyond(document, after.getAsLong(), row.head());
        }
        boolean complete = sameLog && after.getAsLong() >= row.floor();
        if (complete) {
            Page page = page(connection, row, after.getAsLong(), pageEntries);
            boolean shortcut = page.more() && row.snapshotSeq() > after.getAsLong();
            if (!shortcut) {
                return new Opening(log, row.state(), true, Optional.empty(), page.entries(), page.more());
            }
        }
        Optional<Opening.Content> content = content(connection, row);
        long from = content.map(Opening.Content::seq).orElse(0L);
        Page page = page(connection, row, from, pageEntries);
        return new Opening(log, row.state(), false, content, page.entries(), page.more());
    }

    private static List<DocumentRow> rows(Connection connection, String column, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT " + Sql.DOCUMENT_COLUMNS + " FROM baton_document WHERE " + column + " = ?")) {
            statement.setString(1, value);
            try (ResultSet found = statement.executeQuery()) {
                List<DocumentRow> rows = new ArrayList<>();
                while (found.next()) {
                    rows.add(Sql.document(found));
                }
                return rows;
            }
        }
    }

    private static Optional<Opening.Content> content(Connection connection, DocumentRow row) throws SQLException {
        if (row.snapshotSeq() == 0) {
            return Optional.empty();
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT seq, data FROM baton_snapshot WHERE document = ?")) {
            statement.setLong(1, row.num());
            try (ResultSet found = statement.executeQuery()) {
                return found.next()
                        ? Optional.of(new Opening.Content(found.getLong(1), found.getString(2)))
                        : Optional.empty();
            }
        }
    }

    private Page page(Connection connection, DocumentRow row, long after, int most) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        long from = Math.max(after, row.floor());
        if (from >= row.head()) {
            return new Page(entries, false);
        }
        long bytes = 0;
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT seq, kind, epoch, session, author, operation, written_at, data FROM baton_entry"
                        + " WHERE document = ? AND seq > ? ORDER BY seq LIMIT ?")) {
            statement.setFetchSize(FETCH);
            statement.setLong(1, row.num());
            statement.setLong(2, from);
            statement.setInt(3, most);
            try (ResultSet found = statement.executeQuery()) {
                while ((entries.isEmpty() || bytes < pageBytes) && found.next()) {
                    Entry entry = entry(found);
                    bytes += entry.data().length() + entry.user().length();
                    entries.add(entry);
                }
            }
        }
        boolean more = entries.get(entries.size() - 1).seq() < row.head();
        return new Page(entries, more);
    }

    private static Entry entry(ResultSet found) throws SQLException {
        String operation = found.getString(6);
        return new Entry(
                found.getLong(1),
                Kind.of(found.getInt(2)),
                found.getLong(3),
                found.getString(4),
                found.getString(5),
                operation == null ? "" : operation,
                found.getLong(7),
                found.getString(8));
    }
}
