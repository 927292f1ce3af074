package dev.baton.room;

import dev.baton.log.Head;
import dev.baton.presence.RoomRoster;
import dev.baton.presence.Seat;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.RightsState;
import dev.baton.rights.LockNews;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What one node knows of a document's pen, and tells its members. A change of the holder goes out at once, a change of
 * the line with the next flush. Confined to the rooms' context.
 */
final class RoomPen {

    /** How often those for whom nothing else is new are told how many wait, in milliseconds. */
    private static final long COUNT = 1_000;

    private final String document;
    private final RoomServices on;
    private final RoomRoster roster;
    private final Fanout watchers;
    private Optional<LockNews> news = Optional.empty();
    private final RightsTold told = new RightsTold();
    private boolean changed;
    private boolean countPlanned;

    /** What the store was last found to say that is not known here; empty when it was not. */
    private Optional<Head> ahead = Optional.empty();

    RoomPen(String document, RoomServices on, RoomRoster roster, Fanout watchers) {
        this.document = document;
        this.on = on;
        this.roster = roster;
        this.watchers = watchers;
    }

    /** What is known. */
    Optional<LockNews> news() {
        return news;
    }

    /** The revision of what is known, 0 when nothing is. */
    long revision() {
        return news.map(LockNews::revision).orElse(0L);
    }

    /**
     * Whether the store is at a later epoch than what is known, or has another holder at the same, and was so when this
     * was last asked.
     */
    boolean lateFor(Head head) {
        boolean later = news.filter(known -> head.epoch() > known.epoch()
                        || (head.epoch() == known.epoch()
                                && !head.holder().equals(known.holder().map(Member::session))))
                .isPresent();
        boolean again = later
                && ahead.filter(before -> before.epoch() == head.epoch()
                                && before.holder().equals(head.holder()))
                        .isPresent();
        ahead = later ? Optional.of(head) : Optional.empty();
        return again;
    }

    /** The other nodes with members. */
    List<String> peers() {
        return news.map(known -> known.audience().stream()
                        .filter(node -> !node.equals(on.node().id()))
                        .toList())
                .orElse(List.of());
    }

    /**
     * Takes over what is said, unless something newer is known: a later revision, or a grant that the store has made
     * and the record has not heard of.
     *
     * @param risen is told of a member here that holds the pen and had only watched
     * @return whether it was taken over
     */
    boolean take(LockNews fresh, Consumer<Seat> risen) {
        return fresh.revision() > revision() && !isBehind(fresh) && replace(fresh, risen);
    }

    /** Whether an epoch is known that is later than what is said. */
    boolean isBehind(LockNews said) {
        return news.filter(known -> known.epoch() > said.epoch()).isPresent();
    }

    /**
     * Takes over what the record itself says, also when it is older: the newer one was lost together with its members.
     */
    boolean replace(LockNews fresh, Consumer<Seat> risen) {
        Optional<LockNews> old = news;
        if (old.isPresent() && fresh.equals(old.get())) {
            return false;
        }
        news = Optional.of(fresh);
        boolean moved = old.isEmpty()
                || old.get().epoch() != fresh.epoch()
                || !old.get().holder().equals(fresh.holder())
                || !old.get().deadline().equals(fresh.deadline());
        letEdit(old, fresh);
        if (moved) {
            send();
        } else {
            changed = true;
        }
        tellAsked(old, fresh);
        if (old.isPresent() && old.get().epoch() < fresh.epoch()) {
            fresh.holder().flatMap(holder -> watchers.get(holder.session())).ifPresent(outbox -> on.meters()
                    .delivered(on.node().now() - fresh.granted()));
        }
        fresh.holder()
                .flatMap(holder -> roster.local(holder.session()))
                .filter(seat -> seat.member().mode() == Mode.VIEW)
                .ifPresent(risen);
        return true;
    }

    /** Before anybody is told: a client may send large content the moment it hears that it holds the lock. */
    private void letEdit(Optional<LockNews> old, LockNews fresh) {
        Optional<String> before = old.flatMap(LockNews::holder).map(Member::session);
        Optional<String> now = fresh.holder().map(Member::session);
        if (!before.equals(now)) {
            before.flatMap(watchers::get).ifPresent(outbox -> outbox.editing(document, false));
            now.flatMap(watchers::get).ifPresent(outbox -> outbox.editing(document, true));
        }
    }

    private void tellAsked(Optional<LockNews> old, LockNews fresh) {
        Optional<String> now = fresh.holder().map(Member::session);
        now.flatMap(watchers::get).ifPresent(outbox -> fresh.asks().stream()
                .filter(ask -> old.isEmpty() || !old.get().asks().contains(ask))
                .forEach(ask -> outbox.send(requested(fresh, ask))));
    }

    /** Whether that session has the pen, here or away, as far as is known. */
    boolean heldBy(String session) {
        return news.flatMap(LockNews::holder)
                .filter(holder -> holder.session().equals(session))
                .isPresent();
    }

    /** A connection may send what only the holder may, or not; to be called before its client is told which. */
    void letEdit(String session, Outbox outbox) {
        outbox.editing(document, heldBy(session));
    }

    /** Tells a connection that has just been attached whether its session holds the pen, and what it is asked. */
    void attach(String session, Outbox outbox) {
        told.forget(session);
        letEdit(session, outbox);
        if (heldBy(session)) {
            news.ifPresent(known -> known.asks().forEach(ask -> outbox.send(requested(known, ask))));
        }
    }

    private String requested(LockNews known, LockNews.Asked ask) {
        Member by = roster.member(ask.by().session()).orElse(ask.by());
        return Frames.requested(
                document, known.epoch(), by, Math.max(0, ask.until() - on.node().now()));
    }

    /** Who holds the pen, as members are told: with what the roster knows of the holder. */
    RightsState rights() {
        RightsState state = news.map(known -> known.view(on.node().now()))
                .orElse(new RightsState(document, 0, Optional.empty(), OptionalLong.empty(), List.of(), "none"));
        Optional<Member> holder = state.holder().map(known -> roster.member(known.session())
                .map(member -> new Member(member.session(), member.user(), Mode.EDIT, member.since(), known.online()))
                .orElse(known));
        return new RightsState(document, state.epoch(), holder, state.until(), state.queue(), state.cause());
    }

    /** The answer to a request that concerns the pen. */
    String rightsFor(Optional<Json> ref, String session) {
        RightsState rights = rights();
        return Frames.rights(ref, rights, rights.placeOf(session), rights.positionOf(session));
    }

    /** Sends what has changed since the last flush. */
    void flush() {
        if (changed) {
            send();
        }
    }

    /** A member was told that with the answer to its join. */
    void told(String session, RightsState rights) {
        told.stands(rights, deadline());
        told.knows(session);
    }

    private OptionalLong deadline() {
        return news.map(LockNews::deadline).orElse(OptionalLong.empty());
    }

    private void send() {
        changed = false;
        send(false);
    }

    private void send(boolean count) {
        if (watchers.isEmpty()) {
            return;
        }
        told.only(watchers.sessions());
        told.stands(rights(), deadline());
        watchers.sendEach(session -> told.frame(session, count));
        if (told.owes() && !countPlanned) {
            countPlanned = true;
            on.vertx().setTimer(COUNT, id -> {
                countPlanned = false;
                send(true);
            });
        }
    }
}
