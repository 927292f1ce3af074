package dev.baton.log;

import dev.baton.log.Ledger.Known;
import dev.baton.log.Ledger.Line;
import dev.baton.log.Ledger.Operation;
import dev.baton.log.Ledger.Segment;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The statements of a writing transaction. Each that writes carries its own condition (epoch, holder, head), so that it writes
 * nothing where the row is not what was decided upon; none of them raises an error for a row, for on PostgreSQL that would end
 * the transaction for its neighbours too.
 */
final class Tables {
    /** A row was not as it had been read under the lock; the transaction must be rolled back and done again. */
    static final class Moved extends Exception {
        private static final long serialVersionUID = 1;

        Moved(String what) {
            super(what);
        }
    }

    /** An operation to be looked up. */
    record Question(long document, Operation operation) {}

    private static final String GATE = " WHERE num = ? AND epoch = ? AND head = ? AND holder IS NOT DISTINCT FROM ?";

    private static final String MOVE_HEAD = "UPDATE baton_document SET head = ?, snapshot_seq = ?" + GATE;

    private static final String MOVE_RIGHTS =
            "UPDATE baton_document SET head = ?, snapshot_seq = ?, epoch = ?, holder = ?,"
                    + " holder_user = ?, holder_keep = ?, rights_seq = ?, rights_session = ?, rights_author = ?, rights_at = ?,"
                    + " rights_data = ?" + GATE;

    /** Writes the entry only while its epoch is current and, for an update, its writer the holder. */
    private static final String ADD_ENTRY = "INSERT INTO baton_entry"
            + " (document, seq, kind, epoch, session, author, operation, fingerprint, written_at, data)"
            + " SELECT num, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM baton_document"
            + " WHERE num = ? AND epoch = ? AND head >= ? AND (? <> " + Kind.UPDATE.code() + " OR holder = ?)"
            + " ON CONFLICT DO NOTHING";

    private static final String PUT_SNAPSHOT = "INSERT INTO baton_snapshot"
            + " (document, seq, epoch, session, written_at, data) SELECT num, ?, ?, ?, ?, ? FROM baton_document"
            + " WHERE num = ? AND epoch = ? AND holder = ? AND snapshot_seq = ?"
            + " ON CONFLICT (document) DO UPDATE SET seq = excluded.seq, epoch = excluded.epoch,"
            + " session = excluded.session, written_at = excluded.written_at, data = excluded.data";

    private final Connection connection;
    private final Dialect dialect;

    Tables(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** Locks the rows of those documents that exist, in the order of their names, as every node does, and reads them. */
    Map<String, DocumentRow> lock(SortedSet<String> names) throws SQLException {
        Map<String, DocumentRow> found = new TreeMap<>();
        for (List<String> portion : Sql.portions(names)) {
            String sql = "SELECT " + Sql.DOCUMENT_COLUMNS + " FROM baton_document WHERE name IN ("
                    + Sql.times(portion.size(), "?") + ") ORDER BY name" + dialect.lockRows();
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                Sql.names(statement, portion);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        DocumentRow row = Sql.document(rows);
                        found.put(row.name(), row);
                    }
                }
            }
        }
        return found;
    }

    /** Adds rows for documents nobody wrote to yet. To be committed before they are locked, or the order of locks is lost. */
    void create(SortedSet<String> names) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO baton_document (name) VALUES (?) ON CONFLICT DO NOTHING")) {
            for (String name : names) {
                statement.setString(1, name);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** What the log knows of the operations, by document. */
    Map<Long, Map<Operation, Known>> known(Collection<Question> questions) throws SQLException {
        Map<Long, Map<Operation, Known>> found = new HashMap<>();
        for (List<Question> portion : Sql.portions(questions)) {
            String sql = "SELECT e.document, e.session, e.operation, e.seq, e.epoch, e.author, e.written_at,"
                    + " e.fingerprint, d.floor_seq FROM (VALUES " + Sql.times(portion.size(), "(?,?,?)")
                    + ") AS q CROSS JOIN baton_entry e CROSS JOIN baton_document d"
                    + " WHERE e.document = q.column1 AND e.session = q.column2 AND e.operation = q.column3"
                    + " AND e.operation IS NOT NULL AND d.num = e.document";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int parameter = 0;
                for (Question question : portion) {
                    statement.setLong(++parameter, question.document());
                    statement.setString(++parameter, question.operation().session());
                    statement.setString(++parameter, question.operation().id());
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        put(found, rows);
                    }
                }
            }
        }
        return found;
    }

    private static void put(Map<Long, Map<Operation, Known>> found, ResultSet rows) throws SQLException {
        long seq = rows.getLong(4);
        boolean compacted = seq <= rows.getLong(9);
        Known known = new Known(
                seq,
                rows.getLong(5),
                compacted ? Optional.empty() : Optional.of(rows.getString(6)),
                rows.getLong(7),
                rows.getString(8));
        found.computeIfAbsent(rows.getLong(1), document -> new HashMap<>())
                .put(new Operation(rows.getString(2), rows.getString(3)), known);
    }

    /** Stores what was decided. Segments of one document are in order; those of several documents share statements. */
    void store(Collection<List<Segment>> decided) throws SQLException, Moved {
        for (int round = 0; ; round++) {
            List<Segment> segments = new ArrayList<>();
            for (List<Segment> ofDocument : decided) {
                if (round < ofDocument.size()) {
                    segments.add(ofDocument.get(round));
                }
            }
            if (segments.isEmpty()) {
                return;
            }
            moveHeads(segments.stream().filter(s -> !s.movesRights()).toList());
            moveRights(segments.stream().filter(Segment::movesRights).toList());
            addEntries(segments);
            putSnapshots(segments.stream().filter(s -> s.content().isPresent()).toList());
        }
    }

    private void moveHeads(List<Segment> segments) throws SQLException, Moved {
        if (segments.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(MOVE_HEAD)) {
            for (Segment segment : segments) {
                statement.setLong(1, segment.after().head());
                statement.setLong(2, segment.after().snapshotSeq());
                gate(statement, 3, segment.before());
                statement.addBatch();
            }
            expectOneEach(statement.executeBatch(), "document");
        }
    }

    private void moveRights(List<Segment> segments) throws SQLException, Moved {
        if (segments.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(MOVE_RIGHTS)) {
            for (Segment segment : segments) {
                DocumentRow after = segment.after();
                Entry rights = after.rights().orElseThrow();
                statement.setLong(1, after.head());
                statement.setLong(2, after.snapshotSeq());
                statement.setLong(3, after.epoch());
                statement.setString(4, after.holder().map(Tenant::session).orElse(null));
                statement.setString(5, after.holder().map(Tenant::user).orElse(null));
                statement.setString(6, after.holder().map(Tenant::keep).orElse(null));
                statement.setLong(7, rights.seq());
                statement.setString(8, rights.session());
                statement.setString(9, rights.user());
                statement.setLong(10, rights.at());
                statement.setString(11, rights.data());
                gate(statement, 12, segment.before());
                statement.addBatch();
            }
            expectOneEach(statement.executeBatch(), "document");
        }
    }

    private static void gate(PreparedStatement statement, int at, DocumentRow before) throws SQLException {
        statement.setLong(at, before.num());
        statement.setLong(at + 1, before.epoch());
        statement.setLong(at + 2, before.head());
        statement.setString(at + 3, before.holder().map(Tenant::session).orElse(null));
    }

    private void addEntries(List<Segment> segments) throws SQLException, Moved {
        try (PreparedStatement statement = connection.prepareStatement(ADD_ENTRY)) {
            boolean any = false;
            for (Segment segment : segments) {
                for (Line line : segment.lines()) {
                    entry(statement, segment.before().num(), line);
                    statement.addBatch();
                    any = true;
                }
            }
            if (any) {
                expectOneEach(statement.executeBatch(), "entry");
            }
        }
    }

    private static void entry(PreparedStatement statement, long document, Line line) throws SQLException {
        Entry entry = line.entry();
        statement.setLong(1, entry.seq());
        statement.setInt(2, entry.kind().code());
        statement.setLong(3, entry.epoch());
        statement.setString(4, entry.session());
        statement.setString(5, entry.user());
        statement.setString(6, entry.kind() == Kind.RIGHTS ? null : entry.id());
        statement.setString(7, line.fingerprint().orElse(null));
        statement.setLong(8, entry.at());
        statement.setString(9, entry.data());
        statement.setLong(10, document);
        statement.setLong(11, entry.epoch());
        statement.setLong(12, entry.seq());
        statement.setInt(13, entry.kind().code());
        statement.setString(14, entry.session());
    }

    private void putSnapshots(List<Segment> segments) throws SQLException, Moved {
        if (segments.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(PUT_SNAPSHOT)) {
            for (Segment segment : segments) {
                Snapshot snapshot = segment.content().orElseThrow();
                statement.setLong(1, snapshot.seq());
                statement.setLong(2, snapshot.epoch());
                statement.setString(3, snapshot.session());
                statement.setLong(4, snapshot.at());
                statement.setString(5, snapshot.data());
                statement.setLong(6, segment.before().num());
                statement.setLong(7, snapshot.epoch());
                statement.setString(8, snapshot.session());
                statement.setLong(9, snapshot.seq());
                statement.addBatch();
            }
            expectOneEach(statement.executeBatch(), "snapshot");
        }
    }

    private static void expectOneEach(int[] counts, String what) throws Moved {
        for (int count : counts) {
            if (count != 1) {
                throw new Moved("a " + what + " was not as it had been read");
            }
        }
    }
}
