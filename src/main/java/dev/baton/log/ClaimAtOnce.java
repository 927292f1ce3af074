package dev.baton.log;

import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A claim that nothing else is committed with, as a single statement that is its own transaction: one way to the server
 * and back, where locking, raising, adding the entry and committing are four. Of a hand-over between nodes at rest that
 * is the longest part. For PostgreSQL; a database in the same process gains nothing by it, and SQLite writes to one
 * table a statement.
 *
 * <p>It only ever does what {@link Ledger#claim} would decide upon the row as it finds it. Where that is not a first
 * grant (another epoch, the same claim again, no such document) it writes nothing, and the claim has to be decided the
 * long way.
 */
final class ClaimAtOnce implements Write.AtOnce<ClaimResult> {

    /** Of two that meet at the row the second one waits, and then finds another epoch: READ COMMITTED looks again. */
    private static final String CLAIM = "WITH moved AS (UPDATE baton_document SET epoch = epoch + 1, head = head + 1,"
            + " holder = ?, holder_user = ?, holder_keep = ?, rights_seq = head + 1, rights_session = ?,"
            + " rights_author = ?, rights_at = ?,"
            + " rights_data = '{\"from\":' || COALESCE(CAST(to_json(holder) AS TEXT), 'null') || CAST(? AS TEXT)"
            + " WHERE name = ? AND epoch = ? AND ? = %s"
            + " AND NOT EXISTS (SELECT 1 FROM baton_removed r WHERE r.session = ?)"
            + " RETURNING num, epoch, head, rights_session, rights_author, rights_at, rights_data)"
            + " INSERT INTO baton_entry (document, seq, kind, epoch, session, author, written_at, data)"
            + " SELECT num, head, " + Kind.RIGHTS.code()
            + ", epoch, rights_session, rights_author, rights_at, rights_data"
            + " FROM moved RETURNING seq, epoch, data";

    private final Claim claim;
    private final Preamble preamble;
    private final LongSupplier incarnation;
    private final String sql;

    /**
     * @param preamble sent in one message with the claim, so that both are one transaction without a word that begins
     *     or ends it
     * @param incarnation that of the store when the claim is made; in another one nothing is written
     */
    ClaimAtOnce(Claim claim, Dialect dialect, Preamble preamble, LongSupplier incarnation) {
        this.claim = claim;
        this.preamble = preamble;
        this.incarnation = incarnation;
        this.sql = CLAIM.formatted(dialect.currentIncarnation());
    }

    @Override
    public Optional<ClaimResult> perform(Connection connection) throws SQLException {
        long current = incarnation.getAsLong();
        if (claim.expectedEpoch() <= current) {
            return Optional.empty();
        }
        Tenant claimant = claim.claimant();
        connection.setAutoCommit(true);
        try (PreparedStatement statement = preamble.prepare(connection, sql)) {
            statement.setString(1, claimant.session());
            statement.setString(2, claimant.user());
            statement.setString(3, claimant.keep());
            statement.setString(4, claimant.session());
            statement.setString(5, claimant.user());
            statement.setLong(6, claim.at());
            statement.setString(7, rest());
            statement.setString(8, claim.document());
            statement.setLong(9, claim.expectedEpoch());
            statement.setLong(10, current);
            statement.setString(11, claimant.session());
            try (ResultSet rows = preamble.query(statement)) {
                Dialect.POSTGRESQL.requireNoWarning(statement.getWarnings());
                return rows.next() ? Optional.of(granted(rows)) : Optional.empty();
            }
        }
    }

    private ClaimResult granted(ResultSet rows) throws SQLException {
        Tenant claimant = claim.claimant();
        Entry entry = new Entry(
                rows.getLong(1),
                Kind.RIGHTS,
                rows.getLong(2),
                claimant.session(),
                claimant.user(),
                "",
                claim.at(),
                rows.getString(3));
        return new ClaimResult.Granted(entry.epoch(), entry, false);
    }

    /** What stands behind the former holder in the entry, see {@link Ledger}. */
    private String rest() {
        String json = new JsonObject()
                .put("to", claim.claimant().session())
                .put("cause", claim.cause())
                .encode();
        return "," + json.substring(1);
    }
}
