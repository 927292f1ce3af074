package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Waiting;
import dev.baton.log.DocumentLog;
import dev.baton.log.DocumentLogs;
import dev.baton.log.LogSettings;
import dev.baton.protocol.User;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of a lock, on a real store. */
class GrantsTest {
    private static final String DOC = "doc";
    private static final Waiter ANN = new Waiter("ann", new User("a", "Ann"), "keep", 1, 1, Presence.HERE);
    private static final Waiter BEN = new Waiter("ben", new User("b", "Ben"), "keep", 2, 1, Presence.HERE);
    private static final Move MOVE = new Move("", "moderator", 1);

    @TempDir
    private Path folder;

    private Vertx vertx;
    private DocumentLog log;
    private Grants grants;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        log = Waiting.on(DocumentLogs.open(
                vertx,
                LogSettings.of("jdbc:sqlite:" + folder.resolve("baton.db"), Optional.empty(), Optional.empty())));
        grants = new Grants(log, tenant -> Future.failedFuture("nobody holds"));
    }

    @AfterEach
    void close() {
        Waiting.on(log.close());
        Waiting.on(vertx.close());
    }

    private EditLock step(EditLock lock) {
        LockEvent event = Waiting.on(grants.step(DOC, lock, 1)).event();
        return event.apply(new LockRecord(lock, List.of("node"), 1), 1).lock();
    }

    @Test
    void whoIsRemovedWhileTheLockIsHandedToItDoesNotKeepTheNextFromGettingIt() {
        Waiting.on(log.remove("ann"));
        EditLock lock = new EditLock(0, new Tenure.Claiming(ANN, false, MOVE), List.of(BEN), List.of(), "moderator");
        for (int steps = 0; steps < 5 && lock.pending(); steps++) {
            lock = step(lock);
        }
        assertThat(lock.holder()).contains(BEN);
        assertThat(lock.line()).isEmpty();
    }
}
