package dev.baton.gateway;

import dev.baton.protocol.CloseCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;

/** Tells connections of one loop to go, as a {@link DrainPlan} says. Confined to that loop. */
final class Drain {

    /** How often somebody is told, in milliseconds. */
    private static final long STEP = 20;

    private final List<Connection> leaving;
    private final DrainPlan plan;
    private final long begun = System.nanoTime();
    private int told;

    private Drain(List<Connection> leaving, Duration over) {
        this.leaving = leaving;
        this.plan = new DrainPlan(leaving.size(), over);
    }

    /** Begins; done when all of them are over, whether they were told or went by themselves. Never fails. */
    static Future<Void> begin(Vertx vertx, List<Connection> leaving, Duration over) {
        Drain drain = new Drain(leaving, over);
        drain.step();
        long timer = vertx.setPeriodic(STEP, id -> drain.step());
        return Future.join(leaving.stream().map(Connection::ended).toList())
                .onComplete(done -> vertx.cancelTimer(timer))
                .transform(left -> Future.succeededFuture());
    }

    private void step() {
        int due = plan.due(Duration.ofNanos(System.nanoTime() - begun));
        while (told < due) {
            leaving.get(told++).leave(CloseCode.GOING_AWAY);
        }
    }
}
