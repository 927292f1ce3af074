package dev.baton.log;

import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.stream.Stream;

/** Errors of databases in words that quote nothing of what users wrote. */
final class Words {
    private Words() {}

    /**
     * For the node's own log. The message of a batch repeats its statement, so that of the error behind it is taken.
     */
    static String of(SQLException e) {
        SQLException root =
                e instanceof BatchUpdateException && e.getNextException() != null ? e.getNextException() : e;
        String message = root instanceof BatchUpdateException ? "a batch failed" : String.valueOf(root.getMessage());
        return message.lines().findFirst().orElse("no message") + " (state " + e.getSQLState() + ", code "
                + e.getErrorCode() + ")";
    }

    /** For the start of a node: why the store cannot be opened, and what to look at. */
    static String opening(SQLException e, LogSettings settings) {
        if (hostUnknown(e)) {
            return "its host is not known";
        }
        return switch (state(e)) {
            case "28000", "28P01", "08004" -> refused(settings);
            case "3D000" -> "the server has no such database";
            case "25006" -> "the server is a standby or takes no writes; name the primary";
            case "42501" -> "the user may not create tables there";
            case "08001", "08006" -> "nothing answers there as a database";
            case "53300" -> "the server has no connection left";
            case "57P01", "57P02", "57P03" -> "the server is starting or stopping";
            default -> of(e);
        };
    }

    /** Whether the database may take the node in later without anybody changing a setting. */
    static boolean mayPass(SQLException e) {
        return hostUnknown(e)
                || switch (state(e)) {
                    case "08001", "08006", "53300", "57P01", "57P02", "57P03", "25006" -> true;
                    default -> false;
                };
    }

    private static String refused(LogSettings settings) {
        boolean user = settings.user().isPresent() || settings.url().contains("user=");
        if (!user) {
            return "store.user is not set, and the server does not let in the user of this process, "
                    + System.getProperty("user.name") + "; set BATON_STORE_USER and BATON_STORE_PASSWORD";
        }
        boolean password = settings.password().isPresent() || settings.url().contains("password=");
        return password
                ? "the server refuses the user or the password (store.user, store.password)"
                : "the server refuses the user, or wants a password and store.password is not set;"
                        + " set BATON_STORE_PASSWORD or BATON_STORE_PASSWORD_FILE";
    }

    private static boolean hostUnknown(SQLException e) {
        return Stream.<Throwable>iterate(e, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .anyMatch(UnknownHostException.class::isInstance);
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
