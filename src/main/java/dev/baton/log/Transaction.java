package dev.baton.log;

import dev.baton.log.Ledger.Known;
import dev.baton.log.Ledger.Operation;
import dev.baton.log.Ledger.Segment;
import dev.baton.log.Tables.Moved;
import dev.baton.log.Tables.Question;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** One attempt to store a batch of writes: lock, look up, decide, store. What is left open is the commit. */
final class Transaction {
    private final Connection connection;
    private final Dialect dialect;
    private final Tables tables;
    private final long incarnation;

    Transaction(Connection connection, Dialect dialect, Preamble preamble, long incarnation) {
        this.connection = connection;
        this.dialect = dialect;
        this.tables = new Tables(connection, dialect, preamble, incarnation);
        this.incarnation = incarnation;
    }

    /**
     * Begins, decides all writes and stores what they write. The transaction is open afterwards, also when this throws.
     *
     * @return how many entries it holds
     */
    int perform(List<Write<?>> batch) throws SQLException, Moved {
        dialect.begin(connection);
        Map<String, DocumentRow> rows = lockOrCreate(batch);
        Map<String, Ledger> ledgers = ledgers(batch, rows);
        for (Write<?> write : batch) {
            write.decide(ledgers.get(write.document()));
        }
        List<List<Segment>> decided = new ArrayList<>();
        int entries = 0;
        for (Ledger ledger : ledgers.values()) {
            decided.add(ledger.segments());
            entries += ledger.entries();
        }
        tables.store(decided);
        return entries;
    }

    private Map<String, DocumentRow> lockOrCreate(List<Write<?>> batch) throws SQLException {
        SortedSet<String> names = new TreeSet<>();
        SortedSet<String> missing = new TreeSet<>();
        for (Write<?> write : batch) {
            names.add(write.document());
            if (write.creates()) {
                missing.add(write.document());
            }
        }
        Map<String, DocumentRow> rows = tables.lock(names);
        missing.removeAll(rows.keySet());
        if (!missing.isEmpty()) {
            // Rows of documents nobody wrote to mean nothing, so they may be committed before the rest is.
            dialect.rollback(connection);
            dialect.begin(connection);
            tables.create(missing);
            dialect.commit(connection);
            dialect.begin(connection);
            rows = tables.lock(names);
        }
        return rows;
    }

    private Map<String, Ledger> ledgers(List<Write<?>> batch, Map<String, DocumentRow> rows) throws SQLException {
        Set<Question> questions = new LinkedHashSet<>();
        for (Write<?> write : batch) {
            DocumentRow row = rows.get(write.document());
            if (row != null && row.head() > 0 && write.operation().isPresent()) {
                questions.add(new Question(row.num(), write.operation().get()));
            }
            if (row != null && row.head() > 0) {
                write.follows().ifPresent(before -> questions.add(new Question(row.num(), before)));
            }
        }
        Map<Long, Map<Operation, Known>> known = tables.known(questions, rows.values());
        Map<String, Ledger> ledgers = new TreeMap<>();
        for (Write<?> write : batch) {
            ledgers.computeIfAbsent(write.document(), name -> {
                DocumentRow row = rows.getOrDefault(name, DocumentRow.untouched(name));
                return new Ledger(row, known.getOrDefault(row.num(), Map.of()), incarnation);
            });
        }
        return ledgers;
    }
}
