package dev.baton.room;

import dev.baton.log.Append;
import dev.baton.log.AppendResult;
import dev.baton.log.EntryText;
import dev.baton.log.Kind;
import dev.baton.log.Sender;
import dev.baton.log.Snapshot;
import dev.baton.log.SnapshotResult;
import dev.baton.log.Tenant;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.RightsState;
import dev.baton.protocol.User;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes to a document's log what clients send to last, and answers when it does. Confined to the rooms' context. */
final class WriteRequests {
    private final RoomServices on;

    WriteRequests(RoomServices on) {
        this.on = on;
    }

    /** The holder changes the document. */
    Future<Void> update(Asking asking, Room room, ClientMessage.Update update) {
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
                        System.currentTimeMillis()),
                sender(asking, update.follows()));
    }

    /** A member says something; this takes no pen. */
    Future<Void> say(Asking asking, Room room, ClientMessage.Say say) {
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
                        System.currentTimeMillis()),
                sender(asking, Optional.empty()));
    }

    private Future<Void> append(Asking asking, Room room, String id, Append append, Sender sender) {
        if (!on.lease().mayWrite()) {
            return notNow();
        }
        return on.log().append(append, Optional.of(sender)).map(result -> {
            if (result instanceof AppendResult.Applied applied) {
                on.meters().applied();
                asking.outbox().send(Frames.applied(asking.mark(), append.document(), id, applied.seq()));
                if (!applied.again()) {
                    room.entries()
                            .written(
                                    EntryText.of(applied.entry()),
                                    applied.entry().epoch());
                }
            } else if (result instanceof AppendResult.Fenced fenced) {
                fenced(asking, room, append.document(), Optional.of(id), fenced.epoch(), fenced.holder());
            } else if (result instanceof AppendResult.Reused reused) {
                asking.error(
                        ErrorCode.BAD_MESSAGE,
                        "id was used for other data before, at seq " + reused.seq() + "; nothing was stored");
            } else if (result instanceof AppendResult.OutOfOrder early) {
                asking.outbox()
                        .send(Frames.error(
                                asking.mark(),
                                ErrorCode.OUT_OF_ORDER,
                                "it follows " + early.follows() + ", which is not stored; nothing was stored",
                                OptionalLong.empty()));
            }
            return null;
        });
    }

    /** The holder keeps what the entries so far come to. */
    Future<Void> snapshot(Asking asking, Room room, ClientMessage.Snapshot snapshot) {
        if (!on.lease().mayWrite()) {
            return notNow();
        }
        if (snapshot.seq() == 0) {
            return Future.failedFuture(
                    new Refusal(ErrorCode.BAD_MESSAGE, "seq must be 1 or more: an empty document has no snapshot"));
        }
        return on.log()
                .snapshot(
                        new Snapshot(
                                snapshot.document(),
                                snapshot.epoch(),
                                asking.session(),
                                snapshot.seq(),
                                snapshot.data().text(),
                                System.currentTimeMillis()),
                        Optional.of(sender(asking, Optional.empty())))
                .map(result -> {
                    if (result instanceof SnapshotResult.Stored) {
                        room.entries()
                                .snapshotStored(
                                        snapshot.seq(), snapshot.data().text().length());
                        asking.outbox().send(Frames.applied(asking.mark(), snapshot.document(), snapshot.seq()));
                    } else if (result instanceof SnapshotResult.Fenced fenced) {
                        fenced(asking, room, snapshot.document(), Optional.empty(), fenced.epoch(), fenced.holder());
                    } else if (result instanceof SnapshotResult.Ahead ahead) {
                        asking.error(ErrorCode.BAD_MESSAGE, "seq lies ahead of the log, which ends at " + ahead.head());
                    }
                    return null;
                });
    }

    private static Sender sender(Asking asking, Optional<String> follows) {
        return new Sender(asking.session(), asking.ref().generation(), follows);
    }

    /** The first part of something, from a client that does not hold the lock as far as its connection knows. */
    Future<Void> part(Asking asking, Room room, ClientMessage.Part part) {
        RightsState rights = room.pen().rights();
        if (rights.placeOf(asking.session()) == RightsState.Place.HOLDER) {
            return Future.failedFuture(new Refusal(
                    ErrorCode.BUSY,
                    "the lock has just come; begin again with part 1",
                    OptionalLong.of(RoomVerticle.RETRY)));
        }
        on.meters().fenced();
        Optional<String> id = part.kind() == ClientMessage.Divided.UPDATE ? Optional.of(part.id()) : Optional.empty();
        asking.outbox().send(Frames.fenced(asking.mark(), part.document(), id, rights.epoch(), rights.holder()));
        return Future.succeededFuture();
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
}
