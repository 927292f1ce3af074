package dev.baton;

import dev.baton.cluster.ClusterNode;
import dev.baton.gateway.Connections;
import dev.baton.gateway.GatewayMeters;
import dev.baton.gateway.Limit;
import dev.baton.log.DocumentLog;
import dev.baton.log.LogStats;
import dev.baton.ops.Gauges;
import dev.baton.ops.Readiness;
import dev.baton.protocol.CloseCode;
import dev.baton.rights.EditorLockVerticle;
import dev.baton.rights.HandOverMeters;
import dev.baton.rights.Locks;
import dev.baton.room.NewDocuments;
import dev.baton.room.RoomMeters;
import dev.baton.room.RoomVerticle;
import dev.baton.session.Comings;
import dev.baton.session.Liveness;
import dev.baton.session.Sessions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/** Which numbers of the node an operator sees, and under which names. What each means is in the operations guide. */
final class NodeMeters implements HandOverMeters {

    /** From what a local network takes to what a heartbeat allows. */
    private static final List<Duration> NETWORK =
            millis(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000);

    /** From a hand-over in one commit, over the usual reservations, to silence to a request. */
    private static final List<Duration> HAND_OVER =
            millis(5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 7_500, 10_000, 20_000, 30_000);

    /** Whatever moves a pen; see {@code EditLock}. What is not among them counts as {@link #OTHER}. */
    private static final List<String> CAUSES = List.of(
            "joined",
            "released",
            "accepted",
            "unanswered",
            "left",
            "closed",
            "timeout",
            "node-lost",
            "missing",
            "expired",
            "removed",
            "revoked",
            "moderator");

    private static final String OTHER = "other";

    private final Gauges gauges;
    private static final String LIMIT = "baton.limit.reached";
    private static final String LIMIT_HELP = "how often clients ran into a limit, by the name of its setting";

    private final GatewayMeters gateway;
    private final RoomMeters rooms;
    private final Map<String, LongConsumer> handOvers = new HashMap<>();
    private final Map<Phase, LongConsumer> phases = new EnumMap<>(Phase.class);

    /** Makes what the parts need to count with. */
    NodeMeters(Gauges gauges) {
        this.gauges = gauges;
        this.gateway = new GatewayMeters(
                gauges.times("baton.ping.rtt", "from a ping to its pong", NETWORK),
                gauges.times("baton.loop.lag", "how late an event loop's timer was", NETWORK));
        this.rooms = new RoomMeters(
                gauges.times("baton.room.wait", "how long a request waited for the rooms' context", NETWORK), this);
        for (Phase phase : Phase.values()) {
            phases.put(
                    phase,
                    gauges.times(
                            "baton.handover.phase",
                            "the parts of hand-overs",
                            NETWORK,
                            "phase",
                            phase.name().toLowerCase(Locale.ROOT)));
        }
        for (String cause : CAUSES) {
            handOvers.put(cause, handOvers(cause));
        }
        handOvers.put(OTHER, handOvers(OTHER));
    }

    private LongConsumer handOvers(String cause) {
        String help = "from what moved the pen to the grant, counted where it was granted";
        return gauges.times("baton.handover", help, HAND_OVER, "cause", cause);
    }

    /** What the gateway counts with. */
    GatewayMeters gateway() {
        return gateway;
    }

    /** What the rooms count with. */
    RoomMeters rooms() {
        return rooms;
    }

    @Override
    public void completed(String cause, long millis) {
        handOvers.getOrDefault(cause, handOvers.get(OTHER)).accept(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Override
    public void took(Phase phase, long nanos) {
        phases.get(phase).accept(nanos);
    }

    /** How often documents that would be new were refused. */
    void show(NewDocuments documents) {
        gauges.count(LIMIT, LIMIT_HELP, documents::refusedByRate, "limit", "documents-per-minute");
        gauges.count(LIMIT, LIMIT_HELP, documents::refusedByNumber, "limit", "documents");
    }

    /** What goes out of the sockets and in. */
    void show(Connections connections) {
        gauges.add("baton.sockets", "open sockets", connections::sockets);
        gauges.add("baton.sessions", "connected sessions", connections::sessions);
        gauges.add("baton.beats", "sockets that are pinged", connections::beats);
        gauges.add("baton.waiting", "new connections that are not listened to yet", connections::waiting);
        gauges.add("baton.users", "users with sockets here", connections::userCount);
        for (Limit limit : Limit.values()) {
            gauges.count(LIMIT, LIMIT_HELP, () -> connections.limits().of(limit), "limit", limit.word());
        }
        gauges.add(
                "baton.parts.bytes",
                "what is kept of messages that come in parts and are not complete",
                () -> connections.parts().used());
        gateway.refusals()
                .forEach((cause, count) -> gauges.count(
                        "baton.handshakes.refused", "requests for a socket that were refused", count, "cause", cause));
        gauges.count("baton.pings", "pings sent", gateway::pings);
        gauges.count("baton.pongs", "pings answered", gateway::pongs);
        gauges.count("baton.messages", "messages received", gateway::messages);
        gauges.count("baton.deliveries", "frames for many, once for each socket", gateway::deliveries);
        for (CloseCode code : CloseCode.values()) {
            gauges.count(
                    "baton.closes",
                    "sockets closed by this node",
                    () -> gateway.closes(code),
                    "code",
                    Integer.toString(code.code()));
        }
    }

    /** Sessions come and go; each change is counted on the one node that noticed it. */
    void show(Comings comings) {
        changes(comings, Liveness.State.ONLINE, "hello", "resumed");
        changes(comings, Liveness.State.OFFLINE, "closed", "timeout", "node-lost");
        changes(comings, Liveness.State.GONE, "expired", "removed", "left");
    }

    private void changes(Comings comings, Liveness.State state, String... causes) {
        for (String cause : causes) {
            gauges.count(
                    "baton.session.changes",
                    "sessions that came, went or ended",
                    () -> comings.of(state, cause),
                    "state",
                    state.word(),
                    "cause",
                    cause);
        }
    }

    /** What this node has of documents and pens. */
    void show(RoomVerticle here, EditorLockVerticle editors) {
        gauges.add("baton.rooms", "documents with members here", here::openRooms);
        gauges.add("baton.seats", "members here, away ones too", here::seats);
        gauges.add(
                "baton.documents.uncompacted",
                "documents with members here whose snapshot was wanted several times and never stored",
                here::uncompacted);
        gauges.add("baton.room.queue", "requests that wait for the rooms' context", rooms::waiting);
        gauges.count("baton.applied", "updates and messages written", rooms::applies);
        gauges.count("baton.fenced", "writes refused, since the pen was elsewhere", rooms::fences);
        gauges.count(
                "baton.false.offlines",
                "sessions taken offline that were connected here all the time",
                rooms::falseOfflines);
        gauges.count("baton.store.lost", "acknowledged entries that the store was found to have lost", rooms::losses);
        gauges.add("baton.lock.timers", "timers of reservations and requests", editors::timers);
    }

    /** The cluster as this node sees it. */
    void show(ClusterNode node) {
        gauges.count(
                "baton.told",
                "messages to other nodes' inboxes",
                () -> node.told(RoomVerticle.ENTRIES),
                "type",
                RoomVerticle.ENTRIES);
        gauges.add("baton.cluster.nodes", "live nodes", () -> node.nodes().size());
        for (String map : List.of(Sessions.MAP, Locks.MAP, RoomVerticle.ROSTERS)) {
            gauges.count(
                    "baton.map.operations",
                    "operations on records of the cluster's maps that this node owns",
                    () -> node.operations(map),
                    "map",
                    map);
        }
        gauges.add("baton.session.records", "session records this node owns", () -> node.owned(Sessions.MAP));
        gauges.add("baton.lock.records", "lock records this node owns", () -> node.owned(Locks.MAP));
        gauges.add("baton.roster.records", "rosters this node owns", () -> node.owned(RoomVerticle.ROSTERS));
    }

    /** The store as this node sees it. */
    void show(DocumentLog log) {
        gauges.add("baton.store.up", "1 while the store takes writes", () -> log.available() ? 1 : 0);
        gauges.add(
                "baton.store.incarnation", "which history the store holds; raised when one was lost", log::incarnation);
        gauges.add("baton.store.queue", "writes not answered yet", () -> log.stats()
                .waiting());
        gauges.add(
                "baton.store.queue.bytes", "what they hold", () -> log.stats().waitingBytes());
        gauges.spent(
                "baton.store.commit",
                "transactions committed",
                () -> log.stats().commits(),
                () -> log.stats().commitMicros());
        gauges.count("baton.store.entries", "entries written by them", () -> log.stats()
                .entries());
        gauges.count("baton.store.retries", "transactions tried again", () -> log.stats()
                .retries());
        gauges.count("baton.store.compacted", "entries that went behind snapshots", () -> log.stats()
                .compacted());
        gauges.add(
                "baton.store.one.machine",
                "1 while what is acknowledged is on one machine only",
                () -> log.stats().oneMachine() ? 1 : 0);
        showRefusals(log);
    }

    /** Why the store has refused writes. */
    private void showRefusals(DocumentLog log) {
        for (String cause : LogStats.CAUSES) {
            gauges.count(
                    "baton.store.refused",
                    "writes that the store did not take",
                    () -> log.stats().refused().get(cause),
                    "cause",
                    cause);
        }
    }

    /** What stands against being ready, by name. */
    void show(Readiness readiness) {
        gauges.add(
                "baton.ready",
                "1 while new clients are welcome",
                () -> readiness.obstacles().isEmpty() ? 1 : 0);
        for (String name : List.of("node", "store", "cluster", "lease")) {
            gauges.add(
                    "baton.obstacle",
                    "1 while that stands against being ready",
                    () -> readiness.obstacles().containsKey(name) ? 1 : 0,
                    "name",
                    name);
        }
    }

    private static List<Duration> millis(long... millis) {
        return LongStream.of(millis).mapToObj(Duration::ofMillis).toList();
    }
}
