package dev.baton.room;

import dev.baton.log.Head;
import dev.baton.presence.RoomRoster;
import dev.baton.presence.Roster;
import dev.baton.presence.Seat;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.rights.LockEvent;
import dev.baton.rights.LockNews;
import dev.baton.rights.LockOutcome;
import dev.baton.rights.Move;
import dev.baton.session.Liveness;
import dev.baton.session.SessionRecord;
import dev.baton.session.Standing;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the rooms true when messages are lost: compares rosters with the other nodes, the pen with its record, the entries
 * with the log's heads, and the members with their sessions. Confined to the rooms' context.
 */
final class RoomSync {
    private static final Logger LOG = LoggerFactory.getLogger(RoomSync.class);

    /** Each room's record and sessions are looked up once in this many rounds; a different part of the rooms each round. */
    private static final int PARTS = 3;

    /** Why a session is gone that nobody came back for. */
    private static final String EXPIRED = "expired";

    private final RoomServices on;
    private final RoomRegistry rooms;
    private final Overtaken overtaken;
    private int round;
    private boolean checking;

    RoomSync(RoomServices on, RoomRegistry rooms) {
        this.on = on;
        this.rooms = rooms;
        this.overtaken = new Overtaken(on.node());
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
        checkSessions(part);
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

    // ---- entries --------------------------------------------------------------------------------------------------

    /** Finds the entries that no message told of, the last one of a document too: one query for all documents. */
    private void compareHeads() {
        List<String> documents = new ArrayList<>(rooms.byDocument().keySet());
        if (documents.isEmpty() || !on.log().available()) {
            return;
        }
        on.log()
                .heads(documents)
                .onSuccess(heads -> heads.forEach(
                        (document, head) -> rooms.find(document).ifPresent(room -> compareHead(document, room, head))));
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
     * A record that is behind what was told has not heard of a grant yet, or has lost it with its members and then never will: it asks
     * the store, and what that says is taken over.
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
     * Whoever takes part to edit stands in line, until it says otherwise. Who has no place is put in line at the second look:
     * at the first, its release may be on the way.
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

    // ---- members --------------------------------------------------------------------------------------------------

    /** What the cluster was told of a session; a hint, see {@link #checkSessions}. */
    void heard(Liveness news) {
        if (news.state() == Liveness.State.GONE && news.cause().equals(EXPIRED)) {
            expired(news);
        } else {
            news.documents().forEach(document -> rooms.find(document).ifPresent(room -> settle(room, news)));
        }
        news.documents().forEach(rooms::closeIfEmpty);
    }

    private void settle(Room room, Liveness news) {
        switch (news.state()) {
            case GONE -> room.unseat(news.session(), news.cause());
            case ONLINE -> leaveTo(room, news.session(), news.node());
            case OFFLINE ->
                room.seatOf(news.session())
                        .filter(seat -> seat.generation() == news.generation()
                                // Gone before it came here: the one that it took over from is closed, too.
                                || (seat.generation() < news.generation() && !room.attached(news.session())))
                        .ifPresent(seat -> room.away(news.session()));
        }
    }

    /**
     * Nobody came back to a session. Who has, and is here on a later connection, is not meant: what expired was an older copy of its
     * record, left over by a loss. The record is put back as it should be, and who was told of the end is told that it was none.
     */
    private void expired(Liveness news) {
        Map<String, Standing> here = new HashMap<>();
        Optional<SessionRef> back = Optional.empty();
        for (String document : news.documents()) {
            Optional<Room> room = rooms.find(document);
            Optional<Seat> seat = room.flatMap(one -> laterSeat(one, news));
            if (seat.isPresent()) {
                here.put(document, standing(seat.get()));
                back = room.flatMap(one -> one.ref(news.session()));
            } else {
                room.ifPresent(one -> {
                    one.sendAway(news.session()); // it has a connection after all
                    one.unseat(news.session(), EXPIRED);
                });
            }
        }
        back.ifPresent(ref -> on.sessions().recall(record(ref, here)).onSuccess(there -> {
            if (there) {
                LOG.info("session {} has not expired, and was put back", ref.session());
            }
        }));
    }

    /** The session's seat here, of a connection that is open, as far as is known, and later than the one that was told of. */
    private static Optional<Seat> laterSeat(Room room, Liveness news) {
        return room.seatOf(news.session())
                .filter(seat -> seat.generation() > news.generation())
                .filter(seat -> seat.member().online() || room.attached(news.session()))
                .filter(seat -> room.ref(news.session())
                        .filter(ref -> ref.generation() == seat.generation())
                        .isPresent());
    }

    /** A session was taken up on another node: its seat here goes when that node has told of its own. */
    private void leaveTo(Room room, String session, String node) {
        if (!node.equals(on.node().id()) && room.movedAway(session)) {
            room.unseat(session, RoomRoster.MOVED);
        }
    }

    /** One question for the members of all these rooms; while it is not answered, the next round asks no other. */
    private void checkSessions(Map<String, Room> some) {
        if (checking || some.isEmpty()) {
            return;
        }
        checking = true;
        Map<String, List<Seat>> seats = new HashMap<>();
        Set<String> seated = new HashSet<>();
        some.forEach((document, room) -> {
            seats.put(document, room.seats());
            room.seats().forEach(seat -> seated.add(seat.member().session()));
        });
        on.sessions().find(seated).onComplete(found -> {
            checking = false;
            if (found.succeeded()) {
                seats.forEach((document, before) -> check(document, some.get(document), before, found.result()));
            }
        });
    }

    private void check(String document, Room room, List<Seat> before, Map<String, SessionRecord> found) {
        for (Seat seat : before) {
            String session = seat.member().session();
            // A seat that changed while the records were read is looked at the next time.
            if (room.seatOf(session).filter(seat::equals).isPresent()) {
                check(document, room, seat, Optional.ofNullable(found.get(session)));
            }
        }
    }

    private void check(String document, Room room, Seat seat, Optional<SessionRecord> record) {
        String session = seat.member().session();
        if (record.isEmpty()) {
            if (room.attached(session) && seat.member().online()) {
                restore(document, room, seat);
            } else if (!seat.member().online()) {
                room.sendAway(session);
                room.unseat(session, EXPIRED);
            }
        } else if (record.get().removed()) {
            room.unseat(session, SessionRecord.REMOVED);
            on.node().tell(on.node().id(), Moderation.REMOVED, new JsonObject().put("session", session));
        } else if (!seat.member().online()
                && !room.attached(session)
                && !record.get().node().equals(on.node().id())) {
            // Whichever of the two counts more connections: the sides of a split have counted apart.
            room.unseat(session, RoomRoster.MOVED);
        } else if (record.get().generation() < seat.generation()) {
            if (room.attached(session) && seat.member().online()) {
                restore(document, room, seat);
            }
        } else if (record.get().generation() > seat.generation()) {
            room.connection(session).ifPresent(outbox -> overtaken.settle(session, outbox, record));
            if (!record.get().node().equals(on.node().id())) {
                room.unseat(session, RoomRoster.MOVED);
            } else if (!record.get().online() && !room.attached(session)) {
                room.away(session); // the later connection was gone before it came here
            }
        } else if (!record.get().online() && record.get().generation() == seat.generation()) {
            room.sendAway(session); // the others took this node for lost; whoever comes back counts again
        } else if (record.get().online()
                && !seat.member().online()
                && record.get().generation() == seat.generation()
                && room.attached(session)) {
            room.back(session); // what was heard of its loss was false
        } else if (seat.member().online() && !record.get().documents().containsKey(document)) {
            room.remember(
                    session,
                    seat.generation(),
                    seat.member().mode(),
                    seat.member().since());
        }
    }

    /** The record of a session that is connected here was lost with its members, or is that of an earlier connection. */
    private void restore(String document, Room room, Seat seat) {
        room.ref(seat.member().session())
                .filter(ref -> ref.generation() == seat.generation())
                .ifPresent(ref -> on.sessions()
                        .restore(record(ref, Map.of(document, standing(seat))))
                        .onSuccess(done -> LOG.info("session {} was put back", ref.session())));
    }

    private static Standing standing(Seat seat) {
        return new Standing(seat.member().mode(), seat.member().since());
    }

    /** A session that is connected here and takes part in those documents. */
    private SessionRecord record(SessionRef ref, Map<String, Standing> documents) {
        return new SessionRecord(
                ref.session(),
                ref.user(),
                ref.keep(),
                on.node().id(),
                ref.generation(),
                new SessionRecord.Online(),
                documents,
                ref.roles());
    }

    /** A node is dead. */
    void lost(String node) {
        rooms.all().forEach(room -> room.forget(node, RoomPeers.NODE_LOST));
    }
}
