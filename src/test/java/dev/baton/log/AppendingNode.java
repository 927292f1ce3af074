package dev.baton.log;

import static dev.baton.log.Futures.get;

import io.vertx.core.Vertx;
import java.util.Optional;

/**
 * A process of its own that takes documents from whoever holds them and writes to them until it is killed:
 * {@code main <url> <name> <documents>}. Prints a line for each update that is acknowledged, after it is.
 */
public final class AppendingNode {
    private final Vertx vertx;
    private final DocumentLog log;
    private final Tenant tenant;

    private AppendingNode(Vertx vertx, DocumentLog log, String name) {
        this.vertx = vertx;
        this.log = log;
        this.tenant = new Tenant(name, "{}", "");
    }

    /** Never ends by itself. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx();
        DocumentLog log = get(DocumentLogs.open(vertx, LogSettings.of(args[0], Optional.empty(), Optional.empty())));
        AppendingNode node = new AppendingNode(vertx, log, args[1]);
        for (int d = 0; d < Integer.parseInt(args[2]); d++) {
            String document = "doc" + d;
            log.state(document).onSuccess(state -> node.claim(document, state.epoch()));
        }
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
                        update(document, epoch, i + 1);
                    } else if (result instanceof AppendResult.Fenced fenced) {
                        vertx.setTimer(100, timer -> claim(document, fenced.epoch()));
                    }
                });
    }

    private static synchronized void print(String line) {
        System.out.println(line);
    }
}
