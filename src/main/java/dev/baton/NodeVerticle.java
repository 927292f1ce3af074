package dev.baton;

import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.ClusterSetup;
import dev.baton.cluster.Lease;
import dev.baton.cluster.LeaseVerticle;
import dev.baton.cluster.OneStore;
import dev.baton.cluster.Roll;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import dev.baton.gateway.Connections;
import dev.baton.gateway.ServerVerticle;
import dev.baton.log.DocumentLog;
import dev.baton.log.DocumentLogs;
import dev.baton.log.LogSettings;
import dev.baton.ops.Gauges;
import dev.baton.ops.ManagementVerticle;
import dev.baton.ops.Readiness;
import dev.baton.rights.EditorLockVerticle;
import dev.baton.rights.Locks;
import dev.baton.rights.Reservations;
import dev.baton.room.RoomVerticle;
import dev.baton.session.SessionSweepVerticle;
import dev.baton.session.Sessions;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/**
 * One whole node: opens the store, starts every part in the order in which they need each other, and ends
 * the store last. Its deployment's configuration is what {@link Settings#toJson} wrote; its Vert.x is clustered by Hazelcast, with a
 * member that carries what {@link NodeMaps} adds.
 */
public final class NodeVerticle extends VerticleBase {
    private final Readiness readiness = new Readiness();
    private final Gauges gauges = new Gauges();
    private Optional<DocumentLog> log = Optional.empty();

    @Override
    public Future<?> start() {
        Settings settings = Settings.fromJson(config());
        if (settings.auth().mode() == Settings.AuthMode.JWT) {
            // Better no node than one that lets everybody in while it is believed to check.
            throw new SettingsException("auth.mode: this version cannot check tokens yet; allowed: none");
        }
        ClusterNode node = new ClusterNode(vertx, ClusterSetup.hazelcast(vertx));
        Settings.Store store = settings.store();
        return DocumentLogs.open(vertx, LogSettings.of(store.url(), store.user(), store.password()))
                .recover(failure -> Future.failedFuture(new SettingsException(failure.getMessage())))
                .compose(opened -> {
                    log = Optional.of(opened);
                    return OneStore.check(node, context, opened.id(), settings);
                })
                .compose(same -> startParts(settings, node, log.orElseThrow()));
    }

    private Future<Void> startParts(Settings settings, ClusterNode node, DocumentLog opened) {
        Settings.Handover handover = settings.handover();
        Sessions sessions = new Sessions(vertx, node, settings.session().expiry());
        Reservations reservations = new Reservations(
                handover.graceClosed(),
                handover.graceTimeout(),
                handover.graceNode(),
                settings.session().expiry());
        Lease lease = new Lease(settings.cluster().minimum());
        LeaseVerticle leases =
                new LeaseVerticle(node, roll(opened), lease, settings.cluster().nodeLease());
        Locks locks = new Locks(vertx, node, lease, sessions, opened, reservations);
        RoomVerticle rooms = new RoomVerticle(node, lease, sessions, locks, opened, handover.answer());
        EditorLockVerticle editors = new EditorLockVerticle(node, locks, sessions, reservations);
        Connections connections = new Connections();
        ManagementVerticle management =
                new ManagementVerticle(settings.management().host(), settings.managementPort(), readiness, gauges);
        gauges.add("baton_sockets", "open sockets", connections::sockets);
        gauges.add("baton_sessions", "connected sessions", connections::sessions);
        gauges.add("baton_beats", "sockets that are pinged", connections::beats);
        gauges.add("baton_rooms", "documents with members here", rooms::openRooms);
        gauges.add("baton_seats", "members here, away ones too", rooms::seats);
        gauges.add("baton_lock_timers", "timers of reservations and requests", editors::timers);
        gauges.add("baton_session_records", "session records this node owns", () -> node.owned(Sessions.MAP));
        gauges.add("baton_lock_records", "lock records this node owns", () -> node.owned(Locks.MAP));
        gauges.add("baton_roster_records", "rosters this node owns", () -> node.owned(RoomVerticle.ROSTERS));
        readiness.add("store", opened::available, "the store does not answer");
        readiness.add("cluster", lease::enoughNodes, "fewer nodes are live than cluster.minimum");
        readiness.add("lease", lease::sound, "not in touch with the other nodes");
        return part(leases)
                .compose(v -> part(new SessionSweepVerticle(node, sessions)))
                .compose(v -> part(editors))
                .compose(v -> part(rooms))
                .compose(v -> node.listen())
                .compose(v -> part(management))
                .compose(v -> servers(settings, node, lease, sessions, opened, rooms, connections))
                .onSuccess(port -> {
                    readiness.started();
                    ReadyLine.print(
                            node.id(), port, management.port(), node.nodes().size());
                })
                .mapEmpty();
    }

    /** One server an event loop; gives the port they share. */
    private Future<Integer> servers(
            Settings settings,
            ClusterNode node,
            Lease lease,
            Sessions sessions,
            DocumentLog opened,
            RoomVerticle rooms,
            Connections connections) {
        ServerVerticle first = new ServerVerticle(settings, node, lease, sessions, opened, rooms, connections);
        Future<Void> all = part(first);
        for (int loop = 1; loop < VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE; loop++) {
            all = all.compose(
                    v -> part(new ServerVerticle(settings, node, lease, sessions, opened, rooms, connections)));
        }
        node.on(ServerVerticle.REPLACED, context, json -> replaced(connections, json));
        return all.map(v -> first.port());
    }

    private static void replaced(Connections connections, JsonObject json) {
        connections.replaced(json.getString("session"), json.getLong("generation"));
    }

    private static Roll roll(DocumentLog log) {
        return new Roll() {
            @Override
            public Future<Map<String, Long>> sign(String node) {
                return log.sign(node);
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
        gauges.close();
        return log.map(DocumentLog::close).orElse(Future.succeededFuture());
    }
}
