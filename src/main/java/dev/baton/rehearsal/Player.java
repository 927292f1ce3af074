package dev.baton.rehearsal;

import dev.baton.room.Lane;
import dev.baton.room.Outbox;
import dev.baton.room.SessionRef;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Somebody without a socket, who is told what a client would be told and notes that the pen has come. Any thread. */
final class Player implements Outbox {
    private static final Lane LANE = (to, frame, sent) -> {
        to.forEach(outbox -> outbox.send(frame));
        sent.run();
    };

    private final SessionRef ref;
    private final Promise<Void> holds = Promise.promise();
    private volatile boolean open = true;

    Player(SessionRef ref) {
        this.ref = ref;
    }

    SessionRef ref() {
        return ref;
    }

    /** Completes when this one has been told that it holds the pen. */
    Future<Void> holds() {
        return holds.future();
    }

    /** Its connection is no more. */
    void vanish() {
        open = false;
    }

    @Override
    public Lane lane() {
        return LANE;
    }

    @Override
    public void send(String frame) {}

    @Override
    public void sendAsked(String frame, Runnable taken) {
        taken.run();
    }

    @Override
    public void sendAway() {}

    @Override
    public boolean open() {
        return open;
    }

    @Override
    public void editing(String document, boolean now) {
        if (now) {
            holds.tryComplete();
        }
    }
}
