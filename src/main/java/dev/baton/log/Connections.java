package dev.baton.log;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Opens connections to the store, each with the same properties and first statements. Each is looked at, and admitted,
 * before its use.
 */
final class Connections implements DataSource {
    /** Looks at a new connection, and fails when it must not be used. */
    interface Admission {
        void admit(Connection connection) throws SQLException;
    }

    /** Admits every connection. */
    static final Admission ANY = connection -> {};

    /**
     * How long a pool that is closed waits for a connection that is just being opened, in seconds; it warns when it
     * does not.
     */
    private static final int CLOSING = 2;

    private final LogSettings settings;
    private final Dialect dialect;
    private final Properties properties;
    private final List<String> first;
    private final Admission admission;

    Connections(LogSettings settings, Dialect dialect, Properties properties, Dialect.Use use, Admission admission) {
        this.settings = settings;
        this.dialect = dialect;
        this.properties = properties;
        this.first = dialect.first(use);
        this.admission = admission;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = DriverManager.getConnection(settings.url(), properties);
        try (Statement statement = connection.createStatement()) {
            for (String sql : first) {
                statement.execute(sql);
            }
            dialect.check(connection, settings);
            admission.admit(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user is that of the settings");
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        // Drivers log through their own loggers.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // Part of the properties.
    }

    @Override
    public int getLoginTimeout() {
        return CLOSING;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("drivers log through their own loggers");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException("nothing is wrapped here");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
