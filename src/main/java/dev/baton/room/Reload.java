package dev.baton.room;

import dev.baton.log.Head;
import dev.baton.rights.LockEvent;
import dev.baton.rights.Move;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the rooms do when the store has gone on to a later incarnation: say what is known to be lost, have each lock claimed anew,
 * and tell every member the content from the start. Repeated until the store has answered for each room. Confined to the rooms'
 * context.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /** So many documents are named in the log. */
    private static final int NAMED = 20;

    private final RoomServices on;
    private final RoomRegistry rooms;

    Reload(RoomServices on, RoomRegistry rooms) {
        this.on = on;
        this.rooms = rooms;
    }

    /** The store is in that incarnation now. */
    void begin(long incarnation) {
        List<String> documents = new ArrayList<>(rooms.byDocument().keySet());
        if (documents.isEmpty()) {
            return;
        }
        on.log()
                .heads(documents)
                .onSuccess(heads -> {
                    report(incarnation, heads);
                    heads.forEach((document, head) -> reload(document, head, incarnation));
                })
                .onFailure(failure -> on.vertx().setTimer(RoomVerticle.RETRY, id -> begin(incarnation)));
    }

    private void report(long incarnation, Map<String, Head> heads) {
        Map<String, Long> lost = new TreeMap<>();
        heads.forEach((document, head) -> rooms.find(document)
                .filter(room -> room.entries().incarnation() < incarnation)
                .map(room -> room.entries().delivered() - head.seq())
                .filter(missing -> missing > 0)
                .ifPresent(missing -> lost.put(document, missing)));
        long entries = lost.values().stream().mapToLong(count -> count).sum();
        on.meters().lost(entries);
        String named = String.join(
                ", ",
                lost.entrySet().stream()
                        .limit(NAMED)
                        .map(one -> one.getKey() + " (" + one.getValue() + ")")
                        .toList());
        LOG.error(
                "incarnation {} of the store: {} acknowledged entries known here are lost, in {} of {} open documents{}",
                incarnation,
                entries,
                lost.size(),
                heads.size(),
                lost.isEmpty() ? "" : ": " + named + (lost.size() > NAMED ? ", …" : ""));
    }

    private void reload(String document, Head head, long incarnation) {
        rooms.find(document)
                .filter(room -> room.entries().incarnation() < incarnation)
                .ifPresent(room -> claimAnew(document, room, head)
                        .compose(settled -> room.reload())
                        .onFailure(failure -> on.vertx()
                                .setTimer(RoomVerticle.RETRY, id -> reload(document, head, incarnation))));
    }

    /** The holder is first in the queue then, so it gets the lock again, under an epoch of this incarnation. */
    private Future<Void> claimAnew(String document, Room room, Head head) {
        return on.locks()
                .submit(document, new LockEvent.Outdated(head.epoch(), head.holder().orElse(Move.NOBODY)))
                .map(outcome -> {
                    room.take(outcome);
                    return null;
                });
    }
}
