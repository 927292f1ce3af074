package dev.baton.log;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** How rows are asked for and read. */
final class Sql {
    /** More than this many rows are asked for in several statements. */
    static final int MOST_ROWS = 1_024;

    static final String DOCUMENT_COLUMNS = "num, name, epoch, head, holder, holder_user, holder_keep, rights_seq,"
            + " rights_session, rights_author, rights_at, rights_data, snapshot_seq, floor_seq, swept_seq";

    private Sql() {}

    /**
     * Cuts into portions of a few sizes only, powers of two, by repeating the last element: so that there are few
     * statements to prepare. Only for questions, where a repeated row changes nothing.
     */
    static <T> List<List<T>> portions(Collection<T> all) {
        List<T> rest = List.copyOf(all);
        List<List<T>> portions = new ArrayList<>();
        while (!rest.isEmpty()) {
            int taken = Math.min(rest.size(), MOST_ROWS);
            List<T> portion = new ArrayList<>(rest.subList(0, taken));
            T last = portion.get(taken - 1);
            while (Integer.bitCount(portion.size()) > 1) {
                portion.add(last);
            }
            portions.add(portion);
            rest = rest.subList(taken, rest.size());
        }
        return portions;
    }

    /** The next power of two: what statements that write are filled up to, for the same reason. */
    static int sizeFor(int rows) {
        return rows == 1 ? 1 : Integer.highestOneBit(rows - 1) * 2;
    }

    /** {@code group} n times, with commas. */
    static String times(int n, String group) {
        return (group + ",").repeat(n - 1) + group;
    }

    static void names(PreparedStatement statement, List<String> names) throws SQLException {
        for (int i = 0; i < names.size(); i++) {
            statement.setString(i + 1, names.get(i));
        }
    }

    static DocumentRow document(ResultSet rows) throws SQLException {
        long epoch = rows.getLong(3);
        long rightsSeq = rows.getLong(8);
        Optional<Tenant> holder = rows.getString(5) == null
                ? Optional.empty()
                : Optional.of(new Tenant(rows.getString(5), rows.getString(6), rows.getString(7)));
        // The newest entry about rights is always of the current epoch: a claim starts it, a vacating ends nobody
        // else's.
        Optional<Entry> rights = rightsSeq == 0
                ? Optional.empty()
                : Optional.of(new Entry(
                        rightsSeq,
                        Kind.RIGHTS,
                        epoch,
                        rows.getString(9),
                        rows.getString(10),
                        "",
                        rows.getLong(11),
                        rows.getString(12)));
        return new DocumentRow(
                rows.getLong(1),
                rows.getString(2),
                epoch,
                rows.getLong(4),
                holder,
                rights,
                rows.getLong(13),
                rows.getLong(14),
                rows.getLong(15));
    }
}
