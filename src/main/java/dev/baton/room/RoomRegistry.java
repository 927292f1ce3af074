package dev.baton.room;

import dev.baton.protocol.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rooms that are open on this node. Confined to the rooms' context. */
final class RoomRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(RoomRegistry.class);

    private final Function<String, Room> build;
    private final Map<String, Room> rooms = new HashMap<>();
    private boolean ended;

    /** {@code build} makes the room of a document, not open yet. */
    RoomRegistry(Function<String, Room> build) {
        this.build = build;
    }

    /** The room of a document, if it is open. */
    Optional<Room> find(String document) {
        return Optional.ofNullable(rooms.get(document))
                .filter(room -> room.closing().isEmpty());
    }

    /** Whether there is no room of a document, not even one that is being opened or closed. */
    boolean missing(String document) {
        return !rooms.containsKey(document);
    }

    /** All open rooms. */
    List<Room> all() {
        return rooms.values().stream().filter(room -> room.closing().isEmpty()).toList();
    }

    /** All open rooms, by document. */
    Map<String, Room> byDocument() {
        Map<String, Room> open = new HashMap<>(rooms);
        open.values().removeIf(room -> room.closing().isPresent());
        return open;
    }

    /**
     * Does something in the room of a document, opened if need be, which stays open at least until that is done. Fails
     * as that does, when the cluster does not answer, or with a {@link Refusal} after {@link #end}.
     */
    <T> Future<T> in(String document, Function<Room, Future<T>> action) {
        return open(document)
                .compose(room -> {
                    room.hold();
                    return action.apply(room).onComplete(done -> room.release());
                })
                .onComplete(done -> closeIfEmpty(document));
    }

    private Future<Room> open(String document) {
        if (ended) {
            return Future.failedFuture(new Refusal(
                    ErrorCode.BUSY,
                    "this node is ending; try again on another one",
                    OptionalLong.of(RoomVerticle.RETRY)));
        }
        Room room = rooms.get(document);
        if (room != null && room.closing().isPresent()) {
            // Leaving and entering are two operations on one record: the second starts when the first is done.
            return room.closing().get().transform(closed -> open(document));
        }
        if (room != null) {
            return room.opened().map(room);
        }
        Room fresh = build.apply(document);
        rooms.put(document, fresh);
        fresh.hold();
        return fresh.open().map(fresh).onComplete(done -> fresh.release()).onFailure(failure -> {
            LOG.warn("{} could not be opened: {}", document, failure.toString());
            rooms.remove(document, fresh);
        });
    }

    /** Closes the room if nobody is in it any more. */
    void closeIfEmpty(String document) {
        Room room = rooms.get(document);
        if (room != null && room.closing().isEmpty() && room.empty()) {
            close(document, room);
        }
    }

    private Future<Void> close(String document, Room room) {
        return room.closing().orElseGet(() -> room.close().onComplete(closed -> {
            rooms.remove(document, room);
            if (closed.failed()) {
                LOG.warn("{} was left untidily: {}", document, closed.cause().toString());
            }
        }));
    }

    /**
     * Closes all rooms, whoever is in them, and opens none any more. Completes when this node has left them; never
     * fails.
     */
    Future<Void> end() {
        ended = true;
        List<Future<Void>> closed = new ArrayList<>();
        new HashMap<>(rooms).forEach((document, room) -> closed.add(close(document, room)));
        return Future.join(closed).<Void>mapEmpty().otherwiseEmpty();
    }

    /** Closes what is empty. */
    void closeEmpty() {
        new ArrayList<>(rooms.keySet()).forEach(this::closeIfEmpty);
    }

    /** Who is a member of which document here. */
    List<Room> of(List<String> documents) {
        return documents.stream()
                .map(this::find)
                .filter(Optional::isPresent)
                .map(Optional::get)
                .toList();
    }
}
