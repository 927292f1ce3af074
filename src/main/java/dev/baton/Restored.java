package dev.baton;

import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import dev.baton.log.DocumentLog;
import dev.baton.log.DocumentLogs;
import dev.baton.log.LogSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The command {@code java -jar baton.jar restored}: an operator has put the store back to an earlier state, and says
 * so. Raises the store's incarnation, so that no client builds on what was lost. Nodes may run meanwhile; they go on to
 * it by themselves.
 */
final class Restored {

    /** The first word of the command line. */
    static final String COMMAND = "restored";

    /** Longer than the store is waited for, to be opened and to be told, in seconds. */
    private static final long PATIENCE = 60;

    private Restored() {}

    /**
     * Blocks until it is done, and prints the new incarnation.
     *
     * @throws SettingsException in one line, when the store cannot be opened or does not answer
     */
    static void raise(Settings settings, PrintStream out) {
        Settings.Store store = settings.store();
        Vertx vertx = Vertx.vertx();
        try {
            long raised = get(DocumentLogs.open(vertx, LogSettings.of(store.url(), store.user(), store.password()))
                    .compose(log ->
                            log.raise("an operator says that it was restored").eventually(() -> close(log))));
            out.println("incarnation " + raised + ": clients reload, and no token from before is valid");
        } catch (ExecutionException | CompletionException e) {
            throw new SettingsException(String.valueOf(e.getCause().getMessage()));
        } catch (TimeoutException | InterruptedException e) {
            throw new SettingsException("store.url: the store did not answer within " + PATIENCE + " s");
        } finally {
            vertx.close();
        }
    }

    private static Future<Void> close(DocumentLog log) {
        return log.close();
    }

    private static <T> T get(Future<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
    }
}
