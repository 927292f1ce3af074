package dev.baton.log;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Opens logs. */
public final class DocumentLogs {
    private DocumentLogs() {}

    /**
     * Opens the log in the store that the settings name; makes its file and tables when they are not there. Any thread;
     * the work is done on a worker of Vert.x. Fails with a {@link LogException} whose message names {@code store.url}
     * and says in plain words what is wrong.
     */
    public static Future<DocumentLog> open(Vertx vertx, LogSettings settings) {
        return vertx.executeBlocking(() -> SqlDocumentLog.start(vertx, settings), false);
    }
}
