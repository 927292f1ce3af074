package dev.baton.room;

import dev.baton.auth.Role;
import dev.baton.log.Opening;
import dev.baton.presence.PresenceDiff;
import dev.baton.presence.RoomRoster;
import dev.baton.presence.RosterDiff;
import dev.baton.presence.Seat;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.rights.LockEvent;
import dev.baton.rights.LockNews;
import dev.baton.rights.LockOutcome;
import dev.baton.rights.Presence;
import dev.baton.rights.Waiter;
import dev.baton.room.Servings.Serving;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One document on this node: its members here, what they are shown, and what goes out to them. Open while it has a
 * member here, connected or away. What changes is told at the next flush, see {@link Flushing}. Confined to the rooms'
 * context.
 */
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    private final String document;
    private final RoomServices on;
    private final RoomRoster roster;
    private final Fanout watchers = new Fanout();
    private final RoomPen pen;
    private final RoomPeers peers;
    private final RoomEntries entries;
    private final Promise<Void> opened = Promise.promise();
    private Set<String> unplaced = Set.of();
    private final Map<String, SessionRef> refs = new HashMap<>();
    private final Joiners joiners;
    private final Flushing flushing;

    private int holds;
    private Optional<Future<Void>> closing = Optional.empty();

    Room(String document, RoomServices on) {
        this.document = document;
        this.on = on;
        this.roster = new RoomRoster(document, on.node().id(), on.node().now());
        this.pen = new RoomPen(document, on, roster, watchers);
        this.peers = new RoomPeers(document, on, roster, pen);
        this.entries = new RoomEntries(document, on, pen, watchers, this::reopen);
        this.joiners = new Joiners(roster, pen, watchers, entries);
        this.flushing = new Flushing(on, this::flush);
    }

    // ---- opening and closing --------------------------------------------------------------------------------------

    /** Tells the cluster that this node has members, and learns who else is there. */
    Future<Void> open() {
        on.locks()
                .submit(document, new LockEvent.Enter(on.node().id()))
                .compose(outcome -> {
                    take(outcome);
                    return peers.load();
                })
                .onComplete(opened);
        return opened.future();
    }

    /** Completes when {@link #open} has. */
    Future<Void> opened() {
        return opened.future();
    }

    /** Whether nobody is here and nobody is about to be. */
    boolean empty() {
        return holds == 0 && roster.locals().isEmpty() && joiners.isEmpty();
    }

    /** Somebody is at work here; the room is not empty until as many have let go. */
    void hold() {
        holds++;
    }

    /** See {@link #hold}. */
    void release() {
        holds--;
    }

    /** Takes this node out of the document. The room is of no use afterwards. */
    Future<Void> close() {
        // What is withdrawn next is not kept once more: while the records move, the one could come after the other.
        flush(false);
        closing = Optional.of(Future.join(
                        peers.withdraw(),
                        on.locks().submit(document, new LockEvent.Exit(on.node().id())))
                .mapEmpty());
        return closing.get();
    }

    /** The closing, while it goes on. */
    Optional<Future<Void>> closing() {
        return closing;
    }

    // ---- members --------------------------------------------------------------------------------------------------

    /** Seats a member and tells it, at the next flush, what it needs to know. */
    void join(Joiner joiner, Mode mode, long since) {
        if (overtaken(joiner.ref())) {
            joiner.serving().end(); // nobody reads what is said there any more
            return;
        }
        if (joiner.opening().incarnation() < entries.incarnation()) {
            openAgain(joiner, mode, since);
            return;
        }
        if (joiner.opening().incarnation() > entries.incarnation()) {
            reset(joiner.opening());
        }
        seat(joiner.ref(), mode, since, joiner.outbox().open(), "");
        watchers.remove(joiner.ref().session());
        entries.opened(joiner);
        joiners.removeOthers(joiner.ref().session(), joiner.outbox());
        joiners.add(joiner);
        planFlush();
    }

    /**
     * A session that was taken up again: shown as online, told of presence and rights, and of entries when it joins.
     */
    void reattach(SessionRef ref, Outbox outbox, Mode mode, long since) {
        if (satLater(ref)) {
            return;
        }
        // It may come from another node, which has told of what is kept.
        seat(
                ref,
                mode,
                since,
                outbox.open(),
                roster.member(ref.session()).map(Member::kept).orElse(""));
        watchers.put(ref.session(), outbox);
        entries.remove(ref.session());
        joiners.removeOthers(ref.session(), outbox);
        pen.attach(ref.session(), outbox);
        planFlush();
    }

    /** Whether the session's seat is that of a later connection than that. */
    private boolean satLater(SessionRef ref) {
        return roster.local(ref.session())
                .filter(seat -> seat.generation() > ref.generation())
                .isPresent();
    }

    /**
     * Whether the session is here on a later connection than that, whose join its record bears out; one that is over
     * may never have counted.
     */
    private boolean overtaken(SessionRef ref) {
        return satLater(ref)
                && (attached(ref.session())
                        || roster.local(ref.session())
                                .filter(seat -> seat.member().online())
                                .isPresent());
    }

    private void seat(SessionRef ref, Mode mode, long since, boolean online, String kept) {
        refs.put(ref.session(), ref);
        Member before = roster.local(ref.session())
                .map(Seat::member)
                .orElse(new Member(ref.session(), ref.user(), mode, since, online, kept));
        roster.seat(new Seat(
                new Member(ref.session(), ref.user(), mode, before.since(), online, before.kept()), ref.generation()));
    }

    /** Keeps a member's signal for those who come later; {@code null} keeps none. */
    void keep(String session, Json data) {
        roster.local(session).ifPresent(seat -> {
            roster.seat(new Seat(seat.member().keeping(data.equals(Json.NULL) ? "" : data.text()), seat.generation()));
            planFlush();
        });
    }

    /** Changes how a member takes part. */
    void mode(String session, Mode mode) {
        roster.local(session).ifPresent(seat -> {
            roster.seat(new Seat(seat.member().as(mode), seat.generation()));
            planFlush();
        });
    }

    /**
     * A connection is gone, for that cause; its session waits to be resumed. Completes when the lock knows, if it held
     * the pen.
     */
    Future<Void> offline(SessionRef ref, Outbox outbox, String cause, long since) {
        String session = ref.session();
        Future<Void> known = pen.heldBy(session)
                ? on.losses().lost(document, session, ref.generation(), cause, since)
                : Future.succeededFuture();
        replaced(session, outbox);
        roster.local(session)
                .filter(seat -> seat.generation() <= ref.generation())
                .ifPresent(seat -> {
                    roster.seat(new Seat(seat.member().present(false), seat.generation()));
                    planFlush();
                });
        return known;
    }

    /** A connection whose session goes on elsewhere, or waits to: it is told nothing any more. */
    void replaced(String session, Outbox outbox) {
        watchers.remove(session, outbox);
        entries.remove(session, outbox);
        joiners.remove(outbox);
    }

    /** A member's connection is gone, as others have noticed. */
    void away(String session) {
        roster.local(session).filter(seat -> seat.member().online()).ifPresent(seat -> {
            roster.seat(new Seat(seat.member().present(false), seat.generation()));
            planFlush();
        });
    }

    /** A member's connection is there after all. */
    void back(String session) {
        roster.local(session).filter(seat -> !seat.member().online()).ifPresent(seat -> {
            roster.seat(new Seat(seat.member().present(true), seat.generation()));
            planFlush();
        });
    }

    /** A member's connection, if one is open here. */
    Optional<Outbox> connection(String session) {
        return watchers.get(session).filter(Outbox::open);
    }

    /** Whether a member's connection is open here. */
    boolean attached(String session) {
        return connection(session).isPresent();
    }

    /** Closes the connection of a member who was taken offline, if one is open here, so that its client resumes. */
    void sendAway(String session) {
        connection(session).filter(Outbox::open).ifPresent(outbox -> {
            on.meters().falselyOffline();
            outbox.sendAway();
        });
    }

    /** A member is gone for good, from this node at least. */
    void unseat(String session, String cause) {
        if (joiners.has(session)) {
            flush(); // its join is answered before anything that follows it
        }
        if (pen.heldBy(session)) {
            // What becomes of the pen is known when this connection is not told of it any more.
            connection(session).ifPresent(outbox -> outbox.editing(document, false));
        }
        watchers.remove(session);
        entries.remove(session);
        joiners.remove(session);
        refs.remove(session);
        roster.unseat(session, cause);
        planFlush();
    }

    /** A member of this node. */
    Optional<Seat> seatOf(String session) {
        return roster.local(session);
    }

    /** Keeps who wants the pen and has no place, and returns who that was the last time. */
    Set<String> unplaced(Set<String> now) {
        Set<String> before = unplaced;
        unplaced = now;
        return before;
    }

    /** The session of a member of this node. */
    Optional<SessionRef> ref(String session) {
        return Optional.ofNullable(refs.get(session));
    }

    /** What is known of a member's session has changed. */
    void refer(SessionRef ref) {
        refs.computeIfPresent(ref.session(), (session, before) -> ref);
    }

    /** The members of this node. */
    List<Seat> seats() {
        return List.copyOf(roster.locals());
    }

    /** Anybody in the document, on any node. */
    Optional<Member> member(String session) {
        return roster.member(session);
    }

    /** Whether a member of this node has been taken up on another one, and that one has told of it. */
    boolean movedAway(String session) {
        return roster.movedAway(session);
    }

    // ---- the other nodes ------------------------------------------------------------------------------------------

    /** Takes over what another node says of its members; asks for all of it when a part is missing. */
    void apply(RosterDiff diff) {
        peers.apply(diff);
        diff.put().forEach(seat -> {
            if (roster.movedAway(seat.member().session())) {
                unseat(seat.member().session(), RoomRoster.MOVED);
            }
        });
        planFlush();
    }

    /** Forgets the members of a node. */
    void forget(String node, String cause) {
        peers.forget(node, cause);
        planFlush();
    }

    /** A round has gone by: see {@link RoomRoster#settle}. */
    void settle() {
        roster.settle();
        if (roster.dirty()) {
            planFlush();
        }
    }

    /** The versions of the other nodes' rosters. */
    Map<String, Long> held() {
        return roster.held();
    }

    /** This node's roster, in a comparison. */
    long digest() {
        return roster.digest();
    }

    /** The version of this node's roster. */
    long version() {
        return roster.version();
    }

    /** What is told to the other nodes. */
    RoomPeers peers() {
        return peers;
    }

    // ---- the pen and the entries ----------------------------------------------------------------------------------

    /** What is known of the pen. */
    RoomPen pen() {
        return pen;
    }

    /** The entries on their way. */
    RoomEntries entries() {
        return entries;
    }

    /** Takes over what an event of this node came to. */
    void take(LockOutcome outcome) {
        take(LockNews.of(document, outcome.settled(), on.node().now()));
    }

    /** Takes over what is said of the pen, unless something newer is known. */
    void take(LockNews fresh) {
        taken(pen.take(fresh, this::risen), fresh);
    }

    /**
     * Takes over what the record itself says.
     *
     * @param before {@link RoomPen#revision} when the record was asked for; when something came since, this is old
     */
    void replace(LockNews fresh, long before) {
        if (pen.revision() == before) {
            taken(pen.replace(fresh, this::risen), fresh);
        }
    }

    private void taken(boolean news, LockNews fresh) {
        if (news) {
            peers.only(fresh.audience());
            planFlush();
        }
    }

    /** Whoever was given the pen wants it from now on, also when it had only watched. */
    private void risen(Seat seat) {
        String session = seat.member().session();
        if (ref(session).filter(ref -> !ref.roles().allow(document, Role.EDIT)).isPresent()) {
            // Its roles changed while the pen was on its way.
            on.locks()
                    .submit(document, new LockEvent.Leave(session, RoomAccess.REVOKED))
                    .onSuccess(this::take);
            return;
        }
        mode(session, Mode.EDIT);
        remember(session, seat.generation(), Mode.EDIT, seat.member().since());
    }

    /** Keeps with the session how it takes part, so that another node knows when it is resumed there. */
    void remember(String session, long generation, Mode mode, long since) {
        on.sessions()
                .enter(session, generation, document, mode, since)
                .onFailure(failure -> LOG.warn("{}: {}", document, failure.toString()));
    }

    /** A member as it stands in line. */
    Waiter waiter(SessionRef ref) {
        return new Waiter(ref.session(), ref.user(), ref.keep(), on.node().now(), ref.generation(), Presence.HERE);
    }

    /** Passes a signal on, to everybody here but its sender. */
    void signal(String session, Json data) {
        watchers.sendExcept(session, Frames.signal(document, session, data));
    }

    /**
     * Entries that nobody here has seen are gone from the log: the readers are told the content anew, not recovered.
     */
    private void reopen() {
        on.log().open(document, OptionalLong.empty(), Optional.empty()).onSuccess(opening -> {
            if (opening.incarnation() == entries.incarnation()) {
                tellAnew(entries.restart(opening.state().head()), opening);
            }
        });
    }

    /** The store has gone on to a later incarnation: everybody here is told the content anew. Fails as the log does. */
    Future<Void> reload() {
        return on.log()
                .open(document, OptionalLong.empty(), Optional.empty())
                .onSuccess(opening -> {
                    if (opening.incarnation() > entries.incarnation()) {
                        reset(opening);
                    }
                })
                .mapEmpty();
    }

    private void reset(Opening opening) {
        tellAnew(entries.reset(opening), opening);
    }

    private void tellAnew(Set<String> sessions, Opening opening) {
        for (String session : sessions) {
            Optional<Outbox> outbox = watchers.get(session);
            if (outbox.isPresent() && refs.containsKey(session)) {
                Joiner again =
                        entries.joiner(refs.get(session), outbox.get(), Optional.empty(), opening, Serving.small());
                entries.begin(again);
                joiners.add(again);
            }
        }
        planFlush();
    }

    /** The log was read for a joiner before the store went on to the incarnation that is told here. */
    private void openAgain(Joiner joiner, Mode mode, long since) {
        on.log()
                .open(document, OptionalLong.empty(), Optional.empty())
                .onSuccess(opening -> join(
                        entries.joiner(joiner.ref(), joiner.outbox(), joiner.request(), opening, joiner.serving()),
                        mode,
                        since))
                .onFailure(failure -> {
                    joiner.serving().end();
                    joiner.outbox().sendAway();
                });
    }

    // ---- flushing -------------------------------------------------------------------------------------------------

    private void planFlush() {
        flushing.plan(roster.count());
    }

    private void flush() {
        flush(closing.isEmpty());
    }

    private void flush(boolean keep) {
        flushing.begun();
        entries.send();
        PresenceDiff diff = roster.flush();
        if (!diff.isEmpty() && !watchers.isEmpty()) {
            watchers.send(Frames.presence(document, diff.joined(), diff.left(), diff.changed(), roster.count()));
        }
        diff.kept().forEach((session, kept) -> signal(session, kept.isEmpty() ? Json.NULL : new Json(kept)));
        pen.flush();
        joiners.welcome();
        peers.tell(keep);
    }
}
