package dev.baton.log;

import dev.baton.log.Refusal.Cause;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.postgresql.PGConnection;

/** The little in which the two databases differ; all other SQL is the same for both. */
enum Dialect {
    /** One file, shared by the nodes of one machine; one writer at a time. */
    SQLITE("jdbc:sqlite:") {
        @Override
        Map<String, String> placeholders() {
            return Map.of(
                    "identity", "INTEGER PRIMARY KEY AUTOINCREMENT",
                    "exact", "",
                    "often_updated", "",
                    "on_deletion",
                            "CREATE TRIGGER baton_document_deleted AFTER DELETE ON baton_document BEGIN"
                                    + " INSERT OR REPLACE INTO baton_deleted (name, epoch, head, deleted_at)"
                                    + " VALUES (OLD.name, OLD.epoch, OLD.head, " + clock() + "); END;");
        }

        @Override
        Properties connecting(LogSettings settings) {
            Properties properties = new Properties();
            properties.setProperty("journal_mode", "WAL");
            properties.setProperty("synchronous", "FULL");
            properties.setProperty("busy_timeout", Long.toString(Math.min(2_000, patience(settings))));
            properties.setProperty("journal_size_limit", Integer.toString(64 << 20));
            return properties;
        }

        /** Some disks, those of Macs above all, need to be asked again to write what they hold in their cache. */
        @Override
        List<String> first(Use use) {
            return switch (use) {
                case WRITING ->
                    List.of(
                            "PRAGMA synchronous = FULL",
                            "PRAGMA fullfsync = 1",
                            "PRAGMA checkpoint_fullfsync = 1",
                            "PRAGMA cache_size = -16000");
                case READING -> with(UNSYNCED_COMMITS, "PRAGMA query_only = 1");
                case CASUAL -> UNSYNCED_COMMITS;
            };
        }

        @Override
        Preamble preamble(Use use, LogSettings settings) {
            return Preamble.NONE;
        }

        @Override
        void check(Connection connection, LogSettings settings) {
            // Every connection is one to the same file.
        }

        @Override
        String clock() {
            return "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
        }

        /** The lock is taken at the begin: upgrading it later could find the file changed, and fail. */
        @Override
        void begin(Connection connection) throws SQLException {
            execute(connection, "BEGIN IMMEDIATE");
        }

        @Override
        void commit(Connection connection) throws SQLException {
            execute(connection, "COMMIT");
        }

        @Override
        void rollback(Connection connection) throws SQLException {
            execute(connection, "ROLLBACK");
        }

        @Override
        String lockRows() {
            return "";
        }

        @Override
        boolean claimsAtOnce() {
            return false;
        }

        @Override
        String look() {
            return "SELECT incarnation, origin, timeline, raised_at, NULL, '', 0, " + clock() + " FROM baton_store";
        }

        @Override
        String currentIncarnation() {
            return "(SELECT incarnation FROM baton_store WHERE one = 1)";
        }

        /** Nobody else writes within {@code BEGIN IMMEDIATE}. */
        @Override
        void lockOutWriters(Connection connection) {}

        @Override
        Trouble trouble(SQLException e) {
            return switch (e.getErrorCode() & 0xff) {
                // BUSY, LOCKED, INTERRUPT
                case 5, 6, 9 -> Trouble.AGAIN;
                // ERROR, TOOBIG, CONSTRAINT, MISMATCH, RANGE
                case 1, 18, 19, 20, 25 -> Trouble.ROW;
                default -> Trouble.STORE;
            };
        }

        @Override
        boolean isOnOneMachine(Connection connection) {
            return true;
        }

        @Override
        Cause cause(SQLException e) {
            if (StoreFile.MOVED.equals(e.getSQLState())) {
                return Cause.MOVED;
            }
            return switch (e.getErrorCode() & 0xff) {
                case 5, 6 -> Cause.LOCKED;
                case 8 -> Cause.READ_ONLY;
                case 13 -> Cause.FULL;
                case 14 -> Cause.UNREACHABLE;
                default -> Cause.FAILED;
            };
        }
    },

    /** A server; nodes write at the same time and meet at row locks. */
    POSTGRESQL("jdbc:postgresql:") {
        @Override
        Map<String, String> placeholders() {
            return Map.of(
                    "identity", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                    "exact", "COLLATE \"C\"",
                    // Room for the next version of a row on its own page, so that no index is touched.
                    "often_updated", "WITH (fillfactor = 50)",
                    "on_deletion",
                            "CREATE FUNCTION baton_document_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                                    + " INSERT INTO baton_deleted (name, epoch, head, deleted_at)"
                                    + " VALUES (OLD.name, OLD.epoch, OLD.head, " + clock() + ")"
                                    + " ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, head = excluded.head,"
                                    + " deleted_at = excluded.deleted_at; RETURN NULL; END $$;\n"
                                    + "CREATE TRIGGER baton_document_deleted AFTER DELETE ON baton_document"
                                    + " FOR EACH ROW EXECUTE FUNCTION baton_document_deleted();");
        }

        @Override
        Properties connecting(LogSettings settings) {
            long seconds = Math.max(1, (patience(settings) + 999) / 1000);
            Properties properties = new Properties();
            properties.setProperty("connectTimeout", Long.toString(seconds));
            properties.setProperty("loginTimeout", Long.toString(seconds + 1));
            properties.setProperty("socketTimeout", Long.toString(seconds + 1));
            properties.setProperty("tcpKeepAlive", "true");
            properties.setProperty("ApplicationName", "baton");
            // Details of errors quote rows, and so what users wrote.
            properties.setProperty("logServerErrorDetail", "false");
            settings.user().ifPresent(user -> properties.setProperty("user", user));
            settings.password().ifPresent(password -> properties.setProperty("password", password));
            return properties;
        }

        /** Nothing: what is set for a connection stays with it when a pooler gives it to another client. */
        @Override
        List<String> first(Use use) {
            return List.of();
        }

        /**
         * A node that is paused within a transaction loses it, so that the others get its row locks; and what is
         * answered as done is on disk, also where the server's default would say so earlier.
         */
        @Override
        Preamble preamble(Use use, LogSettings settings) {
            long patience = patience(settings);
            String set = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'" + BY_KEY
                    + local("client_min_messages", "warning")
                    + local("statement_timeout", patience)
                    + local("lock_timeout", patience / 2);
            return switch (use) {
                case WRITING ->
                    Preamble.of(set + local("idle_in_transaction_session_timeout", Math.min(2_000, patience)) + SYNCED);
                case READING ->
                    Preamble.of("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; "
                            // This very transaction is read-only by its own wish.
                            + set.replace("'transaction_read_only'", "'default_transaction_read_only'")
                            + local("idle_in_transaction_session_timeout", 2 * patience));
                case CASUAL -> Preamble.of(set + local("synchronous_commit", "off"));
            };
        }

        /**
         * Behind a pooler, a statement prepared on one connection is unknown on the next: none is kept prepared there,
         * unless the URL says how many uses that takes. A pooler is known by another process on the server than the one
         * that it named at the login.
         */
        @Override
        void check(Connection connection, LogSettings settings) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()"
                            + " OR current_setting('transaction_read_only') = 'on', pg_backend_pid()")) {
                if (!row.next() || row.getBoolean(1)) {
                    throw new SQLException("the server is a standby or read-only", "25006");
                }
                PGConnection ours = connection.unwrap(PGConnection.class);
                if (row.getInt(2) != ours.getBackendPID() && !settings.url().contains("prepareThreshold=")) {
                    ours.setPrepareThreshold(0);
                }
            }
        }

        @Override
        String clock() {
            return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
        }

        @Override
        void begin(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
        }

        @Override
        void commit(Connection connection) throws SQLException {
            connection.clearWarnings();
            connection.commit();
            requireNoWarning(connection.getWarnings());
        }

        /** A commit whose wait for a standby is cancelled succeeds, with a warning, on this one server. */
        @Override
        void requireNoWarning(SQLWarning warning) throws SQLException {
            if (warning != null) {
                throw new SQLException(warning.getMessage(), "57014", warning);
            }
        }

        @Override
        void rollback(Connection connection) throws SQLException {
            connection.rollback();
        }

        @Override
        String lockRows() {
            return " FOR UPDATE";
        }

        @Override
        boolean claimsAtOnce() {
            return true;
        }

        /**
         * The system identifier tells a server from one that was set up anew; the oids of database and table tell them
         * from copies and from what was restored from a dump. What is flushed of the server's log never goes back
         * unless history was lost.
         */
        @Override
        String look() {
            return "SELECT incarnation, origin, timeline, raised_at,"
                    + " (SELECT CAST(system_identifier AS TEXT) FROM pg_control_system()) || '/' || CAST(d.oid AS TEXT)"
                    + " || '/' || CAST(CAST(CAST('baton_store' AS regclass) AS oid) AS TEXT), " + TIMELINE
                    + ", CAST(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') AS BIGINT), " + clock()
                    + " FROM baton_store, pg_database d WHERE d.datname = current_database()";
        }

        @Override
        String currentIncarnation() {
            return "(SELECT incarnation FROM baton_store WHERE one = 1 AND timeline = " + TIMELINE + ")";
        }

        @Override
        void lockOutWriters(Connection connection) throws SQLException {
            execute(connection, "LOCK TABLE baton_document IN EXCLUSIVE MODE");
        }

        @Override
        boolean isOnOneMachine(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT current_setting('synchronous_standby_names') = ''"
                            + " OR current_setting('synchronous_commit') = 'local'")) {
                return row.next() && row.getBoolean(1);
            }
        }

        /**
         * Commits that wait for a standby in vain cannot be called back, and each keeps its connection: one is enough
         * to know.
         */
        @Override
        void requireStandby(Connection connection) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(STUCK);
                    ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    throw new SQLException("commits wait for a standby that does not answer", "57014");
                }
            }
        }

        @Override
        Cause cause(SQLException e) {
            String state = e.getSQLState() == null ? "" : e.getSQLState();
            return switch (state) {
                case "53100" -> Cause.FULL;
                case "55P03", "40P01", "40001" -> Cause.LOCKED;
                case "57014" -> Cause.SLOW;
                case "25006" -> Cause.READ_ONLY;
                case "57P01", "57P02", "57P03", "53300" -> Cause.UNREACHABLE;
                default -> state.startsWith("08") || state.isEmpty() ? Cause.UNREACHABLE : Cause.FAILED;
            };
        }

        @Override
        Trouble trouble(SQLException e) {
            String state = e.getSQLState() == null ? "" : e.getSQLState();
            return switch (state) {
                // serialization failure, deadlock, lock not available, statement timeout
                case "40001", "40P01", "55P03", "57014" -> Trouble.AGAIN;
                // read-only: a standby, for example after a fail-over
                case "25006" -> Trouble.STORE;
                default ->
                    switch (state.length() < 2 ? "" : state.substring(0, 2)) {
                        // values, constraints and statements that the server does not accept, limits of the protocol
                        case "21", "22", "23", "25", "42", "54", "0A" -> Trouble.ROW;
                        default -> Trouble.STORE;
                    };
            };
        }
    };

    /**
     * A commit is not synced by itself, so that it costs nothing, and may be lost with the machine; the next commit for
     * writing syncs what came before it too. What must be synced so that the file stays whole still is: the journal's
     * header and a checkpoint, which is left to the connection for writing, and otherwise done by the last one that
     * closes. With {@code synchronous = OFF} a checkpoint would sync neither journal nor file, and a power cut would
     * tear the file.
     */
    private static final List<String> UNSYNCED_COMMITS =
            List.of("PRAGMA synchronous = NORMAL", "PRAGMA checkpoint_fullfsync = 1", "PRAGMA wal_autocheckpoint = 0");

    /** What a connection is for. */
    enum Use {
        /** The log's writes: what it commits lasts. */
        WRITING,
        READING,
        /** Writes that need not outlive the machine, and bringing the schema up to date. */
        CASUAL
    }

    /** What an error of the database means for the transaction that met it. */
    enum Trouble {
        /** Others were in the way: the same again has a good chance. */
        AGAIN,
        /** The connection or the whole store is gone, full, or refuses writes. */
        STORE,
        /** Something in this very transaction. */
        ROW
    }

    /**
     * Every statement here goes by a key. A plan made while a table was small must not read all of it once it has
     * grown, which may be long before the statistics notice; and a discouraged plan must not look so dear that it gets
     * compiled.
     */
    private static final String BY_KEY = local("enable_seqscan", "off")
            + local("enable_hashjoin", "off")
            + local("enable_mergejoin", "off")
            + local("jit", "off");

    private static final String STUCK = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            + " AND usename = current_user AND query_start < clock_timestamp() - INTERVAL '1 second' LIMIT 1";

    private static final String SYNCED = ", set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
            + " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)";

    /**
     * The timeline that a PostgreSQL server writes: a new one with each promotion and each recovery to a point in time.
     * Fails on a standby, which writes none.
     */
    private static final String TIMELINE = "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

    private final String prefix;

    Dialect(String prefix) {
        this.prefix = prefix;
    }

    /** The dialect of a URL. */
    static Dialect of(LogSettings settings) {
        for (Dialect dialect : values()) {
            if (settings.url().startsWith(dialect.prefix)) {
                return dialect;
            }
        }
        throw LogException.unavailable("store.url must begin with jdbc:sqlite: or jdbc:postgresql:");
    }

    /** What stands for the placeholders of the schema. */
    abstract Map<String, String> placeholders();

    /** The driver's properties; those in the URL win. */
    abstract Properties connecting(LogSettings settings);

    /** What a connection begins with. */
    abstract List<String> first(Use use);

    /** What each transaction begins with. */
    abstract Preamble preamble(Use use, LogSettings settings);

    /** Looks at a new connection; fails when the server behind it takes no writes. */
    abstract void check(Connection connection, LogSettings settings) throws SQLException;

    /** Milliseconds since 1970 by the database's own clock, as an expression. */
    abstract String clock();

    abstract void begin(Connection connection) throws SQLException;

    abstract void commit(Connection connection) throws SQLException;

    abstract void rollback(Connection connection) throws SQLException;

    /** Fails when a warning that came with a commit means that it does not last. */
    void requireNoWarning(SQLWarning warning) throws SQLException {}

    /** Fails when commits have been waiting for a standby. */
    void requireStandby(Connection connection) throws SQLException {}

    /** Put behind a select: locks its rows until the end of the transaction, in their order. */
    abstract String lockRows();

    /** Whether {@link ClaimAtOnce} works here, and is worth it. */
    abstract boolean claimsAtOnce();

    /**
     * A query for one row: the recorded incarnation, origin and timeline, when the incarnation was raised; the actual
     * origin (null where it is a file's), the actual timeline, how far the server's log is flushed, and the clock.
     */
    abstract String look();

    /** The store's incarnation as an expression; null when the server is not on the timeline that is recorded. */
    abstract String currentIncarnation();

    /** Waits within a transaction for those that write to documents, and keeps further ones out until its end. */
    abstract void lockOutWriters(Connection connection) throws SQLException;

    abstract Trouble trouble(SQLException e);

    /** Whether a commit is answered when it is on this one machine; asked outside of a transaction. */
    abstract boolean isOnOneMachine(Connection connection) throws SQLException;

    /** Why the store refuses writes, going by an error. */
    abstract Cause cause(SQLException e);

    /** The same, with the error's own words and code. */
    Refusal refusal(SQLException e) {
        return new Refusal(cause(e), Words.of(e));
    }

    /** What follows the prefix of the URL. */
    String rest(LogSettings settings) {
        return settings.url().substring(prefix.length());
    }

    /** The path of the file of an SQLite store. */
    String file(LogSettings settings) {
        String rest = rest(settings);
        String file = rest.startsWith("file:") ? rest.substring("file:".length()) : rest;
        int query = file.indexOf('?');
        return query < 0 ? file : file.substring(0, query);
    }

    private static String local(String setting, Object value) {
        return ", set_config('" + setting + "', '" + value + "', true)";
    }

    private static List<String> with(List<String> some, String last) {
        List<String> all = new ArrayList<>(some);
        all.add(last);
        return all;
    }

    private static long patience(LogSettings settings) {
        return settings.patience().toMillis();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
