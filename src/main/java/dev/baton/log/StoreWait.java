package dev.baton.log;

import dev.baton.log.Dialect.Use;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a database that does not answer yet, as when node and database are started together. A file is not waited
 * for.
 */
public final class StoreWait {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWait.class);

    private static final long BETWEEN_MILLIS = 500;

    private StoreWait() {}

    /**
     * Returns once the store of these settings accepts a connection. Blocks; logs one line when it begins to wait. An
     * interrupt ends the wait.
     *
     * @param patience how long a database that does not answer is waited for; zero for one attempt
     * @throws LogException when it still does not answer by then, or answers with a refusal that waiting does not
     *     change
     */
    public static void until(LogSettings settings, Duration patience) {
        Dialect dialect = Dialect.of(settings);
        if (dialect != Dialect.POSTGRESQL) {
            return;
        }
        Store.checkUrl(settings);
        Connections plain =
                new Connections(settings, dialect, dialect.connecting(settings), Use.CASUAL, Connections.ANY);
        long start = System.nanoTime();
        boolean told = false;
        Optional<SQLException> failure = attempt(plain);
        while (failure.isPresent()) {
            String why = Words.opening(failure.get(), settings);
            if (!Words.mayPass(failure.get())) {
                throw Store.failed(settings, why);
            }
            long left = patience.toNanos() - (System.nanoTime() - start);
            if (left <= 0) {
                throw Store.failed(settings, why + "; waited " + shown(patience) + " for it (store.wait)");
            }
            if (!told) {
                LOG.info(
                        "waiting up to {} (store.wait) for the store at {}: {}",
                        shown(patience),
                        settings.shownUrl(),
                        why);
                told = true;
            }
            if (!sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(BETWEEN_MILLIS)))) {
                throw Store.failed(settings, why);
            }
            failure = attempt(plain);
        }
    }

    /** As it is written in the setting. */
    private static String shown(Duration patience) {
        long millis = patience.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    private static Optional<SQLException> attempt(Connections plain) {
        try {
            plain.getConnection().close();
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e);
        }
    }

    /** Whether the time has passed without an interrupt. */
    private static boolean sleep(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
