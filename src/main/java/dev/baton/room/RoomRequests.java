package dev.baton.room;

import dev.baton.auth.Role;
import dev.baton.log.Append;
import dev.baton.log.AppendResult;
import dev.baton.log.EntryText;
import dev.baton.log.Kind;
import dev.baton.log.LogException;
import dev.baton.log.Opening;
import dev.baton.log.Snapshot;
import dev.baton.log.SnapshotResult;
import dev.baton.log.Tenant;
import dev.baton.presence.Seat;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import dev.baton.rights.LockEvent;
import dev.baton.rights.LockOutcome;
import dev.baton.rights.Presence;
import dev.baton.rights.Waiter;
import dev.baton.session.SessionRecord;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what clients ask of a document, and answers. Confined to the rooms' context. */
final class RoomRequests {
    private static final Logger LOG = LoggerFactory.getLogger(RoomRequests.class);

    private final RoomServices on;
    private final RoomRegistry rooms;
    private final Moderation moderation;
    private final Overtaken overtaken;

    RoomRequests(RoomServices on, RoomRegistry rooms) {
        this.on = on;
        this.rooms = rooms;
        this.moderation = new Moderation(on.node(), on.sessions(), on.locks());
        this.overtaken = new Overtaken(on.node());
    }

    /** One client's request: who asks, and how it is answered. */
    private record Asking(SessionRef ref, Outbox outbox, Optional<Json> mark) {
        String session() {
            return ref.session();
        }

        void error(ErrorCode code, String message) {
            outbox.send(Frames.error(mark, code, message));
        }
    }

    /** A request that cannot be done, in words for the one who asked. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final ErrorCode code;
        private final transient OptionalLong retry;

        Refusal(ErrorCode code, String message) {
            this(code, message, OptionalLong.empty());
        }

        Refusal(ErrorCode code, String message, OptionalLong retry) {
            super(message, null, false, false);
            this.code = code;
            this.retry = retry;
        }
    }

    Future<Rooms.Result> handle(SessionRef ref, Outbox outbox, ClientMessage.OfDocument message) {
        Asking asking = new Asking(ref, outbox, message.ref());
        // Composed, so that what is thrown on the way is answered like what fails.
        return Future.succeededFuture()
                .compose(start -> dispatch(asking, message))
                .recover(failure -> {
                    explain(asking, message.document(), failure);
                    return Future.succeededFuture();
                })
                .map(done -> seated(ref, message.document()) ? Rooms.Result.IN : Rooms.Result.OUT);
    }

    private boolean seated(SessionRef ref, String document) {
        return rooms.find(document).flatMap(room -> room.seatOf(ref.session())).isPresent();
    }

    private Future<Void> dispatch(Asking asking, ClientMessage.OfDocument message) {
        Optional<Role> needed = NeededRole.of(message);
        Optional<Role> own = asking.ref().roles().in(message.document());
        if (needed.isPresent() && own.filter(role -> role.covers(needed.get())).isEmpty()) {
            return Future.failedFuture(new Refusal(
                    ErrorCode.FORBIDDEN,
                    "this takes the role " + needed.get().word() + " in " + message.document() + "; yours is "
                            + own.map(Role::word).orElse("none")));
        }
        if (message instanceof ClientMessage.Join join) {
            return join(asking, join);
        }
        Optional<Room> room = rooms.find(message.document())
                .filter(open -> open.seatOf(asking.session()).isPresent());
        if (room.isEmpty()) {
            return Future.failedFuture(new Refusal(ErrorCode.NOT_JOINED, "join " + message.document() + " first"));
        }
        if (message instanceof ClientMessage.Update update) {
            return update(asking, room.get(), update);
        } else if (message instanceof ClientMessage.Signal signal) {
            return signal(asking, room.get(), signal);
        } else if (message instanceof ClientMessage.Say say) {
            return say(asking, room.get(), say);
        } else if (message instanceof ClientMessage.Leave leave) {
            return leave(asking, room.get(), leave);
        } else if (message instanceof ClientMessage.Request request) {
            return request(asking, room.get(), request);
        } else if (message instanceof ClientMessage.Answer answer) {
            return answer(asking, room.get(), answer);
        } else if (message instanceof ClientMessage.Release release) {
            return release(asking, room.get(), release);
        } else if (message instanceof ClientMessage.HandOver handOver) {
            return handOver(asking, room.get(), handOver);
        } else if (message instanceof ClientMessage.Remove remove) {
            return remove(asking, room.get(), remove);
        } else if (message instanceof ClientMessage.Snapshot snapshot) {
            return snapshot(asking, room.get(), snapshot);
        }
        throw new IllegalStateException("no way to handle " + message.getClass());
    }

    private void explain(Asking asking, String document, Throwable failure) {
        if (failure instanceof Refusal refusal) {
            asking.outbox().send(Frames.error(asking.mark(), refusal.code, refusal.getMessage(), refusal.retry));
        } else if (failure instanceof Moderation.Refused refused) {
            ErrorCode code =
                    switch (refused.reason()) {
                        case ABSENT -> ErrorCode.BAD_MESSAGE;
                        case AWAY, VIEWER -> ErrorCode.FORBIDDEN;
                        case MOVING -> ErrorCode.BUSY;
                    };
            OptionalLong retry = refused.reason() == Moderation.Refused.Reason.MOVING
                    ? OptionalLong.of(RoomVerticle.RETRY)
                    : OptionalLong.empty();
            asking.outbox().send(Frames.error(asking.mark(), code, refused.getMessage(), retry));
        } else if (failure instanceof LogException log) {
            // In words of our own: the log's are for the operator, and name the store.
            boolean busy = log.reason() == LogException.Reason.BUSY;
            asking.outbox()
                    .send(Frames.error(
                            asking.mark(),
                            busy ? ErrorCode.BUSY : ErrorCode.UNAVAILABLE,
                            busy
                                    ? "too much is waiting to be written; try again"
                                    : "the store does not answer; send it again under the same id",
                            OptionalLong.of(log.retryMillis())));
        } else if (failure instanceof IllegalArgumentException bad) {
            asking.error(ErrorCode.BAD_MESSAGE, bad.getMessage());
        } else {
            LOG.error("a request of {} in {} failed", asking.session(), document, failure);
            asking.outbox()
                    .send(Frames.error(
                            asking.mark(),
                            ErrorCode.INTERNAL,
                            "the node could not do that; it is in its log",
                            OptionalLong.of(RoomVerticle.RETRY)));
        }
    }

    // ---- coming and going -----------------------------------------------------------------------------------------

    private Future<Void> join(Asking asking, ClientMessage.Join join) {
        SessionRef ref = asking.ref();
        long since = on.node().now();
        return on.sessions()
                .enter(ref.session(), ref.generation(), join.document(), join.mode(), since)
                .compose(record -> {
                    if (record.isEmpty()) {
                        return endOvertaken(asking);
                    }
                    return rooms.in(join.document(), room -> on.log()
                            .open(join.document(), join.after(), join.log())
                            .compose(opening -> enter(asking, join, room, opening, since)));
                })
                .onFailure(failure -> undo(asking, join));
    }

    /** The session's record is not about this connection, which therefore ends instead of getting an answer. */
    private Future<Void> endOvertaken(Asking asking) {
        return on.sessions().find(List.of(asking.session())).map(found -> {
            overtaken.settle(asking.session(), asking.outbox(), Optional.ofNullable(found.get(asking.session())));
            return null;
        });
    }

    private Future<Void> enter(Asking asking, ClientMessage.Join join, Room room, Opening opening, long since) {
        SessionRef ref = asking.ref();
        boolean stood = room.seatOf(ref.session())
                .filter(seat -> seat.member().mode() == Mode.EDIT)
                .isPresent();
        LockEvent wish = join.mode() == Mode.EDIT
                ? new LockEvent.Enqueue(room.waiter(ref))
                : new LockEvent.Leave(ref.session(), "released");
        Future<Void> rights = join.mode() == Mode.EDIT || stood
                ? on.locks().submit(join.document(), wish).map(outcome -> {
                    room.take(outcome);
                    return null;
                })
                : Future.succeededFuture();
        return rights.map(done -> {
            room.join(new Joiner(ref, asking.outbox(), join.ref(), opening), join.mode(), since);
            return null;
        });
    }

    /** A join that failed leaves nothing behind. */
    private void undo(Asking asking, ClientMessage.Join join) {
        if (!seated(asking.ref(), join.document())) {
            on.sessions().exit(asking.session(), asking.ref().generation(), join.document());
            rooms.closeIfEmpty(join.document());
        }
    }

    private Future<Void> leave(Asking asking, Room room, ClientMessage.Leave leave) {
        String session = asking.session();
        room.unseat(session, "left");
        return on.locks()
                .submit(leave.document(), new LockEvent.Leave(session, "left"))
                .compose(outcome -> {
                    room.take(outcome);
                    return on.sessions().exit(session, asking.ref().generation(), leave.document());
                })
                .map(record -> {
                    asking.outbox().send(Frames.left(asking.mark(), leave.document()));
                    rooms.closeIfEmpty(leave.document());
                    return null;
                });
    }

    // ---- the pen --------------------------------------------------------------------------------------------------

    private Future<Void> request(Asking asking, Room room, ClientMessage.Request request) {
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

    private Future<Void> answer(Asking asking, Room room, ClientMessage.Answer answer) {
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

    private Future<Void> release(Asking asking, Room room, ClientMessage.Release release) {
        return heir(room, release.document(), release.to())
                .compose(heir -> on.locks()
                        .submit(release.document(), new LockEvent.Release(asking.session(), release.epoch(), heir)))
                .map(outcome -> {
                    if (!outcome.applied() && current(outcome, release.epoch())) {
                        throw new Refusal(ErrorCode.FORBIDDEN, "only the holder releases the pen");
                    }
                    if (outcome.applied()) {
                        stand(asking, room, Mode.VIEW);
                    }
                    return tell(asking, room, outcome);
                });
    }

    /**
     * Who is to get the pen by name, with what its session's record says. Whoever this room has not heard of yet is in the
     * document all the same when the record says so: that is written before anybody is told of the join, and the news of a
     * roster may come later.
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

    private Future<Void> handOver(Asking asking, Room room, ClientMessage.HandOver handOver) {
        return moderation.handOver(handOver.document(), handOver.session()).map(outcome -> tell(asking, room, outcome));
    }

    private Future<Void> remove(Asking asking, Room room, ClientMessage.Remove remove) {
        return moderation.remove(remove.document(), remove.session()).map(record -> {
            room.unseat(remove.session(), SessionRecord.REMOVED);
            asking.outbox().send(Frames.removed(asking.mark(), remove.document(), remove.session()));
            return null;
        });
    }

    /** Whether the client spoke of the pen as it is, so that what it asked for is wrong and not merely late. */
    private static boolean current(LockOutcome outcome, long epoch) {
        return outcome.before().lock().epoch() == epoch;
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

    // ---- what lasts, and what does not ----------------------------------------------------------------------------

    private Future<Void> update(Asking asking, Room room, ClientMessage.Update update) {
        return append(
                asking,
                room,
                update.id(),
                new Append(
                        update.document(),
                        Kind.UPDATE,
                        update.epoch(),
                        asking.session(),
                        asking.ref().user().toJson().text(),
                        update.id(),
                        update.data().text(),
                        System.currentTimeMillis()));
    }

    private Future<Void> say(Asking asking, Room room, ClientMessage.Say say) {
        return append(
                asking,
                room,
                say.id(),
                new Append(
                        say.document(),
                        Kind.MESSAGE,
                        0,
                        asking.session(),
                        asking.ref().user().toJson().text(),
                        say.id(),
                        say.data().text(),
                        System.currentTimeMillis()));
    }

    private Future<Void> append(Asking asking, Room room, String id, Append append) {
        if (!on.lease().mayWrite()) {
            return notNow();
        }
        return on.log().append(append).map(result -> {
            if (result instanceof AppendResult.Applied applied) {
                on.meters().applied();
                asking.outbox().send(Frames.applied(asking.mark(), append.document(), id, applied.seq()));
                if (!applied.again()) {
                    room.entries().written(EntryText.of(applied.entry()));
                }
            } else if (result instanceof AppendResult.Fenced fenced) {
                fenced(asking, room, append.document(), Optional.of(id), fenced.epoch(), fenced.holder());
            } else if (result instanceof AppendResult.Reused reused) {
                asking.error(
                        ErrorCode.BAD_MESSAGE,
                        "id was used for other data before, at seq " + reused.seq() + "; nothing was stored");
            }
            return null;
        });
    }

    private Future<Void> snapshot(Asking asking, Room room, ClientMessage.Snapshot snapshot) {
        if (!on.lease().mayWrite()) {
            return notNow();
        }
        if (snapshot.seq() == 0) {
            return Future.failedFuture(
                    new Refusal(ErrorCode.BAD_MESSAGE, "seq must be 1 or more: an empty document has no snapshot"));
        }
        return on.log()
                .snapshot(new Snapshot(
                        snapshot.document(),
                        snapshot.epoch(),
                        asking.session(),
                        snapshot.seq(),
                        snapshot.data().text(),
                        System.currentTimeMillis()))
                .map(result -> {
                    if (result instanceof SnapshotResult.Stored) {
                        room.entries().snapshotStored(snapshot.seq());
                        asking.outbox().send(Frames.applied(asking.mark(), snapshot.document(), snapshot.seq()));
                    } else if (result instanceof SnapshotResult.Fenced fenced) {
                        fenced(asking, room, snapshot.document(), Optional.empty(), fenced.epoch(), fenced.holder());
                    } else if (result instanceof SnapshotResult.Ahead ahead) {
                        asking.error(ErrorCode.BAD_MESSAGE, "seq lies ahead of the log, which ends at " + ahead.head());
                    }
                    return null;
                });
    }

    private Future<Void> notNow() {
        String why = on.lease().enoughNodes()
                ? "this node is not in touch with the cluster; nothing is written until it is"
                : "too few nodes are live; nothing is written until more are back";
        return Future.failedFuture(new Refusal(ErrorCode.UNAVAILABLE, why, OptionalLong.of(RoomVerticle.RETRY)));
    }

    private void fenced(
            Asking asking, Room room, String document, Optional<String> id, long epoch, Optional<Tenant> holder) {
        on.meters().fenced();
        Optional<Member> shown = holder.map(tenant -> room.member(tenant.session())
                .map(member -> member.as(Mode.EDIT))
                .orElseGet(() -> stranger(tenant)));
        asking.outbox().send(Frames.fenced(asking.mark(), document, id, epoch, shown));
    }

    /** A holder whom no roster knows: it is away, together with its node. */
    private static Member stranger(Tenant tenant) {
        return new Member(tenant.session(), User.parse(tenant.user()), Mode.EDIT, 0, false);
    }

    private Future<Void> signal(Asking asking, Room room, ClientMessage.Signal signal) {
        room.signal(asking.session(), signal.data());
        JsonObject message = new JsonObject()
                .put("document", signal.document())
                .put("session", asking.session())
                .put("data", signal.data().text());
        room.pen().peers().forEach(peer -> on.node().tell(peer, RoomVerticle.SIGNAL, message.copy()));
        return Future.succeededFuture();
    }
}
