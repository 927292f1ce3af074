package dev.baton.room;

import dev.baton.auth.Role;
import dev.baton.log.LogException;
import dev.baton.log.Opening;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Mode;
import dev.baton.rights.LockEvent;
import dev.baton.room.Servings.Serving;
import dev.baton.session.SessionRecord;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what clients ask of a document, and answers: sees who may ask for what, and says why something could not be
 * done. Confined to the rooms' context.
 */
final class RoomRequests {
    private static final Logger LOG = LoggerFactory.getLogger(RoomRequests.class);

    private final RoomServices on;
    private final RoomRegistry rooms;
    private final Moderation moderation;
    private final PenRequests pens;
    private final WriteRequests writes;
    private final Overtaken overtaken;
    private final Turns turns;
    private final Servings servings;

    RoomRequests(RoomServices on, RoomRegistry rooms, Turns turns) {
        this.on = on;
        this.rooms = rooms;
        this.moderation = new Moderation(on.node(), on.sessions(), on.locks(), on.log());
        this.pens = new PenRequests(on, moderation);
        this.writes = new WriteRequests(on);
        this.overtaken = new Overtaken(on.node());
        this.turns = turns;
        this.servings = new Servings(task -> on.context().runOnContext(v -> task.run()));
    }

    Future<Rooms.Result> handle(SessionRef ref, Outbox outbox, ClientMessage.OfDocument message) {
        Asking asking = new Asking(ref, outbox, message.ref());
        return movesPlace(message)
                ? turns.next(ref.session(), message.document(), () -> answer(asking, message))
                : answer(asking, message);
    }

    /** Whether it is about the session's seat, its place in line or its pen. */
    private static boolean movesPlace(ClientMessage.OfDocument message) {
        return message instanceof ClientMessage.Join
                || message instanceof ClientMessage.Leave
                || message instanceof ClientMessage.Request
                || message instanceof ClientMessage.Answer
                || message instanceof ClientMessage.Release;
    }

    private Future<Rooms.Result> answer(Asking asking, ClientMessage.OfDocument message) {
        // Composed, so that what is thrown on the way is answered like what fails.
        return Future.succeededFuture()
                .compose(start -> dispatch(asking, message))
                .recover(failure -> {
                    explain(asking, message.document(), failure);
                    return Future.succeededFuture();
                })
                .map(done -> seated(asking.ref(), message.document()) ? Rooms.Result.IN : Rooms.Result.OUT);
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
            return writes.update(asking, room.get(), update);
        } else if (message instanceof ClientMessage.Signal signal) {
            return signal(asking, room.get(), signal);
        } else if (message instanceof ClientMessage.Say say) {
            return writes.say(asking, room.get(), say);
        } else if (message instanceof ClientMessage.Leave leave) {
            return leave(asking, room.get(), leave);
        } else if (message instanceof ClientMessage.Request request) {
            return pens.request(asking, room.get(), request);
        } else if (message instanceof ClientMessage.Answer answer) {
            return pens.answer(asking, room.get(), answer);
        } else if (message instanceof ClientMessage.Release release) {
            return pens.release(asking, room.get(), release);
        } else if (message instanceof ClientMessage.HandOver handOver) {
            return pens.handOver(asking, room.get(), handOver);
        } else if (message instanceof ClientMessage.Remove remove) {
            return remove(asking, room.get(), remove);
        } else if (message instanceof ClientMessage.Snapshot snapshot) {
            return writes.snapshot(asking, room.get(), snapshot);
        } else if (message instanceof ClientMessage.Part part) {
            return writes.part(asking, room.get(), part);
        }
        throw new IllegalStateException("no way to handle " + message.getClass());
    }

    private void explain(Asking asking, String document, Throwable failure) {
        if (failure instanceof Refusal refusal) {
            asking.outbox().send(Frames.error(asking.mark(), refusal.code(), refusal.getMessage(), refusal.retry()));
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
        } else if (failure instanceof LogException log && log.reason() == LogException.Reason.SUPERSEDED) {
            LOG.debug("a write of {} came on a connection that was replaced", asking.session());
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
                    return on.sessions()
                            .takeovers()
                            .of(ref.session())
                            .compose(settled -> rooms.in(join.document(), room -> open(asking, join, room, since)));
                })
                .onFailure(failure -> undo(asking, join));
    }

    /** A large document waits, unread, until those before it are through to this connection. */
    private Future<Void> open(Asking asking, ClientMessage.Join join, Room room, long since) {
        return read(join).compose(opening -> {
            Optional<Refusal> refusal = opening.state().isNew()
                    ? on.newDocuments().make(asking.ref().user().id(), System.nanoTime() / 1_000_000)
                    : Optional.empty();
            if (refusal.isPresent()) {
                return Future.failedFuture(refusal.get());
            }
            if (opening.size() <= Joiners.LARGE) {
                return enter(asking, join, room, opening, Serving.small(), since);
            }
            Optional<Serving> free = servings.tryBegin(asking.outbox());
            return free.isPresent()
                    ? orEnd(free.get(), () -> enter(asking, join, room, opening, free.get(), since))
                    : openLater(asking, join, room, since);
        });
    }

    private Future<Void> openLater(Asking asking, ClientMessage.Join join, Room room, long since) {
        return servings.whenFree(asking.outbox())
                .orElseThrow(() -> new Refusal(
                        ErrorCode.BUSY,
                        "too many large documents wait to be sent here; try again when some have come",
                        OptionalLong.of(RoomVerticle.RETRY)))
                .compose(serving -> {
                    if (!asking.outbox().open()) {
                        serving.end();
                        return Future.succeededFuture(); // resuming, the session is seated as its record says
                    }
                    return orEnd(serving, () -> read(join)
                            .compose(opening -> enter(asking, join, room, opening, serving, since)));
                });
    }

    /** Whoever does not come in, for whatever reason, keeps nobody waiting. */
    private static Future<Void> orEnd(Serving serving, Supplier<Future<Void>> entering) {
        return Future.succeededFuture().compose(start -> entering.get()).onFailure(failure -> serving.end());
    }

    private Future<Opening> read(ClientMessage.Join join) {
        return on.log().open(join.document(), join.after(), join.log());
    }

    /** The session's record is not about this connection, which therefore ends instead of getting an answer. */
    private Future<Void> endOvertaken(Asking asking) {
        return on.sessions().find(List.of(asking.session())).map(found -> {
            overtaken.settle(asking.session(), asking.outbox(), Optional.ofNullable(found.get(asking.session())));
            return null;
        });
    }

    private Future<Void> enter(
            Asking asking, ClientMessage.Join join, Room room, Opening opening, Serving serving, long since) {
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
            room.join(room.entries().joiner(ref, asking.outbox(), join.ref(), opening, serving), join.mode(), since);
            return null;
        });
    }

    /** A join that failed leaves nothing behind. */
    private void undo(Asking asking, ClientMessage.Join join) {
        if (!seated(asking.ref(), join.document())) {
            if (join.mode() == Mode.EDIT) {
                // It may stand in line already: that it could not be opened is found out after that, too.
                on.locks().submit(join.document(), new LockEvent.Leave(asking.session(), "left"));
            }
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

    // ---- among the members ----------------------------------------------------------------------------------------

    private Future<Void> remove(Asking asking, Room room, ClientMessage.Remove remove) {
        return moderation.remove(remove.document(), remove.session()).map(record -> {
            room.unseat(remove.session(), SessionRecord.REMOVED);
            asking.outbox().send(Frames.removed(asking.mark(), remove.document(), remove.session()));
            return null;
        });
    }

    private Future<Void> signal(Asking asking, Room room, ClientMessage.Signal signal) {
        room.signal(asking.session(), signal.data());
        if (signal.keep()) {
            room.keep(asking.session(), signal.data()); // which the other nodes are told with the rosters
            return Future.succeededFuture();
        }
        JsonObject message = new JsonObject()
                .put("document", signal.document())
                .put("session", asking.session())
                .put("data", signal.data().text());
        room.pen().peers().forEach(peer -> on.node().tell(peer, RoomVerticle.SIGNAL, message.copy()));
        return Future.succeededFuture();
    }
}
