package dev.baton.log;

import static dev.baton.log.Futures.get;

import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process of its own that signs the roll, takes documents from whoever holds them and writes to them until it is
 * killed, or until so many updates were acknowledged: {@code main <url> <name> <documents> [<updates> [careless]]}.
 * Prints a line for each update that is acknowledged, after it is. A careless one writes on a connection to SQLite that
 * never syncs, instead of signing.
 */
public final class AppendingNode {
    private static final long SIGNING_MILLIS = 1;

    private static final long PACE_MILLIS = 1;

    private final Vertx vertx;
    private final DocumentLog log;
    private final Tenant tenant;
    private final AtomicInteger left;

    private AppendingNode(Vertx vertx, DocumentLog log, String name, int updates) {
        this.vertx = vertx;
        this.log = log;
        this.tenant = new Tenant(name, "{}", "");
        this.left = new AtomicInteger(updates);
    }

    /** Ends as a killed process does, without closing anything. */
    public static void main(String[] args) throws SQLException {
        Vertx vertx = Vertx.vertx();
        DocumentLog log = get(DocumentLogs.open(vertx, LogSettings.of(args[0], Optional.empty(), Optional.empty())));
        int updates = args.length > 3 ? Integer.parseInt(args[3]) : Integer.MAX_VALUE;
        AppendingNode node = new AppendingNode(vertx, log, args[1], updates);
        if (args.length > 4) {
            writeCarelessly(args[0]);
        } else {
            node.sign();
        }
        for (int d = 0; d < Integer.parseInt(args[2]); d++) {
            String document = "doc" + d;
            log.state(document).onSuccess(state -> node.claim(document, state.epoch()));
        }
    }

    /** Far more often than nodes do, so that much of it falls between the writes. */
    private void sign() {
        log.sign(tenant.session(), Signatures.MINE)
                .onComplete(signed -> vertx.setTimer(SIGNING_MILLIS, timer -> sign()));
    }

    private static void writeCarelessly(String url) throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        for (String sql :
                List.of("PRAGMA synchronous = OFF", "PRAGMA wal_autocheckpoint = 50", "PRAGMA busy_timeout = 20000")) {
            statement.execute(sql);
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        for (long i = 0; ; i++) {
                            statement.execute("UPDATE baton_store SET probed_at = " + i);
                            Thread.sleep(SIGNING_MILLIS);
                        }
                    } catch (SQLException | InterruptedException e) {
                        e.printStackTrace();
                        Runtime.getRuntime().halt(1);
                    }
                },
                "careless");
        thread.setDaemon(true);
        thread.start();
    }

    private void claim(String document, long epoch) {
        log.claim(new Claim(document, epoch, tenant, "test", System.currentTimeMillis()))
                .onSuccess(result -> {
                    if (result instanceof ClaimResult.Granted granted) {
                        update(document, granted.epoch(), 0);
                    } else if (result instanceof ClaimResult.Refused refused) {
                        claim(document, refused.epoch());
                    }
                });
    }

    private void update(String document, long epoch, int i) {
        String id = "op" + epoch + "-" + i;
        log.append(new Append(
                        document, Kind.UPDATE, epoch, tenant.session(), "{}", id, "" + i, System.currentTimeMillis()))
                .onSuccess(result -> {
                    if (result instanceof AppendResult.Applied applied) {
                        print("ack " + document + " " + epoch + " " + tenant.session() + " " + id + " "
                                + applied.seq());
                        if (left.decrementAndGet() <= 0) {
                            Runtime.getRuntime().halt(0);
                        }
                        vertx.setTimer(PACE_MILLIS, timer -> update(document, epoch, i + 1));
                    } else if (result instanceof AppendResult.Fenced fenced) {
                        vertx.setTimer(100, timer -> claim(document, fenced.epoch()));
                    }
                });
    }

    private static synchronized void print(String line) {
        System.out.println(line);
    }
}
