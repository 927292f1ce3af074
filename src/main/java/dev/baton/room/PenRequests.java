package dev.baton.room;

import dev.baton.auth.Role;
import dev.baton.presence.Seat;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Mode;
import dev.baton.rights.EditLock;
import dev.baton.rights.LockEvent;
import dev.baton.rights.LockOutcome;
import dev.baton.rights.Presence;
import dev.baton.rights.Waiter;
import dev.baton.session.SessionRecord;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Does what clients ask of a document's pen, and answers with what came of it. Confined to the rooms' context. */
final class PenRequests {
    private final RoomServices on;
    private final Moderation moderation;

    PenRequests(RoomServices on, Moderation moderation) {
        this.on = on;
        this.moderation = moderation;
    }

    /** Somebody wants the pen: the holder is asked; a moderator takes it. */
    Future<Void> request(Asking asking, Room room, ClientMessage.Request request) {
        Waiter waiter = room.waiter(asking.ref());
        long until = on.node().now() + on.answer().toMillis();
        Future<LockOutcome> asked = asking.ref().roles().allow(request.document(), Role.MODERATE)
                ? moderation.handOver(request.document(), asking.session())
                : on.locks().submit(request.document(), new LockEvent.Request(waiter, until));
        return asked.map(outcome -> {
            stand(asking, room, Mode.EDIT);
            return tell(asking, room, outcome);
        });
    }

    /** The holder says whether somebody who has asked gets the pen. */
    Future<Void> answer(Asking asking, Room room, ClientMessage.Answer answer) {
        return on.locks()
                .submit(
                        answer.document(),
                        new LockEvent.Answer(asking.session(), answer.epoch(), answer.session(), answer.accept()))
                .map(outcome -> {
                    if (!outcome.applied() && current(outcome, answer.epoch())) {
                        throw new Refusal(
                                ErrorCode.FORBIDDEN,
                                holds(outcome, asking.session())
                                        ? "that session has not asked for the pen"
                                        : "only the holder answers a request");
                    }
                    if (outcome.applied() && answer.accept()) {
                        stand(asking, room, Mode.VIEW);
                    }
                    return tell(asking, room, outcome);
                });
    }

    /** The holder lays the pen down, for the next or for somebody by name. */
    Future<Void> release(Asking asking, Room room, ClientMessage.Release release) {
        return heir(room, release.document(), release.to())
                .compose(heir -> on.locks()
                        .submit(release.document(), new LockEvent.Release(asking.session(), release.epoch(), heir)))
                .map(outcome -> {
                    if (!outcome.applied() && current(outcome, release.epoch())) {
                        throw new Refusal(ErrorCode.FORBIDDEN, "only the holder releases the pen");
                    }
                    if (!outcome.applied() && early(outcome, release.epoch())) {
                        throw new Refusal(
                                ErrorCode.UNAVAILABLE,
                                "the grant cannot be seen through just now, and so not be given back",
                                OptionalLong.of(RoomVerticle.RETRY));
                    }
                    if (outcome.applied() || released(outcome, asking.session())) {
                        stand(asking, room, Mode.VIEW);
                    }
                    return tell(asking, room, outcome);
                });
    }

    /**
     * Who is to get the pen by name, with what its session's record says. Whoever this room has not heard of yet is in
     * the document all the same when the record says so: that is written before anybody is told of the join, and the
     * news of a roster may come later.
     */
    private Future<List<Waiter>> heir(Room room, String document, Optional<String> to) {
        if (to.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        return on.sessions().find(List.of(to.get())).map(found -> {
            Optional<SessionRecord> named = Optional.ofNullable(found.get(to.get()));
            boolean joined = named.filter(record -> record.documents().containsKey(document))
                    .isPresent();
            if (!joined && room.member(to.get()).isEmpty()) {
                throw new Refusal(ErrorCode.BAD_MESSAGE, "that session is not in the document");
            }
            return named
                    .filter(SessionRecord::online)
                    .map(record -> mayEdit(record, document))
                    .map(record -> new Waiter(
                            record.id(),
                            record.user(),
                            record.secretHash(),
                            on.node().now(),
                            record.generation(),
                            Presence.HERE))
                    .stream()
                    .toList();
        });
    }

    private static SessionRecord mayEdit(SessionRecord record, String document) {
        if (!record.roles().allow(document, Role.EDIT)) {
            throw new Refusal(ErrorCode.FORBIDDEN, "that session may only view " + document);
        }
        return record;
    }

    /** A moderator gives the pen to somebody. */
    Future<Void> handOver(Asking asking, Room room, ClientMessage.HandOver handOver) {
        return moderation.handOver(handOver.document(), handOver.session()).map(outcome -> tell(asking, room, outcome));
    }

    /**
     * Whether the client spoke of the pen as it is, so that what it asked for is wrong and not merely late: it is not
     * moving.
     */
    private static boolean current(LockOutcome outcome, long epoch) {
        EditLock before = outcome.before().lock();
        return before.epoch() == epoch && !before.pending();
    }

    /** Whether the client spoke of a grant that the lock has not heard of. */
    private static boolean early(LockOutcome outcome, long epoch) {
        EditLock before = outcome.before().lock();
        return before.pending() && before.epoch() < epoch;
    }

    /** Whether that session's release is just being seen through: it was sent again, and the first one had come. */
    private static boolean released(LockOutcome outcome, String session) {
        return outcome.before().lock().releasedBy(session);
    }

    private static boolean holds(LockOutcome outcome, String session) {
        return outcome.before()
                .lock()
                .holder()
                .filter(holder -> holder.session().equals(session))
                .isPresent();
    }

    private void stand(Asking asking, Room room, Mode mode) {
        Optional<Seat> seat = room.seatOf(asking.session());
        if (seat.isPresent() && seat.get().member().mode() != mode) {
            room.mode(asking.session(), mode);
            room.remember(
                    asking.session(),
                    asking.ref().generation(),
                    mode,
                    seat.get().member().since());
        }
    }

    private static Void tell(Asking asking, Room room, LockOutcome outcome) {
        room.take(outcome);
        asking.outbox().send(room.pen().rightsFor(asking.mark(), asking.session()));
        return null;
    }
}
