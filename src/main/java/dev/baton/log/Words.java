package dev.baton.log;

import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;

/** Errors of databases in words that quote nothing of what users wrote. */
final class Words {
    private Words() {}

    /** For the node's own log. The message of a batch repeats its statement, so that of the error behind it is taken. */
    static String of(SQLException e) {
        SQLException root =
                e instanceof BatchUpdateException && e.getNextException() != null ? e.getNextException() : e;
        String message = root instanceof BatchUpdateException ? "a batch failed" : String.valueOf(root.getMessage());
        return message.lines().findFirst().orElse("no message") + " (state " + e.getSQLState() + ", code "
                + e.getErrorCode() + ")";
    }

    /** For whoever starts a node: why the store cannot be opened, and what to look at. */
    static String opening(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "its host is not known";
            }
        }
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (state) {
            case "28000", "28P01" -> "the server refuses the user or the password (store.user, store.password)";
            case "3D000" -> "the server has no such database";
            case "25006" -> "the server is a standby or takes no writes; name the primary";
            case "42501" -> "the user may not create tables there";
            case "08001", "08004", "08006" -> "nothing answers there as a database";
            case "53300" -> "the server has no connection left";
            default -> of(e);
        };
    }
}
