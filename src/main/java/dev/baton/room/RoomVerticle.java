package dev.baton.room;

import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Lease;
import dev.baton.log.DocumentLog;
import dev.baton.presence.Roster;
import dev.baton.presence.RosterDiff;
import dev.baton.presence.RosterKey;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import dev.baton.rights.HolderLoss;
import dev.baton.rights.LockNews;
import dev.baton.rights.Locks;
import dev.baton.session.Liveness;
import dev.baton.session.Sessions;
import dev.baton.session.Standing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs this node's rooms, all on its own context: takes what the connections hand over and what the other nodes tell.
 * One instance a node.
 */
public final class RoomVerticle extends VerticleBase implements Rooms {

    /** The name of the shared map of rosters. */
    public static final String ROSTERS = "baton.rosters";

    /** What travels between the nodes on behalf of rooms, apart from messages. */
    public static final List<Class<?>> TRAVELLING = List.of(Roster.class, RosterKey.class);

    /** The type of the messages that carry entries to the nodes with members. */
    public static final String ENTRIES = "entries";

    static final String ROSTER_WANTED = "roster-wanted";
    static final String ROSTER_NONE = "roster-none";
    static final String SIGNAL = "signal";
    static final String DIGEST = "digest";
    static final String SYNC = "sync";
    static final String ROSTERS_KEPT = "rosters-kept";

    /** When trying again makes sense after something failed, in milliseconds. */
    static final long RETRY = 1_000;

    /** For so long the news of a loss let the pens go first, in milliseconds: longer than a hand-over takes. */
    private static final long PENS_FIRST = 50;

    /** How often the store's documents are counted, in milliseconds. */
    private static final long COUNTING = 10_000;

    /** How often the rooms are compared with what they should be. */
    public static final Duration ROUND = Duration.ofSeconds(1);

    private final ClusterNode node;
    private final Lease lease;
    private final Sessions sessions;
    private final Locks locks;
    private final HolderLoss losses;
    private final DocumentLog log;
    private final RoomMeters meters;
    private final NewDocuments newDocuments;
    private final int message;
    private final Duration answer;
    private final Duration round;
    /** For {@link #openRooms} and {@link #seats}, which are asked from other threads. */
    private volatile int openRooms;

    private volatile int seats;
    private volatile int uncompacted;
    private Runnable unlisten = () -> {};
    private RoomRegistry rooms;
    private RoomRequests requests;
    private RoomAccess access;

    /**
     * Rooms on that node.
     *
     * @param losses is told of holders whose connections here were lost
     * @param newDocuments how many documents may be made
     * @param message the most bytes of a message to a client, {@code limits.message}
     * @param answer how long a holder has to answer a request
     * @param round how often the rooms are compared with what they should be, {@link #ROUND} in earnest
     */
    public RoomVerticle(
            ClusterNode node,
            Lease lease,
            Sessions sessions,
            Locks locks,
            HolderLoss losses,
            DocumentLog log,
            RoomMeters meters,
            NewDocuments newDocuments,
            int message,
            Duration answer,
            Duration round) {
        this.node = node;
        this.lease = lease;
        this.sessions = sessions;
        this.locks = locks;
        this.losses = losses;
        this.log = log;
        this.meters = meters;
        this.newDocuments = newDocuments;
        this.message = message;
        this.answer = answer;
        this.round = round;
    }

    @Override
    public Future<?> start() {
        RoomServices services = new RoomServices(
                vertx,
                context,
                node,
                lease,
                sessions,
                locks,
                losses,
                log,
                node.map(ROSTERS),
                meters,
                newDocuments,
                message,
                answer);
        rooms = new RoomRegistry(document -> new Room(document, services));
        Turns turns = new Turns();
        requests = new RoomRequests(services, rooms, turns);
        access = new RoomAccess(services, rooms, turns);
        MemberSync members = new MemberSync(services, rooms);
        RoomSync sync = new RoomSync(services, rooms, members);
        node.on(LockNews.TYPE, context, this::lockNews);
        node.on(RosterDiff.TYPE, context, json -> room(json, room -> room.apply(RosterDiff.of(json))));
        node.on(ROSTER_WANTED, context, json -> room(json, room -> room.peers().tellAll(json.getString("node"))));
        node.on(ROSTER_NONE, context, json -> room(json, room -> room.forget(json.getString("node"), "left")));
        node.on(
                ENTRIES,
                context,
                json -> room(
                        json, room -> room.entries().arrived(LockNews.entries(json), json.getLong("incarnation", 0L))));
        node.on(
                SIGNAL,
                context,
                json -> room(json, room -> room.signal(json.getString("session"), new Json(json.getString("data")))));
        node.on(DIGEST, context, sync::digest);
        node.on(SYNC, context, sync::sync);
        RosterSweep sweep = new RosterSweep(services, rooms);
        node.on(ROSTERS_KEPT, context, sweep::kept);
        log.incarnationHandler(raised -> new Reload(services, rooms).begin(raised));
        unlisten = node.onLost(context, sync::lost);
        Removals removals = new Removals(services);
        vertx.setPeriodic(round.toMillis(), id -> {
            sync.round();
            removals.round();
            sweep.round();
            count();
        });
        if (newDocuments.counts()) {
            countDocuments();
            vertx.setPeriodic(COUNTING, id -> countDocuments());
        }
        return node.listen(Liveness.ADDRESS, json -> members.heard(Liveness.of(json)));
    }

    @Override
    public Future<?> stop() {
        unlisten.run();
        return rooms.end();
    }

    private void countDocuments() {
        log.documents().onSuccess(newDocuments::stored);
    }

    private void count() {
        openRooms = rooms.all().size();
        uncompacted = (int) rooms.all().stream()
                .filter(room -> room.entries().uncompacted())
                .count();
        seats = rooms.all().stream().mapToInt(room -> room.seats().size()).sum();
    }

    /** How many documents have members here, as of the last second. Any thread. */
    public int openRooms() {
        return openRooms;
    }

    /** How many members are here, as of the last second. Any thread. */
    public int seats() {
        return seats;
    }

    /**
     * Of how many documents here a snapshot was wanted several times and none came, as of the last second. Any thread.
     */
    public int uncompacted() {
        return uncompacted;
    }

    private void room(JsonObject json, Consumer<Room> action) {
        rooms.find(json.getString("document")).ifPresent(action);
    }

    private void lockNews(JsonObject json) {
        room(json, room -> {
            LockNews news = LockNews.of(json);
            room.take(news);
            // A change of rights is of this history when its epoch is: those of earlier ones are lower.
            if (news.epoch() >= room.entries().incarnation()) {
                room.entries().arrived(LockNews.entries(json), room.entries().incarnation());
            }
        });
    }

    // ---- for the connections, from any thread ---------------------------------------------------------------------

    @Override
    public Future<Result> handle(SessionRef session, Outbox outbox, ClientMessage.OfDocument message) {
        if (meters.full()) {
            outbox.send(Frames.error(
                    message.ref(),
                    ErrorCode.BUSY,
                    "too much is waiting to be done on this node; try again",
                    OptionalLong.of(RETRY)));
            // If it is not, nothing comes of it; if it is and were not told to leave, it would stay for ever.
            return Future.succeededFuture(Result.IN);
        }
        Promise<Result> done = Promise.promise();
        long handed = meters.handed();
        context.runOnContext(v -> {
            meters.began(handed);
            requests.handle(session, outbox, message).onComplete(done);
        });
        return done.future();
    }

    @Override
    public Future<Void> turn() {
        Promise<Void> turn = Promise.promise();
        context.runOnContext(v -> turn.complete());
        return turn.future();
    }

    @Override
    public void resumed(SessionRef session, Outbox outbox, Map<String, Standing> documents) {
        context.runOnContext(
                v -> documents.forEach((document, standing) -> access.resumed(session, outbox, document, standing)));
    }

    @Override
    public void authorized(SessionRef session, Outbox outbox, Collection<String> documents) {
        List<String> all = List.copyOf(documents);
        context.runOnContext(v -> all.forEach(document -> access.changed(session, outbox, document)));
    }

    @Override
    public Future<Void> offline(SessionRef session, Outbox outbox, Collection<String> documents, String cause) {
        List<String> left = List.copyOf(documents);
        long since = node.now();
        Promise<Void> known = Promise.promise();
        // Composed, so that what is thrown on the way keeps nobody from reporting the loss.
        context.runOnContext(v -> Future.succeededFuture()
                .compose(start -> Future.join(rooms.of(left).stream()
                        .map(room -> room.offline(session, outbox, cause, since))
                        .toList()))
                .timeout(PENS_FIRST, TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .otherwiseEmpty()
                .onComplete(known));
        return known.future();
    }

    @Override
    public Future<Void> left(SessionRef session, Outbox outbox, Collection<String> documents) {
        List<String> all = List.copyOf(documents);
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> Future.succeededFuture()
                .compose(start -> Future.join(all.stream()
                        .map(document -> access.left(session, document))
                        .toList()))
                .<Void>mapEmpty()
                .otherwiseEmpty()
                .onComplete(done));
        return done.future();
    }

    @Override
    public void replaced(SessionRef session, Outbox outbox, Collection<String> documents) {
        List<String> left = List.copyOf(documents);
        context.runOnContext(v -> rooms.of(left).forEach(room -> room.replaced(session.session(), outbox)));
    }
}
