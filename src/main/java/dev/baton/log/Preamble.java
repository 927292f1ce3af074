package dev.baton.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What a transaction begins with: its own limits of time, its isolation, its way of planning and of syncing. It goes to
 * the server in one message with the transaction's first statement, so it costs no round trip. Nothing is set for
 * longer than the transaction: behind a pooler, the next one may be on another connection, and the next client on this
 * one.
 *
 * <p>It also asks whether the server takes writes. A standby is noticed by the first statement, on whatever connection.
 */
final class Preamble {
    /** For a database that needs none. */
    static final Preamble NONE = new Preamble(Optional.empty());

    /** Statements, of which the last gives one row: whether the server refuses writes. */
    private final Optional<String> statements;

    private Preamble(Optional<String> statements) {
        this.statements = statements;
    }

    /**
     * @param statements with semicolons between; the last gives one row that begins with whether the server refuses
     * writes
     */
    static Preamble of(String statements) {
        return new Preamble(Optional.of(statements));
    }

    /** Prepares the first statement of a transaction; to be executed by {@link #query} alone. */
    PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        return connection.prepareStatement(
                statements.map(first -> first + "; " + sql).orElse(sql));
    }

    /** Executes what {@link #prepare} has prepared and gives the rows of the statement itself. */
    ResultSet query(PreparedStatement statement) throws SQLException {
        if (statements.isEmpty()) {
            return statement.executeQuery();
        }
        boolean rows = statement.execute();
        while (!rows) {
            rows = statement.getMoreResults();
        }
        requireWrites(statement.getResultSet());
        statement.getMoreResults();
        return statement.getResultSet();
    }

    /** Executes the preamble alone, for transactions in which a round trip does not matter. */
    void run(Connection connection) throws SQLException {
        if (statements.isPresent()) {
            try (PreparedStatement statement = connection.prepareStatement(statements.get())) {
                boolean rows = statement.execute();
                while (!rows) {
                    rows = statement.getMoreResults();
                }
                requireWrites(statement.getResultSet());
            }
        }
    }

    private static void requireWrites(ResultSet row) throws SQLException {
        if (!row.next() || row.getBoolean(1)) {
            throw new SQLException("the server is a standby or read-only", "25006");
        }
    }
}
