package dev.baton.room;

import dev.baton.auth.Role;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Mode;
import dev.baton.rights.LockEvent;
import dev.baton.session.SessionRecord;
import dev.baton.session.Standing;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes from a session, when its roles have changed, what they do not allow any more: its seat, or its pen and its
 * place in line. Confined to the rooms' context.
 */
final class RoomAccess {
    private static final Logger LOG = LoggerFactory.getLogger(RoomAccess.class);

    /** What moved a pen whose holder may not have it any more. */
    static final String REVOKED = "revoked";

    private final RoomServices on;
    private final RoomRegistry rooms;
    private final Turns turns;

    RoomAccess(RoomServices on, RoomRegistry rooms, Turns turns) {
        this.on = on;
        this.rooms = rooms;
        this.turns = turns;
    }

    /** A session is back that stood so in a document. */
    void resumed(SessionRef ref, Outbox outbox, String document, Standing standing) {
        turns.next(ref.session(), document, () -> resume(ref, outbox, document, standing));
    }

    private Future<Void> resume(SessionRef ref, Outbox outbox, String document, Standing standing) {
        if (!ref.roles().allow(document, Role.VIEW)) {
            return expel(ref, outbox, document);
        }
        boolean demoted = standing.mode() == Mode.EDIT && !ref.roles().allow(document, Role.EDIT);
        return rooms.in(document, room -> {
            room.reattach(ref, outbox, demoted ? Mode.VIEW : standing.mode(), standing.since());
            return demoted ? demote(ref, document, room) : Future.succeededFuture();
        });
    }

    /** A session has ended: it gives up its seat, and its lock or its place in line. */
    Future<Void> left(SessionRef ref, String document) {
        return turns.next(ref.session(), document, () -> {
            Optional<Room> room = rooms.find(document);
            room.ifPresent(open -> open.unseat(ref.session(), SessionRecord.LEFT));
            return leaveLine(ref, document, SessionRecord.LEFT);
        });
    }

    private Future<Void> leaveLine(SessionRef ref, String document, String cause) {
        return on.locks()
                .submit(document, new LockEvent.Leave(ref.session(), cause))
                .onSuccess(outcome -> rooms.find(document).ifPresent(open -> open.take(outcome)))
                .onFailure(failure -> LOG.warn("{}: {}", document, failure.toString()))
                .onComplete(done -> rooms.closeIfEmpty(document))
                .mapEmpty();
    }

    /** A session, which is here, has other roles than before. */
    void changed(SessionRef ref, Outbox outbox, String document) {
        turns.next(ref.session(), document, () -> change(ref, outbox, document));
    }

    private Future<Void> change(SessionRef ref, Outbox outbox, String document) {
        if (!ref.roles().allow(document, Role.VIEW)) {
            return expel(ref, outbox, document);
        }
        Optional<Room> room =
                rooms.find(document).filter(open -> open.seatOf(ref.session()).isPresent());
        if (room.isEmpty()) {
            return Future.succeededFuture();
        }
        room.get().refer(ref);
        if (ref.roles().allow(document, Role.EDIT)) {
            return Future.succeededFuture();
        }
        room.get().mode(ref.session(), Mode.VIEW);
        return demote(ref, document, room.get());
    }

    private Future<Void> demote(SessionRef ref, String document, Room room) {
        room.seatOf(ref.session())
                .ifPresent(seat -> room.remember(
                        ref.session(),
                        ref.generation(),
                        Mode.VIEW,
                        seat.member().since()));
        return on.locks()
                .submit(document, new LockEvent.Leave(ref.session(), REVOKED))
                .onFailure(failure -> LOG.warn("{}: {}", document, failure.toString()))
                .map(outcome -> {
                    room.take(outcome);
                    return null;
                });
    }

    private Future<Void> expel(SessionRef ref, Outbox outbox, String document) {
        Optional<Room> room = rooms.find(document);
        room.ifPresent(open -> open.unseat(ref.session(), REVOKED));
        outbox.send(Frames.error(
                Optional.empty(), ErrorCode.FORBIDDEN, "the token lets you into " + document + " no longer"));
        outbox.send(Frames.left(Optional.empty(), document));
        on.sessions().exit(ref.session(), ref.generation(), document);
        return leaveLine(ref, document, REVOKED);
    }
}
