package dev.baton.room;

import dev.baton.log.Head;
import dev.baton.rights.LockEvent;
import dev.baton.rights.Move;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the rooms do when the store has gone on to a later incarnation: say what is known to be lost, have each lock
 * claimed anew, and tell every member the content from the start. Repeated until the store has answered for each room.
 * Confined to the rooms' context.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /** So many documents are named in the log. */
    private static final int NAMED = 20;

    /** More than is written to a document from the loss until it is counted. */
    private static final int NEW = 200;

    private final RoomServices on;
    private final RoomRegistry rooms;

    /** What is being reloaded has been counted, however often that is begun. */
    private final Set<String> counted = new HashSet<>();

    Reload(RoomServices on, RoomRegistry rooms) {
        this.on = on;
        this.rooms = rooms;
    }

    /** The store is in that incarnation now. */
    void begin(long incarnation) {
        List<String> documents = rooms.byDocument().entrySet().stream()
                .filter(open -> open.getValue().entries().incarnation() < incarnation)
                .map(Map.Entry::getKey)
                .toList();
        if (documents.isEmpty()) {
            return;
        }
        on.log()
                .heads(documents)
                .onSuccess(heads -> {
                    Map<String, Long> lost = new TreeMap<>();
                    Future.join(heads.entrySet().stream()
                                    .map(head -> count(head.getKey(), head.getValue(), incarnation, lost)
                                            .compose(counted -> reload(head.getKey(), head.getValue())))
                                    .toList())
                            .onComplete(all -> {
                                report(incarnation, lost, documents.size());
                                if (all.failed()) {
                                    later(incarnation);
                                }
                            });
                })
                .onFailure(failure -> later(incarnation));
    }

    private void later(long incarnation) {
        on.vertx().setTimer(RoomVerticle.RETRY, id -> begin(incarnation));
    }

    /** Other nodes may have written by now, and what they wrote replaces nothing: it is known by its epoch. */
    private Future<Void> count(String document, Head head, long incarnation, Map<String, Long> lost) {
        long from = Math.max(0, head.seq() - NEW);
        if (counted.contains(document)) {
            return Future.succeededFuture();
        }
        return on.log().read(document, from, 2 * NEW).map(newest -> {
            if (!counted.add(document)) {
                return null;
            }
            long kept = newest.stream()
                    .filter(entry -> entry.epoch() >= incarnation)
                    .mapToLong(entry -> entry.seq() - 1)
                    .findFirst()
                    .orElse(head.seq());
            rooms.find(document)
                    .map(room -> room.entries().delivered() - kept)
                    .filter(missing -> missing > 0)
                    .ifPresent(missing -> lost.put(document, missing));
            return null;
        });
    }

    private void report(long incarnation, Map<String, Long> lost, int open) {
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
                open,
                lost.isEmpty() ? "" : ": " + named + (lost.size() > NAMED ? ", …" : ""));
    }

    /** The holder is first in the queue then, so it gets the lock again, under an epoch of this incarnation. */
    private Future<Void> reload(String document, Head head) {
        return on.locks()
                .submit(
                        document,
                        new LockEvent.Outdated(head.epoch(), head.holder().orElse(Move.NOBODY)))
                .compose(outcome -> rooms.find(document)
                        .map(room -> {
                            room.take(outcome);
                            return room.reload();
                        })
                        .orElseGet(Future::succeededFuture))
                .onSuccess(done -> counted.remove(document));
    }
}
