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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The statements of a writing transaction. Each that writes carries its own condition (epoch, holder, head), so that it
 * writes nothing where the row is not what was decided upon; none of them raises an error for a row, for on PostgreSQL
 * that would end the transaction for its neighbours too.
 *
 * <p>None of them is a join. A plan outlives the size a table had when it was made, and for tables that were small then
 * a join can be planned in an order that later reads all of a document for each row asked for.
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

    /** The seq of a deletion, in {@code baton_deleted}. */
    static final String DELETION = "head + 1";

    private static final String GATE =
            " WHERE num = ? AND epoch = ? AND head = ? AND holder IS NOT DISTINCT FROM ? AND ? = ";

    /** Epoch and holder change here only where they are of an earlier incarnation of the store. */
    private static final String MOVE_HEAD =
            "UPDATE baton_document SET head = ?, snapshot_seq = ?, epoch = ?, holder = ?" + GATE;

    /**
     * A name that was deleted goes on behind what it had, and nothing of that can be read. The deletion takes a seq, so
     * that who had read all is behind it too.
     */
    private static final String CREATE =
            "INSERT INTO baton_document (name, epoch, head, floor_seq, swept_seq) VALUES (?, "
                    + deleted("epoch") + ", " + deleted(DELETION) + ", " + deleted(DELETION) + ", " + deleted(DELETION)
                    + ") ON CONFLICT DO NOTHING";

    /** Follows a gate of a row that gets a holder: one that was not removed. */
    private static final String NOT_REMOVED = " AND NOT EXISTS (SELECT 1 FROM baton_removed r WHERE r.session = ?)";

    private static final String MOVE_RIGHTS =
            "UPDATE baton_document SET head = ?, snapshot_seq = ?, epoch = ?, holder = ?, holder_user = ?, holder_keep"
                    + " = ?, rights_seq = ?, rights_session = ?, rights_author = ?, rights_at = ?, rights_data = ?"
                    + GATE;

    /** Writes each entry only while its epoch is current and, for an update, its writer the holder. */
    private static final String ADD_ENTRIES = "INSERT INTO baton_entry (document, seq, kind, epoch, session, author,"
            + " operation, fingerprint, written_at, data) SELECT v.column1, v.column2, v.column3, v.column4, v.column5,"
            + " v.column6, v.column7, v.column8, v.column9, v.column10 FROM (VALUES %s) AS v WHERE (SELECT d.num FROM"
            + " baton_document d WHERE d.num = v.column1"
            + " AND d.epoch = v.column4 AND d.head >="
            + " v.column2"
            + " AND (v.column3"
            + " <> " + Kind.UPDATE.code() + " OR d.holder = v.column5)) IS NOT NULL"
            + " AND (v.column3 = " + Kind.RIGHTS.code()
            + " OR NOT EXISTS (SELECT 1 FROM baton_removed r WHERE r.session = v.column5))"
            + " ON CONFLICT DO NOTHING";

    /**
     * The sum is the one in the index of operations: it keeps the primary key out, and with it every plan that reads a
     * document's other entries.
     */
    private static final String FIND_OPERATIONS = "SELECT q.column1, (SELECT e.seq FROM baton_entry e"
            + " WHERE e.session = q.column2 AND e.operation = q.column3 AND e.document + 0 = q.column1"
            + " AND e.operation IS NOT NULL) FROM (VALUES %s) AS q";

    private static final String READ_OPERATIONS = "SELECT e.document, e.session, e.operation, e.seq, e.epoch, e.author,"
            + " e.written_at, e.fingerprint FROM baton_entry e WHERE e.document = ? AND e.seq IN (%s)";

    /** No document has this key: a row that fills a statement up to its size writes nothing. */
    private static final long NOBODY = -1;

    private static final String PUT_SNAPSHOT = "INSERT INTO baton_snapshot"
            + " (document, seq, epoch, session, written_at, data) SELECT num, ?, ?, ?, ?, ? FROM baton_document"
            + " WHERE num = ? AND epoch = ? AND holder = ? AND snapshot_seq = ?"
            + " ON CONFLICT (document) DO UPDATE SET seq = excluded.seq, epoch = excluded.epoch,"
            + " session = excluded.session, written_at = excluded.written_at, data = excluded.data";

    private static final Line FILLING = new Line(new Entry(0, Kind.MESSAGE, 0, "", "", "", 0L, ""), Optional.empty());

    /** Rows written by one statement; its parameters stay far below what either database takes. */
    private static final int MOST_AT_ONCE = 512;

    private record Row(long document, Line line) {}

    private static String deleted(String column) {
        return "COALESCE((SELECT " + column + " FROM baton_deleted WHERE name = ?), 0)";
    }

    private final Connection connection;
    private final Dialect dialect;
    private final Preamble preamble;
    private final long incarnation;

    /** The tables in that incarnation of the store; in another one nothing is written. */
    Tables(Connection connection, Dialect dialect, Preamble preamble, long incarnation) {
        this.connection = connection;
        this.dialect = dialect;
        this.preamble = preamble;
        this.incarnation = incarnation;
    }

    /**
     * The first step of a transaction. Locks the rows of those documents that exist, in the order of their names, as
     * every node does, and reads them.
     */
    Map<String, DocumentRow> lock(SortedSet<String> names) throws SQLException {
        Map<String, DocumentRow> found = new TreeMap<>();
        for (List<String> portion : Sql.portions(names)) {
            String sql = "SELECT " + Sql.DOCUMENT_COLUMNS + " FROM baton_document WHERE name IN ("
                    + Sql.times(portion.size(), "?") + ") ORDER BY name" + dialect.lockRows();
            try (PreparedStatement statement = preamble.prepare(connection, sql)) {
                Sql.names(statement, portion);
                try (ResultSet rows = preamble.query(statement)) {
                    while (rows.next()) {
                        DocumentRow row = Sql.document(rows);
                        found.put(row.name(), row);
                    }
                }
            }
        }
        return found;
    }

    /**
     * The first step of a transaction of its own. Adds rows for documents nobody wrote to yet. To be committed before
     * they are locked, or the order of locks is lost.
     */
    void create(SortedSet<String> names) throws SQLException {
        preamble.run(connection);
        try (PreparedStatement statement = connection.prepareStatement(CREATE)) {
            for (String name : names) {
                for (int i = 1; i <= 5; i++) {
                    statement.setString(i, name);
                }
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Which of those sessions have been removed. */
    List<String> removed(Collection<String> sessions) throws SQLException {
        List<String> removed = new ArrayList<>();
        for (List<String> portion : Sql.portions(sessions)) {
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT session FROM baton_removed WHERE session IN (" + Sql.times(portion.size(), "?") + ")")) {
                Sql.names(statement, portion);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        removed.add(rows.getString(1));
                    }
                }
            }
        }
        return removed;
    }

    /** What the log knows of the operations, by document; the rows are those of the documents, as they were locked. */
    Map<Long, Map<Operation, Known>> known(Collection<Question> questions, Collection<DocumentRow> rows)
            throws SQLException {
        Map<Long, Map<Operation, Known>> known = new HashMap<>();
        Map<Long, Set<Long>> found = find(questions);
        for (DocumentRow row : rows) {
            if (found.containsKey(row.num())) {
                known.put(row.num(), read(row, found.get(row.num())));
            }
        }
        return known;
    }

    /** The seqs of those operations that are there: few, for they are repetitions. */
    private Map<Long, Set<Long>> find(Collection<Question> questions) throws SQLException {
        Map<Long, Set<Long>> found = new HashMap<>();
        for (List<Question> portion : Sql.portions(questions)) {
            try (PreparedStatement statement =
                    connection.prepareStatement(FIND_OPERATIONS.formatted(Sql.times(portion.size(), "(?,?,?)")))) {
                int parameter = 0;
                for (Question question : portion) {
                    statement.setLong(++parameter, question.document());
                    statement.setString(++parameter, question.operation().session());
                    statement.setString(++parameter, question.operation().id());
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        long seq = rows.getLong(2);
                        if (!rows.wasNull()) {
                            found.computeIfAbsent(rows.getLong(1), document -> new LinkedHashSet<>())
                                    .add(seq);
                        }
                    }
                }
            }
        }
        return found;
    }

    private Map<Operation, Known> read(DocumentRow row, Set<Long> seqs) throws SQLException {
        Map<Operation, Known> known = new HashMap<>();
        for (List<Long> portion : Sql.portions(seqs)) {
            try (PreparedStatement statement =
                    connection.prepareStatement(READ_OPERATIONS.formatted(Sql.times(portion.size(), "?")))) {
                statement.setLong(1, row.num());
                for (int i = 0; i < portion.size(); i++) {
                    statement.setLong(i + 2, portion.get(i));
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        known.put(new Operation(rows.getString(2), rows.getString(3)), known(row, rows));
                    }
                }
            }
        }
        return known;
    }

    private static Known known(DocumentRow row, ResultSet rows) throws SQLException {
        long seq = rows.getLong(4);
        boolean compacted = seq <= row.floor();
        return new Known(
                seq,
                rows.getLong(5),
                compacted ? Optional.empty() : Optional.of(rows.getString(6)),
                rows.getLong(7),
                rows.getString(8));
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
        try (PreparedStatement statement = connection.prepareStatement(MOVE_HEAD + dialect.currentIncarnation())) {
            for (Segment segment : segments) {
                statement.setLong(1, segment.after().head());
                statement.setLong(2, segment.after().snapshotSeq());
                statement.setLong(3, segment.after().epoch());
                statement.setString(
                        4, segment.after().holder().map(Tenant::session).orElse(null));
                gate(statement, 5, segment.before());
                statement.addBatch();
            }
            expectOneEach(statement.executeBatch(), "document");
        }
    }

    private void moveRights(List<Segment> segments) throws SQLException, Moved {
        if (segments.isEmpty()) {
            return;
        }
        try (PreparedStatement statement =
                connection.prepareStatement(MOVE_RIGHTS + dialect.currentIncarnation() + NOT_REMOVED)) {
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
                statement.setString(17, after.holder().map(Tenant::session).orElse(""));
                statement.addBatch();
            }
            expectOneEach(statement.executeBatch(), "document");
        }
    }

    private void gate(PreparedStatement statement, int at, DocumentRow before) throws SQLException {
        statement.setLong(at, before.num());
        statement.setLong(at + 1, before.epoch());
        statement.setLong(at + 2, before.head());
        statement.setString(at + 3, before.holder().map(Tenant::session).orElse(null));
        statement.setLong(at + 4, incarnation);
    }

    private void addEntries(List<Segment> segments) throws SQLException, Moved {
        List<Row> rows = new ArrayList<>();
        for (Segment segment : segments) {
            segment.lines().forEach(line -> rows.add(new Row(segment.before().num(), line)));
        }
        for (int from = 0; from < rows.size(); from += MOST_AT_ONCE) {
            List<Row> some = rows.subList(from, Math.min(rows.size(), from + MOST_AT_ONCE));
            int size = Sql.sizeFor(some.size());
            try (PreparedStatement statement =
                    connection.prepareStatement(ADD_ENTRIES.formatted(Sql.times(size, "(?,?,?,?,?,?,?,?,?,?)")))) {
                for (int i = 0; i < some.size(); i++) {
                    entry(statement, 10 * i, some.get(i).document(), some.get(i).line());
                }
                for (int i = some.size(); i < size; i++) {
                    entry(statement, 10 * i, NOBODY, FILLING);
                }
                expect(some.size(), statement.executeUpdate(), "entry");
            }
        }
    }

    private static void entry(PreparedStatement statement, int at, long document, Line line) throws SQLException {
        Entry entry = line.entry();
        statement.setLong(at + 1, document);
        statement.setLong(at + 2, entry.seq());
        statement.setInt(at + 3, entry.kind().code());
        statement.setLong(at + 4, entry.epoch());
        statement.setString(at + 5, entry.session());
        statement.setString(at + 6, entry.user());
        statement.setString(at + 7, entry.kind() == Kind.RIGHTS ? null : entry.id());
        statement.setString(at + 8, line.fingerprint().orElse(null));
        statement.setLong(at + 9, entry.at());
        statement.setString(at + 10, entry.data());
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

    private static void expect(int expected, int count, String what) throws Moved {
        if (count != expected) {
            throw new Moved("of " + expected + " rows, each a " + what + ", " + (expected - count)
                    + " were not as they had been read");
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
