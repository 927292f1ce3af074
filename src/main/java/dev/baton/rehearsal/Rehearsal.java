package dev.baton.rehearsal;

import dev.baton.auth.Roles;
import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Lease;
import dev.baton.log.DocumentLog;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import dev.baton.rights.EditorLockVerticle;
import dev.baton.rights.HandOverMeters;
import dev.baton.rights.Locks;
import dev.baton.rights.Reservations;
import dev.baton.room.NewDocuments;
import dev.baton.room.RoomMeters;
import dev.baton.room.RoomVerticle;
import dev.baton.room.SessionRef;
import dev.baton.session.SessionRecord;
import dev.baton.session.Sessions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does before it says that it is ready, so that its first hand-over does not wait for classes to be loaded,
 * for statements to be prepared and for connections between the nodes to be made: on a
 * {@linkplain ClusterNode#stage stage} of its own, with sessions, locks and rooms like the real ones, a holder vanishes
 * and the next one gets the pen, once with a lock that this node keeps and once with one of another node; and then
 * several at once, so that the code is compiled as well. Nothing of it reaches a client, the bus or the store, and what
 * records of it are left in the stage's own maps go in a minute.
 */
public final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    /** With so many names, each node of a large cluster has one. */
    private static final int MOST_NAMES = 1_000;

    /** A cluster or a store that stands still is no reason not to start. In milliseconds. */
    private static final long LONGEST = 2_000;

    /** Rounds after the first two, at the same time: what those loaded, these have compiled. */
    private static final int MORE = 8;

    /**
     * How long the further ones may keep a node from being ready; those that are not over by then are given up. In
     * milliseconds.
     */
    private static final long LONGEST_MORE = 500;

    /** The type of a hint to another node, so that there is a connection for those that count; it is answered. */
    private static final String GREETING = "greeting";

    /** The type of the answer, which makes a connection the other way. */
    private static final String GREETED = "greeted";

    /**
     * How often rooms and locks are looked over: in earnest the first looks would come next to the first hand-overs.
     */
    /** The largest message of the players, in bytes. */
    private static final int MESSAGE = 128 * 1024;

    private static final Duration SWEEP = Duration.ofMillis(50);

    private static final Duration EXPIRY = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final ClusterNode node;
    private final Sessions sessions;
    private final RoomVerticle rooms;
    private final EditorLockVerticle editors;

    /** Nobody counts what is tried out. */
    private enum Unmeasured implements HandOverMeters {
        METERS;

        @Override
        public void completed(String cause, long millis) {}

        @Override
        public void took(Phase phase, long nanos) {}
    }

    /** On that node, against that store. */
    public Rehearsal(Vertx vertx, ClusterNode node, DocumentLog log) {
        this.vertx = vertx;
        this.node = node;
        ClusterNode stage = node.stage();
        Lease lease = new Lease(1);
        Reservations none = new Reservations(Duration.ZERO, Duration.ZERO, Duration.ZERO, EXPIRY);
        StagedLog staged = new StagedLog(log);
        this.sessions = new Sessions(vertx, stage, EXPIRY);
        Locks locks = new Locks(vertx, stage, lease, sessions, staged, none, Unmeasured.METERS);
        RoomMeters counted = new RoomMeters(nanos -> {}, Unmeasured.METERS);
        NewDocuments any = new NewDocuments(Integer.MAX_VALUE, OptionalInt.empty());
        this.rooms =
                new RoomVerticle(stage, lease, sessions, locks, locks, staged, counted, any, MESSAGE, EXPIRY, SWEEP);
        this.editors = new EditorLockVerticle(stage, lease, locks, sessions, none, SWEEP);
    }

    /** From now on the greetings of nodes that start are answered, on that context. */
    public static void answer(ClusterNode node, Context context) {
        node.on(GREETING, context, greeting -> node.tell(greeting.getString("node"), GREETED, new JsonObject()));
    }

    /**
     * Completes when it is over, whatever became of it, within two seconds and what it takes to clear up; on the
     * caller's context.
     */
    public Future<Void> hold() {
        node.nodes().stream()
                .filter(other -> !other.equals(node.id()))
                .forEach(other -> node.tell(other, GREETING, new JsonObject().put("node", node.id())));
        return vertx.deployVerticle(editors)
                .compose(lock -> vertx.deployVerticle(rooms)
                        .compose(room ->
                                rounds().timeout(LONGEST, TimeUnit.MILLISECONDS).eventually(() -> vertx.undeploy(room)))
                        .eventually(() -> vertx.undeploy(lock)))
                .recover(failure -> {
                    LOG.info("the first hand-overs may be slower than later ones: {}", failure.toString());
                    return Future.succeededFuture();
                });
    }

    private Future<Void> rounds() {
        return round(document(true)).compose(first -> round(document(false))).compose(second -> more());
    }

    private Future<Void> more() {
        return Future.join(Stream.iterate(true, here -> !here)
                        .limit(MORE)
                        .map(here -> round(document(here)))
                        .toList())
                .timeout(LONGEST_MORE, TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    /** The name of a document that nobody has, whose lock is kept by this node, or by another one if there is one. */
    private String document(boolean here) {
        String any = "rehearsal/" + UUID.randomUUID();
        return Stream.iterate(0, i -> i + 1)
                .limit(MOST_NAMES)
                .map(i -> any + "/" + i)
                .filter(name -> node.owns(name) == here)
                .findFirst()
                .orElse(any);
    }

    private Future<Void> round(String document) {
        return player().compose(ann -> player().compose(bob -> join(ann, document)
                .compose(asked -> ann.holds())
                .compose(first -> join(bob, document))
                .compose(next -> {
                    ann.vanish();
                    return rooms.offline(ann.ref(), ann, List.of(document), "closed");
                })
                .compose(told -> sessions.lose(ann.ref().session(), ann.ref().generation(), "closed"))
                .compose(lost -> bob.holds())
                .compose(moved -> leave(ann, document))
                .compose(gone -> leave(bob, document))
                .mapEmpty()));
    }

    private Future<Player> player() {
        return sessions.create(new User("rehearsal", "rehearsal"), Roles.EDIT_ALL)
                .map(connected -> {
                    SessionRecord record = connected.record();
                    return new Player(new SessionRef(
                            record.id(), record.user(), record.generation(), record.secretHash(), record.roles()));
                });
    }

    private Future<?> join(Player player, String document) {
        return rooms.handle(
                player.ref(),
                player,
                new ClientMessage.Join(Optional.empty(), document, Mode.EDIT, OptionalLong.empty(), Optional.empty()));
    }

    private Future<?> leave(Player player, String document) {
        return rooms.handle(player.ref(), player, new ClientMessage.Leave(Optional.empty(), document))
                .compose(left -> sessions.remove(player.ref().session()));
    }
}
