package dev.baton.room;

import dev.baton.presence.RoomRoster;
import dev.baton.presence.Seat;
import dev.baton.session.Liveness;
import dev.baton.session.SessionRecord;
import dev.baton.session.Standing;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the members of the rooms here as their sessions are: by what the cluster is told of a session's life, and by
 * looking at the sessions' records, as what is told can be lost. Puts a record right that is behind the connection
 * here. Confined to the rooms' context.
 */
final class MemberSync {
    private static final Logger LOG = LoggerFactory.getLogger(MemberSync.class);

    /** Why a session is gone that nobody came back for. */
    private static final String EXPIRED = "expired";

    private final RoomServices on;
    private final RoomRegistry rooms;
    private final Overtaken overtaken;
    private boolean checking;

    MemberSync(RoomServices on, RoomRegistry rooms) {
        this.on = on;
        this.rooms = rooms;
        this.overtaken = new Overtaken(on.node());
    }

    /** What the cluster was told of a session; a hint, see {@link #check(Map)}. */
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
     * Nobody came back to a session. Who has, and is here on a later connection, is not meant: what expired was an
     * older copy of its record, left over by a loss. The record is put back as it should be, and who was told of the
     * end is told that it was none.
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

    /**
     * The session's seat here, of a connection that is open, as far as is known, and later than the one that was told
     * of.
     */
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
    void check(Map<String, Room> some) {
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
            if (room.seatOf(session).filter(seat::isLike).isPresent()) {
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
        } else if (record.get().ended()) {
            String cause = record.get().lostBy().orElseThrow();
            room.unseat(session, cause);
            if (cause.equals(SessionRecord.REMOVED)) {
                on.node().tell(on.node().id(), Moderation.REMOVED, new JsonObject().put("session", session));
            }
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

    /**
     * The record of a session that is connected here was lost with its members, or is that of an earlier connection.
     */
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
}
