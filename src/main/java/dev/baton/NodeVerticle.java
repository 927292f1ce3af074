package dev.baton;

import com.hazelcast.core.HazelcastInstance;
import dev.baton.auth.Tokens;
import dev.baton.cluster.Agreement;
import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.ClusterSetup;
import dev.baton.cluster.Lease;
import dev.baton.cluster.LeaseVerticle;
import dev.baton.cluster.OneStore;
import dev.baton.cluster.Roll;
import dev.baton.cluster.Versions;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import dev.baton.documents.DocumentDesk;
import dev.baton.documents.DocumentsApi;
import dev.baton.documents.DocumentsVerticle;
import dev.baton.gateway.Connections;
import dev.baton.gateway.ServerVerticle;
import dev.baton.log.DocumentLog;
import dev.baton.log.DocumentLogs;
import dev.baton.log.LogSettings;
import dev.baton.log.Signature;
import dev.baton.ops.ConsolePage;
import dev.baton.ops.Gauges;
import dev.baton.ops.ManagementVerticle;
import dev.baton.ops.Readiness;
import dev.baton.rehearsal.Rehearsal;
import dev.baton.rights.EditorLockVerticle;
import dev.baton.rights.HolderLoss;
import dev.baton.rights.Locks;
import dev.baton.rights.Reservations;
import dev.baton.room.Moderation;
import dev.baton.room.NewDocuments;
import dev.baton.room.RoomVerticle;
import dev.baton.session.SessionSweepVerticle;
import dev.baton.session.Sessions;
import dev.baton.session.Takeovers;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One whole node: opens the store, starts every part in the order in which they need each other, and ends
 * the store last. Its deployment's configuration is what {@link Settings#toJson} wrote; its Vert.x is clustered by
 * Hazelcast, with a member that carries what {@link NodeMaps} adds. Open for one reason: tests take a protection away
 * in a subclass, and see that it is missed.
 */
public class NodeVerticle extends VerticleBase {

    /**
     * A local address: the thread that ends the process asks here first that the sockets be told to go, and waits for
     * the answer.
     */
    static final String DRAIN = "baton.node.drain";

    /**
     * After the last socket has gone, in milliseconds: its client is back by then. It is served at once by a cluster
     * that stands still, and would wait while this node's partitions move.
     */
    private static final long COMING_BACK = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(NodeVerticle.class);

    private final Readiness readiness = new Readiness();
    private final List<ServerVerticle> servers = new ArrayList<>();
    private final Gauges gauges = new Gauges();
    private final NodeMeters meters = new NodeMeters(gauges);
    private Optional<DocumentLog> log = Optional.empty();
    private Runnable unlisten = () -> {};
    private Runnable unlistenLost = () -> {};

    @Override
    public Future<?> start() {
        Settings settings = Settings.fromJson(config());
        Optional<Tokens> tokens = settings.auth().mode() == Settings.AuthMode.JWT
                ? Optional.of(Tokens.of(settings.auth().jwt(), settings.limits().name()))
                : Optional.empty();
        HazelcastInstance hazelcast = ClusterSetup.hazelcast(vertx);
        Versions.check(hazelcast);
        Agreement.check(hazelcast, settings);
        ClusterNode node = new ClusterNode(vertx, hazelcast);
        Logs.of(node.id());
        unlisten = node.onChange(
                context,
                came -> LOG.info(
                        "node {} has joined, {} nodes now", came, node.nodes().size()),
                lost -> LOG.info(
                        "node {} has gone, {} nodes now", lost, node.nodes().size()));
        Settings.Store store = settings.store();
        return DocumentLogs.open(vertx, LogSettings.of(store.url(), store.user(), store.password()))
                .recover(failure -> Future.failedFuture(new SettingsException(failure.getMessage())))
                .compose(opened -> {
                    log = Optional.of(guarded(opened));
                    return OneStore.check(node, context, opened.id(), settings);
                })
                .compose(same -> startParts(settings, tokens, node, log.orElseThrow()));
    }

    /** The log as the parts use it. */
    protected DocumentLog guarded(DocumentLog opened) {
        return opened;
    }

    /** What tells the parts whether this node may act. */
    protected Lease lease(int minimum) {
        return new Lease(minimum);
    }

    /** The cluster, for those outside it. */
    private static String named(Settings settings) {
        return "cluster " + settings.cluster().name() + " at "
                + settings.cluster().host() + ":" + settings.cluster().port();
    }

    /** How often locks are looked over for what no news told of. */
    protected Duration sweep() {
        return EditorLockVerticle.SWEEP;
    }

    /** What the rooms tell of holders whose connections were lost. */
    protected HolderLoss losses(HolderLoss locks) {
        return locks;
    }

    private Future<Void> startParts(Settings settings, Optional<Tokens> tokens, ClusterNode node, DocumentLog opened) {
        Settings.Handover handover = settings.handover();
        Sessions sessions = new Sessions(vertx, node, settings.session().expiry());
        Reservations reservations = new Reservations(
                handover.graceClosed(),
                handover.graceTimeout(),
                handover.graceNode(),
                settings.session().expiry());
        Lease lease = lease(settings.cluster().minimum());
        opened.commitOnlyIf(lease::mayWrite);
        LeaseVerticle leases = new LeaseVerticle(
                node, roll(opened), lease, named(settings), settings.cluster().nodeLease());
        Locks locks = new Locks(vertx, node, lease, sessions, opened, reservations, meters);
        NewDocuments newDocuments = new NewDocuments(
                settings.limits().newDocuments(), settings.limits().allDocuments());
        RoomVerticle rooms = new RoomVerticle(
                node,
                lease,
                sessions,
                locks,
                losses(locks),
                opened,
                meters.rooms(),
                newDocuments,
                settings.limits().message(),
                handover.answer(),
                RoomVerticle.ROUND);
        EditorLockVerticle editors = new EditorLockVerticle(node, lease, locks, sessions, reservations, sweep());
        Connections connections = new Connections(
                meters.gateway(), partsBudget(settings), settings.limits().strangers());
        warnOfHeap(settings.limits().sockets(), Runtime.getRuntime().maxMemory());
        Moderation moderation = new Moderation(node, sessions, locks, opened);
        DocumentDesk desk = new DocumentDesk(vertx, node, locks, opened, moderation);
        ManagementVerticle management = new ManagementVerticle(
                settings.management().host(),
                settings.managementPort(),
                settings.management().token(),
                settings.http().hosts(),
                readiness,
                gauges,
                new DocumentsApi(desk).andThen(new ConsolePage()));
        readiness.add("store", lease::serves, "this node's signature in the store has run out; it signs again");
        readiness.add("store", opened::obstacle);
        readiness.add(
                "store",
                () -> !opened.behind(),
                "behind: another node works in a later incarnation of the store; this node's connections lead to an old copy");
        readiness.add("store", lease::sharing);
        readiness.add("cluster", lease::enoughNodes, "fewer nodes are live than cluster.minimum");
        readiness.add("lease", lease::sound, "not in touch with the other nodes");
        meters.show(connections);
        meters.show(sessions.comings());
        meters.show(rooms, editors);
        meters.show(newDocuments);
        meters.show(node);
        meters.show(opened);
        meters.show(readiness);
        return part(leases)
                .compose(v -> part(new SessionSweepVerticle(node, lease, sessions, connections::connected)))
                .compose(v -> part(editors))
                .compose(v -> part(rooms))
                .compose(v -> {
                    Rehearsal.answer(node, context);
                    return node.listen();
                })
                .compose(v -> new Rehearsal(vertx, node, opened).hold())
                .compose(v -> vertx.executeBlocking(NodeVerticle::collect))
                .compose(v -> part(management))
                .compose(v -> part(new DocumentsVerticle(desk)))
                .compose(v -> leases.serves())
                .compose(v -> servers(settings, node, lease, tokens, sessions, opened, rooms, connections))
                .onSuccess(port -> {
                    vertx.eventBus().localConsumer(DRAIN, asked -> drain(
                                    settings.drain().time(), connections)
                            .onComplete(gone -> asked.reply("gone")));
                    readiness.started();
                    ReadyLine.print(
                            node.id(), port, management.port(), node.nodes().size());
                })
                .mapEmpty();
    }

    /**
     * Clears away what the start has left, while nobody waits for this node: the first collections would come with the
     * first clients, find nearly all classes' data young, and copy it for as long as a hand-over may take.
     */
    private static Void collect() {
        System.gc();
        return null;
    }

    /** One server an event loop; gives the port they share. */
    private Future<Integer> servers(
            Settings settings,
            ClusterNode node,
            Lease lease,
            Optional<Tokens> tokens,
            Sessions sessions,
            DocumentLog opened,
            RoomVerticle rooms,
            Connections connections) {
        Future<Void> all = Future.succeededFuture();
        for (int loop = 0; loop < ServerVerticle.LOOPS; loop++) {
            ServerVerticle server =
                    new ServerVerticle(settings, node, lease, tokens, sessions, opened, rooms, connections);
            servers.add(server);
            all = all.compose(v -> part(server));
        }
        node.on(Sessions.REPLACED, context, json -> replaced(node, connections, opened, json));
        unlistenLost = node.onLost(context, sessions.takeovers()::lost);
        node.on(Takeovers.SETTLED, context, json -> sessions.takeovers().settled(json.getString("session")));
        node.on(Moderation.REMOVED, context, json -> connections.removed(json.getString("session")));
        return all.map(v -> servers.get(0).port());
    }

    /**
     * Not ready any more, no new sockets, and those there are told to go, one by one. Everything else works on for
     * them.
     */
    private Future<Void> drain(Duration time, Connections connections) {
        readiness.draining();
        int sockets = connections.sockets();
        LOG.info("draining: {} sockets are told to go, over {} ms", sockets, time.toMillis());
        return Future.join(servers.stream().map(server -> server.drain(time)).toList())
                .compose(gone -> sockets == 0
                        ? Future.succeededFuture()
                        : vertx.timer(COMING_BACK, TimeUnit.MILLISECONDS).mapEmpty());
    }

    private static void replaced(ClusterNode node, Connections connections, DocumentLog log, JsonObject json) {
        String session = json.getString("session");
        connections.replaced(session, json.getLong("generation"));
        log.supersede(session, json.getLong("generation"))
                .onSuccess(done -> node.tell(
                        json.getString("by", node.id()), Takeovers.SETTLED, new JsonObject().put("session", session)));
    }

    private static Map<String, Roll.Line> lines(Map<String, Signature> signatures) {
        Map<String, Roll.Line> lines = new HashMap<>();
        signatures.forEach((node, signature) -> lines.put(
                node,
                new Roll.Line(
                        signature.age(),
                        signature.validMillis(),
                        signature.counts(),
                        signature.place(),
                        signature.cluster())));
        return lines;
    }

    private static void warnOfHeap(OptionalInt sockets, long heap) {
        int fit = Settings.Limits.socketsThatFit(heap);
        if (sockets.orElse(0) > fit) {
            LOG.warn(
                    "limits.sockets is {}, and this JVM's heap of {} MiB holds about {}; raise -Xmx, or lower the limit",
                    sockets.getAsInt(),
                    heap >> 20,
                    fit);
        }
    }

    /** What unfinished messages in parts may take: an eighth of the memory, and at least what one client may have. */
    private static long partsBudget(Settings settings) {
        long one = (long) settings.limits().snapshot() + settings.limits().data();
        return Math.max(2 * one, Runtime.getRuntime().maxMemory() / 8);
    }

    private static Roll roll(DocumentLog log) {
        return new Roll() {
            @Override
            public Future<Map<String, Line>> sign(String node, Line mine) {
                return log.sign(
                                node,
                                new Signature(0, mine.validMillis(), mine.serving(), mine.place(), mine.cluster()))
                        .map(NodeVerticle::lines);
            }

            @Override
            public Future<Map<String, Line>> serve(String node, Set<String> own) {
                return log.serve(node, own).map(NodeVerticle::lines);
            }

            @Override
            public String store() {
                return log.id();
            }

            @Override
            public long incarnation() {
                return log.available() ? log.incarnation() : 0;
            }

            @Override
            public void heard(long incarnation) {
                log.heard(incarnation);
            }

            @Override
            public Future<Void> strike(String node) {
                return log.strike(node);
            }
        };
    }

    private Future<Void> part(Deployable verticle) {
        return vertx.deployVerticle(verticle).mapEmpty();
    }

    /** The parts have stopped by now, as Vert.x ends what a verticle deployed before the verticle itself. */
    @Override
    public Future<?> stop() {
        unlisten.run();
        unlistenLost.run();
        gauges.close();
        return log.map(DocumentLog::close).orElse(Future.succeededFuture());
    }
}
