package dev.baton.room;

import dev.baton.cluster.ClusterNode;
import dev.baton.log.EntryText;
import dev.baton.log.Opening;
import dev.baton.presence.PresenceDiff;
import dev.baton.presence.RoomRoster;
import dev.baton.presence.RosterDiff;
import dev.baton.presence.RosterKey;
import dev.baton.presence.Seat;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.RightsState;
import dev.baton.protocol.SeqEntry;
import dev.baton.rights.LockEvent;
import dev.baton.rights.LockNews;
import dev.baton.rights.LockOutcome;
import dev.baton.rights.Presence;
import dev.baton.rights.Waiter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One document on this node: its members here, what they are shown, and what goes out to them. Open while it has a member
 * here, connected or away. Confined to the rooms' context.
 *
 * <p>Changes of presence gather for a moment and are flushed together: at once when it was quiet, else after a window that
 * grows with the room, so that a thousand who come in a second cost a few messages each and not a thousand.
 */
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    /** The shortest time between two flushes, in milliseconds: below what a person sees. */
    private static final long WINDOW = 20;

    /** A flush of a room of this many members may wait a millisecond longer. */
    private static final int MEMBERS_A_MILLISECOND = 50;

    /** The longest time between two flushes, in milliseconds. */
    private static final long LONGEST_WINDOW = 500;

    /** How many entries are read from the log at a time. */
    private static final int PAGE = 500;

    private final String document;
    private final RoomServices on;
    private final RoomRoster roster;
    private final EntryStream stream = new EntryStream();
    private final Fanout watchers = new Fanout();
    private final Fanout readers = new Fanout();
    private final Promise<Void> opened = Promise.promise();
    private final List<Joiner> joiners = new ArrayList<>();
    private final List<SeqEntry> toPeers = new ArrayList<>();
    private final List<SeqEntry> toReaders = new ArrayList<>();
    private final List<Runnable> ahead = new ArrayList<>();
    private final Set<String> told = new HashSet<>();
    private final SnapshotWatch snapshots = new SnapshotWatch();

    private Optional<LockNews> news = Optional.empty();
    private boolean rightsChanged;
    private boolean flushPlanned;
    private boolean sendPlanned;
    private boolean reading;
    private int holds;
    private long lastFlush;
    private Optional<Future<Void>> closing = Optional.empty();

    Room(String document, RoomServices on) {
        this.document = document;
        this.on = on;
        this.roster = new RoomRoster(document, on.node().id(), on.node().now());
    }

    // ---- opening and closing --------------------------------------------------------------------------------------

    /** Tells the cluster that this node has members, and learns who else is there. */
    Future<Void> open() {
        on.locks()
                .submit(document, new LockEvent.Enter(on.node().id()))
                .compose(outcome -> {
                    take(outcome);
                    return loadRosters();
                })
                .onComplete(opened);
        return opened.future();
    }

    /** Completes when {@link #open} has. */
    Future<Void> opened() {
        return opened.future();
    }

    private Future<Void> loadRosters() {
        List<Future<Void>> loads = new ArrayList<>();
        for (String peer : peers()) {
            loads.add(ClusterNode.future(on.context(), on.rosters().getAsync(new RosterKey(document, peer)))
                    .map(kept -> {
                        if (kept != null) {
                            roster.load(peer, kept);
                        }
                        return null;
                    }));
        }
        return Future.all(loads).mapEmpty();
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
        flush();
        closing = Optional.of(Future.join(
                        ClusterNode.future(
                                on.context(),
                                on.rosters()
                                        .removeAsync(new RosterKey(
                                                document, on.node().id()))),
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
        seat(joiner.ref(), mode, since, joiner.outbox().open());
        watchers.remove(joiner.ref().session());
        readers.remove(joiner.ref().session());
        stream.start(joiner.opening().state().head());
        stream.reach(joiner.opening().last());
        snapshots.seen(joiner.opening().state().snapshotSeq());
        joiners.add(joiner);
        planFlush();
        catchUp();
    }

    /** A session that was taken up again: shown as online, told of presence and rights, and of entries when it joins. */
    void reattach(SessionRef ref, Outbox outbox, Mode mode, long since) {
        seat(ref, mode, since, outbox.open());
        watchers.put(ref.session(), outbox);
        readers.remove(ref.session());
        news.ifPresent(known -> {
            boolean holds = holds(known, ref.session());
            outbox.editing(document, holds);
            if (holds) {
                known.asks().forEach(ask -> outbox.send(requested(known, ask)));
            }
        });
        planFlush();
    }

    private void seat(SessionRef ref, Mode mode, long since, boolean online) {
        long joined =
                roster.local(ref.session()).map(seat -> seat.member().since()).orElse(since);
        roster.seat(new Seat(new Member(ref.session(), ref.user(), mode, joined, online), ref.generation()));
    }

    /** Changes how a member takes part. */
    void mode(String session, Mode mode) {
        roster.local(session).ifPresent(seat -> {
            roster.seat(new Seat(seat.member().as(mode), seat.generation()));
            planFlush();
        });
    }

    /** A connection of that generation is gone; its session waits to be resumed. */
    void offline(String session, long generation, Outbox outbox) {
        watchers.remove(session, outbox);
        readers.remove(session, outbox);
        joiners.removeIf(joiner -> joiner.outbox() == outbox);
        roster.local(session).filter(seat -> seat.generation() <= generation).ifPresent(seat -> {
            roster.seat(new Seat(seat.member().present(false), seat.generation()));
            planFlush();
        });
    }

    /** A connection whose session goes on elsewhere. */
    void replaced(String session, Outbox outbox) {
        watchers.remove(session, outbox);
        readers.remove(session, outbox);
        joiners.removeIf(joiner -> joiner.outbox() == outbox);
    }

    /** A member's connection is gone, as others have noticed. */
    void away(String session) {
        roster.local(session).filter(seat -> seat.member().online()).ifPresent(seat -> {
            roster.seat(new Seat(seat.member().present(false), seat.generation()));
            planFlush();
        });
    }

    /** A member is gone for good, from this node at least. */
    void unseat(String session, String cause) {
        watchers.remove(session);
        readers.remove(session);
        joiners.removeIf(joiner -> joiner.ref().session().equals(session));
        roster.unseat(session, cause);
        planFlush();
    }

    /** A member of this node. */
    Optional<Seat> seatOf(String session) {
        return roster.local(session);
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

    /** The other nodes with members. */
    List<String> peers() {
        return news.map(known -> known.audience().stream()
                        .filter(node -> !node.equals(on.node().id()))
                        .toList())
                .orElse(List.of());
    }

    /** Takes over what another node says of its members; asks for all of it when a part is missing. */
    void apply(RosterDiff diff) {
        if (!roster.apply(diff)) {
            on.node().tell(diff.node(), RoomVerticle.ROSTER_WANTED, wanted());
        }
        diff.put().forEach(seat -> {
            if (roster.movedAway(seat.member().session())) {
                unseat(seat.member().session(), "moved");
            }
        });
        planFlush();
    }

    private JsonObject wanted() {
        return new JsonObject().put("document", document).put("node", on.node().id());
    }

    /** Tells a node all of this node's members. */
    void tellAll(String peer) {
        told.add(peer);
        on.node().tell(peer, RosterDiff.TYPE, roster.whole().toJson());
    }

    /** Forgets the members of a node. */
    void forget(String node, String cause) {
        told.remove(node);
        roster.forget(node, cause);
        planFlush();
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

    // ---- the pen --------------------------------------------------------------------------------------------------

    /** What is known of the pen. */
    Optional<LockNews> news() {
        return news;
    }

    /** Takes over what an event of this node came to. */
    void take(LockOutcome outcome) {
        take(LockNews.of(document, outcome.settled(), on.node().now()), false);
    }

    /**
     * Takes over what is said of the pen, unless something newer is known.
     *
     * @param certain from the record itself, so also when it is older: the newer one was lost with its members
     */
    void take(LockNews fresh, boolean certain) {
        Optional<LockNews> old = news;
        if (old.isPresent() && (fresh.revision() < old.get().revision() && !certain)) {
            return;
        }
        if (old.isPresent() && fresh.equals(old.get())) {
            return;
        }
        news = Optional.of(fresh);
        for (String former :
                told.stream().filter(node -> !fresh.audience().contains(node)).toList()) {
            forget(former, "left");
        }
        boolean moved = old.isEmpty()
                || old.get().epoch() != fresh.epoch()
                || !old.get().holder().equals(fresh.holder())
                || !old.get().deadline().equals(fresh.deadline());
        if (moved) {
            sendRights();
        } else {
            rightsChanged = true;
        }
        tellHolder(old, fresh);
        planFlush();
    }

    private void tellHolder(Optional<LockNews> old, LockNews fresh) {
        Optional<String> before = old.flatMap(LockNews::holder).map(Member::session);
        Optional<String> now = fresh.holder().map(Member::session);
        if (!before.equals(now)) {
            before.flatMap(watchers::get).ifPresent(outbox -> outbox.editing(document, false));
            now.flatMap(watchers::get).ifPresent(outbox -> outbox.editing(document, true));
        }
        // Whoever was given the pen wants it from now on, also when it had only watched.
        now.flatMap(roster::local)
                .filter(seat -> seat.member().mode() == Mode.VIEW)
                .ifPresent(seat -> {
                    mode(seat.member().session(), Mode.EDIT);
                    remember(
                            seat.member().session(),
                            seat.generation(),
                            Mode.EDIT,
                            seat.member().since());
                });
        now.flatMap(watchers::get).ifPresent(outbox -> fresh.asks().stream()
                .filter(ask -> old.isEmpty() || !old.get().asks().contains(ask))
                .forEach(ask -> outbox.send(requested(fresh, ask))));
    }

    /** Keeps with the session how it takes part, so that another node knows when it is resumed there. */
    void remember(String session, long generation, Mode mode, long since) {
        on.sessions()
                .enter(session, generation, document, mode, since)
                .onFailure(failure -> LOG.warn("{}: {}", document, failure.toString()));
    }

    private String requested(LockNews known, LockNews.Asked ask) {
        Member by = roster.member(ask.by().session()).orElse(ask.by());
        return Frames.requested(
                document, known.epoch(), by, Math.max(0, ask.until() - on.node().now()));
    }

    private static boolean holds(LockNews known, String session) {
        return known.holder().filter(holder -> holder.session().equals(session)).isPresent();
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
        return Frames.rights(ref, rights, rights.placeOf(session));
    }

    private void sendRights() {
        rightsChanged = false;
        if (watchers.isEmpty()) {
            return;
        }
        RightsState rights = rights();
        Set<String> queue = new HashSet<>(rights.queue());
        String holder = rights.holder().map(Member::session).orElse("");
        Map<RightsState.Place, String> frames = new EnumMap<>(RightsState.Place.class);
        watchers.sendEach(session -> {
            RightsState.Place place = session.equals(holder)
                    ? RightsState.Place.HOLDER
                    : queue.contains(session) ? RightsState.Place.QUEUED : RightsState.Place.VIEWER;
            return frames.computeIfAbsent(place, you -> Frames.rights(Optional.empty(), rights, you));
        });
    }

    /** A member as it stands in line. */
    Waiter waiter(SessionRef ref) {
        return new Waiter(ref.session(), ref.user(), ref.keep(), on.node().now(), ref.generation(), Presence.HERE);
    }

    // ---- what is said and written ---------------------------------------------------------------------------------

    /** Passes a signal on, to everybody but its sender. */
    void signal(String session, Json data) {
        watchers.sendExcept(session, Frames.signal(document, session, data));
    }

    /** Passes on what came from another node. */
    void relay(String frame) {
        watchers.send(frame);
    }

    /** An entry that the log has just taken up through this node: for the members here and for the nodes with members. */
    void written(SeqEntry entry) {
        toPeers.add(entry);
        arrived(entry);
    }

    /** An entry that was told of, by whichever way. */
    void arrived(SeqEntry entry) {
        toReaders.addAll(stream.offer(entry));
        planSend();
        catchUp();
    }

    /** The log has entries up to there. */
    void reach(long head) {
        stream.reach(head);
        catchUp();
    }

    /** Whatever came in this turn of the loop goes out in one frame and one message a node. */
    private void planSend() {
        if (!sendPlanned) {
            sendPlanned = true;
            on.context().runOnContext(v -> {
                sendPlanned = false;
                send();
            });
        }
    }

    private void send() {
        if (!toPeers.isEmpty()) {
            JsonArray entries = new JsonArray();
            toPeers.forEach(entry -> entries.add(new JsonObject()
                    .put("seq", entry.seq())
                    .put("entry", entry.text().text())));
            for (String peer : peers()) {
                on.node()
                        .tell(
                                peer,
                                RoomVerticle.ENTRIES,
                                new JsonObject().put("document", document).put("entries", entries));
            }
            toPeers.clear();
        }
        if (!toReaders.isEmpty()) {
            if (!readers.isEmpty()) {
                readers.send(Frames.entries(document, List.copyOf(toReaders)));
            }
            toReaders.forEach(entry -> snapshots.grew(entry));
            toReaders.clear();
            askForSnapshot();
            List<Runnable> waited = List.copyOf(ahead);
            ahead.clear();
            waited.forEach(Runnable::run);
        }
    }

    private void askForSnapshot() {
        news.flatMap(LockNews::holder)
                .flatMap(holder -> watchers.get(holder.session()))
                .filter(outbox -> snapshots.due(stream.delivered()))
                .ifPresent(outbox -> outbox.send(Frames.snapshotWanted(document, stream.delivered())));
    }

    /** A snapshot up to there was stored. */
    void snapshotStored(long seq) {
        snapshots.seen(seq);
    }

    /** Fetches what is missing before what has come; one read at a time. */
    private void catchUp() {
        if (reading || !stream.behind()) {
            return;
        }
        reading = true;
        on.log().read(document, stream.delivered(), PAGE).onComplete(read -> {
            reading = false;
            if (read.failed()) {
                return; // the next look at the heads tries again
            }
            long before = stream.delivered();
            read.result().forEach(entry -> toReaders.addAll(stream.offer(EntryText.of(entry))));
            if (stream.delivered() > before) {
                planSend();
                planFlush();
                catchUp();
            }
        });
    }

    // ---- flushing -------------------------------------------------------------------------------------------------

    private void planFlush() {
        if (flushPlanned) {
            return;
        }
        flushPlanned = true;
        long window = Math.min(LONGEST_WINDOW, WINDOW + roster.count() / MEMBERS_A_MILLISECOND);
        long wait = lastFlush + window - System.nanoTime() / 1_000_000;
        if (wait <= 0) {
            on.context().runOnContext(v -> flush());
        } else {
            on.vertx().setTimer(wait, id -> flush());
        }
    }

    private void flush() {
        flushPlanned = false;
        lastFlush = System.nanoTime() / 1_000_000;
        send();
        PresenceDiff diff = roster.flush();
        if (!diff.isEmpty() && !watchers.isEmpty()) {
            watchers.send(Frames.presence(document, diff.joined(), diff.left(), diff.changed(), roster.count()));
        }
        if (rightsChanged) {
            sendRights();
        }
        welcomeJoiners();
        tellPeers();
    }

    private void tellPeers() {
        Optional<RosterDiff> diff = roster.localDiff();
        for (String peer : peers()) {
            if (!told.contains(peer)) {
                tellAll(peer);
            } else {
                diff.ifPresent(news -> on.node().tell(peer, RosterDiff.TYPE, news.toJson()));
            }
        }
        if (diff.isPresent() && closing.isEmpty()) {
            on.rosters().setAsync(new RosterKey(document, on.node().id()), roster.roster());
        }
    }

    private void welcomeJoiners() {
        List<Joiner> now = List.copyOf(joiners);
        joiners.clear();
        RightsState rights = rights();
        for (Joiner joiner : now) {
            Opening opening = joiner.opening();
            String session = joiner.ref().session();
            List<String> matter = new ArrayList<>(rights.queue());
            rights.holder().ifPresent(holder -> matter.add(holder.session()));
            matter.add(session);
            joiner.outbox()
                    .send(Frames.joined(
                            joiner.request(),
                            content(opening),
                            roster.members(matter),
                            roster.count(),
                            rights,
                            session));
            watchers.put(session, joiner.outbox());
            boolean holds = rights.placeOf(session) == RightsState.Place.HOLDER;
            joiner.outbox().editing(document, holds);
            if (holds) {
                news.ifPresent(
                        known -> known.asks().forEach(ask -> joiner.outbox().send(requested(known, ask))));
            }
            read(joiner, opening.last());
        }
    }

    private static Frames.Content content(Opening opening) {
        return new Frames.Content(
                opening.log(),
                opening.state().head(),
                opening.recovered(),
                opening.snapshot().isPresent()
                        ? OptionalLong.of(opening.snapshot().get().seq())
                        : OptionalLong.empty(),
                new Json(opening.snapshot().map(Opening.Content::data).orElse("null")),
                opening.entries().stream().map(EntryText::of).toList());
    }

    /** Sends a joiner what lies between what it has and what this room has delivered; then it is a reader like the others. */
    private void read(Joiner joiner, long last) {
        if (!joiner.outbox().open()
                || watchers.get(joiner.ref().session())
                        .filter(o -> o == joiner.outbox())
                        .isEmpty()) {
            return;
        }
        if (last > stream.delivered()) {
            // The joiner knows more than the others here do yet: it waits for them, so that it gets nothing twice.
            ahead.add(() -> read(joiner, last));
            return;
        }
        send(); // what was delivered is out before anybody new listens
        Optional<List<SeqEntry>> rest = stream.since(last);
        if (rest.isPresent()) {
            if (!rest.get().isEmpty()) {
                joiner.outbox().send(Frames.entries(document, rest.get()));
            }
            readers.put(joiner.ref().session(), joiner.outbox());
            return;
        }
        on.log()
                .read(document, last, PAGE)
                .onSuccess(page -> {
                    if (page.isEmpty()) {
                        on.vertx().setTimer(RoomVerticle.RETRY, id -> read(joiner, last));
                        return;
                    }
                    joiner.outbox()
                            .send(Frames.entries(
                                    document, page.stream().map(EntryText::of).toList()));
                    read(joiner, page.get(page.size() - 1).seq());
                })
                .onFailure(failure -> on.vertx().setTimer(RoomVerticle.RETRY, id -> read(joiner, last)));
    }
}
