package dev.baton.room;

import dev.baton.log.Head;
import dev.baton.presence.Roster;
import dev.baton.presence.Seat;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.rights.LockEvent;
import dev.baton.rights.LockNews;
import dev.baton.rights.LockOutcome;
import dev.baton.rights.Move;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the rooms true when messages are lost: compares rosters with the other nodes, the pen with its record, and the
 * entries with the log's heads; {@link MemberSync} does it for the members. Confined to the rooms' context.
 */
final class RoomSync {
    private static final Logger LOG = LoggerFactory.getLogger(RoomSync.class);

    /**
     * Each room's record and sessions are looked up once in this many rounds; a different part of the rooms each round.
     */
    private static final int PARTS = 3;

    private final RoomServices on;
    private final RoomRegistry rooms;
    private final MemberSync members;
    private int round;

    RoomSync(RoomServices on, RoomRegistry rooms, MemberSync members) {
        this.on = on;
        this.rooms = rooms;
        this.members = members;
    }

    /** One round; called every second. */
    void round() {
        round = (round + 1) % PARTS;
        compareRosters();
        compareHeads();
        Map<String, Room> part = new HashMap<>();
        rooms.byDocument().forEach((document, room) -> {
            room.settle();
            if (Math.floorMod(document.hashCode(), PARTS) == round) {
                checkRecord(document, room);
                part.put(document, room);
            }
        });
        members.check(part);
        rooms.closeEmpty();
    }

    // ---- rosters --------------------------------------------------------------------------------------------------

    /** Sends each other node one number for all the rosters it should have of this one. */
    private void compareRosters() {
        Map<String, Long> digests = new HashMap<>();
        for (String node : on.node().nodes()) {
            if (!node.equals(on.node().id())) {
                digests.put(node, 0L);
            }
        }
        for (Room room : rooms.all()) {
            if (!room.seats().isEmpty()) {
                room.pen().peers().forEach(peer -> digests.computeIfPresent(peer, (node, sum) -> sum ^ room.digest()));
            }
        }
        digests.forEach((node, digest) -> on.node()
                .tell(
                        node,
                        RoomVerticle.DIGEST,
                        new JsonObject().put("node", on.node().id()).put("digest", digest)));
    }

    /** Another node's number: when it is not the same here, the rosters are compared one by one. */
    void digest(JsonObject message) {
        String node = message.getString("node");
        long here = 0;
        JsonObject held = new JsonObject();
        for (Map.Entry<String, Room> room : rooms.byDocument().entrySet()) {
            Long version = room.getValue().held().get(node);
            if (version != null) {
                here ^= Roster.digest(room.getKey(), version);
                held.put(room.getKey(), version);
            } else {
                held.put(room.getKey(), 0L);
            }
        }
        if (here != message.getLong("digest")) {
            on.node()
                    .tell(
                            node,
                            RoomVerticle.SYNC,
                            new JsonObject().put("node", on.node().id()).put("held", held));
        }
    }

    /** Another node says which versions it holds of this one's rosters; it is sent what differs. */
    void sync(JsonObject message) {
        String node = message.getString("node");
        for (Map.Entry<String, Object> held : message.getJsonObject("held")) {
            long version = ((Number) held.getValue()).longValue();
            Room room = rooms.find(held.getKey()).orElse(null);
            if (room != null && room.version() != version) {
                room.peers().tellAll(node);
            } else if (room == null && version != 0) {
                on.node()
                        .tell(
                                node,
                                RoomVerticle.ROSTER_NONE,
                                new JsonObject()
                                        .put("document", held.getKey())
                                        .put("node", on.node().id()));
            }
        }
    }

    /** A node is dead. */
    void lost(String node) {
        rooms.all().forEach(room -> room.forget(node, RoomPeers.NODE_LOST));
    }

    // ---- entries --------------------------------------------------------------------------------------------------

    /** Finds the entries that no message told of, the last one of a document too: one query for all documents. */
    private void compareHeads() {
        List<String> documents = new ArrayList<>(rooms.byDocument().keySet());
        if (documents.isEmpty() || !on.log().available()) {
            return;
        }
        Map<String, Long> told = new HashMap<>();
        long incarnation = on.log().incarnation();
        rooms.byDocument().forEach((document, room) -> {
            if (room.entries().incarnation() == incarnation) {
                told.put(document, room.entries().delivered());
            }
        });
        on.log().heads(documents).onSuccess(heads -> {
            if (!proveLoss(told, heads, incarnation)) {
                heads.forEach(
                        (document, head) -> rooms.find(document).ifPresent(room -> compareHead(document, room, head)));
            }
        });
    }

    /** An entry that was told here before the store was asked, and is not there, was lost. */
    private boolean proveLoss(Map<String, Long> told, Map<String, Head> heads, long incarnation) {
        Optional<String> lost = told.keySet().stream()
                .filter(document -> heads.get(document).seq() < told.get(document))
                .findFirst();
        if (lost.isEmpty() || on.log().incarnation() != incarnation) {
            return false;
        }
        String document = lost.get();
        on.log()
                .raise(document + " ends at " + heads.get(document).seq() + ", and entries up to " + told.get(document)
                        + " were acknowledged");
        return true;
    }

    /** An epoch or a holder that the lock does not know for two rounds did not come about through this lock. */
    private void compareHead(String document, Room room, Head head) {
        room.entries().reach(head.seq());
        if (room.pen().lateFor(head)) {
            outdated(document, head.epoch(), head.holder()).onSuccess(room::take);
        }
    }

    private Future<LockOutcome> outdated(String document, long epoch, Optional<String> holder) {
        return on.locks()
                .submit(document, new LockEvent.Outdated(epoch, holder.orElse(Move.NOBODY)))
                .onFailure(failure -> LOG.warn("{}: {}", document, failure.toString()));
    }

    // ---- the pen --------------------------------------------------------------------------------------------------

    private void checkRecord(String document, Room room) {
        long before = room.pen().revision();
        on.locks().find(document).onComplete(read -> {
            if (read.failed() || room.closing().isPresent()) {
                return;
            }
            boolean known = read.result()
                    .filter(record -> record.audience().contains(on.node().id()))
                    .isPresent();
            if (known) {
                compare(LockNews.of(document, read.result().get(), on.node().now()), room, before);
                standAgain(document, room);
            } else {
                enterAgain(document, room);
            }
        });
    }

    /**
     * A record that is behind what was told has not heard of a grant yet, or has lost it with its members and then
     * never will: it asks the store, and what that says is taken over.
     */
    private void compare(LockNews found, Room room, long before) {
        if (!room.pen().isBehind(found)) {
            room.replace(found, before);
            return;
        }
        LockNews known = room.pen().news().orElseThrow();
        outdated(found.document(), known.epoch(), known.holder().map(Member::session))
                .onSuccess(outcome -> {
                    if (!outcome.settled().lock().pending()) {
                        room.replace(
                                LockNews.of(
                                        found.document(),
                                        outcome.settled(),
                                        on.node().now()),
                                before);
                    }
                });
    }

    /** The record was lost with its members, or has forgotten this node. */
    private void enterAgain(String document, Room room) {
        long before = room.pen().revision();
        on.locks().submit(document, new LockEvent.Enter(on.node().id())).onComplete(entered -> {
            if (entered.succeeded()) {
                compare(
                        LockNews.of(
                                document, entered.result().settled(), on.node().now()),
                        room,
                        before);
                standAgain(document, room);
            } else {
                LOG.warn("{}: {}", document, entered.cause().toString());
            }
        });
    }

    /**
     * Whoever takes part to edit stands in line, until it says otherwise. Who has no place is put in line at the second
     * look: at the first, its release may be on the way.
     */
    private void standAgain(String document, Room room) {
        LockNews news = room.pen().news().orElseThrow();
        Set<String> unplaced = room.seats().stream()
                .map(Seat::member)
                .filter(member -> member.mode() == Mode.EDIT && member.online())
                .map(Member::session)
                .filter(session -> !news.places(session))
                .collect(Collectors.toSet());
        Set<String> before = room.unplaced(unplaced);
        unplaced.stream()
                .filter(before::contains)
                .map(room::ref)
                .flatMap(Optional::stream)
                .forEach(ref -> on.locks()
                        .submit(document, new LockEvent.Enqueue(room.waiter(ref)))
                        .onSuccess(room::take));
    }
}
