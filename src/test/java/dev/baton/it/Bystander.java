package dev.baton.it;

import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.EntryView;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.baton.NodeMaps;
import dev.baton.client.Waiting;
import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.ClusterSetup;
import dev.baton.config.Settings;
import dev.baton.rights.LockRecord;
import dev.baton.rights.Locks;
import dev.baton.room.RoomVerticle;
import dev.baton.session.SessionRecord;
import dev.baton.session.Sessions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Somebody else's verticle in the cluster: a member without data in this JVM that writes down what is published at
 * {@code baton.liveness} and {@code baton.rights}. Any thread.
 */
final class Bystander implements AutoCloseable {
    private final HazelcastInstance hazelcast;
    private final Vertx vertx;
    private final Queue<JsonObject> liveness = new ConcurrentLinkedQueue<>();
    private final Queue<JsonObject> rights = new ConcurrentLinkedQueue<>();

    private Bystander(Nodes nodes) {
        Settings settings = Settings.of(
                Map.of("cluster.name", nodes.cluster(), "cluster.port", Integer.toString(nodes.clusterPort())));
        // A lite member owns no partitions: the nodes share them among themselves, as without it.
        hazelcast = ClusterSetup.join(settings, config -> NodeMaps.maps(config).setLiteMember(true));
        VertxOptions options = new VertxOptions();
        ClusterSetup.prepare(options.getEventBusOptions(), settings);
        vertx = Waiting.on(Vertx.builder()
                .with(options)
                .withClusterManager(ClusterSetup.manager(hazelcast))
                .buildClustered());
    }

    /** Joins the cluster, and listens. */
    static Bystander of(Nodes nodes) {
        Bystander one = new Bystander(nodes);
        Waiting.on(Future.all(one.listen("baton.liveness", one.liveness), one.listen("baton.rights", one.rights)));
        return one;
    }

    private Future<Void> listen(String address, Queue<JsonObject> to) {
        return vertx.eventBus()
                .<JsonObject>consumer(address, message -> to.add(message.body()))
                .completion();
    }

    /** Waits until no records move from node to node any more, and each is where it is kept for the case of a loss. */
    void awaitRest() {
        await().atMost(Person.SOON).until(hazelcast.getPartitionService()::isClusterSafe);
    }

    /** Waits until the node that joined last keeps so many partitions. */
    void awaitMoved(int partitions) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Person.SOON)
                .until(() -> hazelcast.getPartitionService().getPartitions().stream()
                                .filter(partition -> newest().equals(Optional.ofNullable(partition.getOwner())))
                                .count()
                        >= partitions);
    }

    private Optional<Member> newest() {
        return hazelcast.getCluster().getMembers().stream().reduce((former, later) -> later);
    }

    /** Asks at {@code baton.documents}; throws what the answer says is wrong. */
    JsonObject ask(Object request) {
        return Waiting.on(vertx.eventBus().<JsonObject>request("baton.documents", request))
                .body();
    }

    /** All that was told of anybody's life, oldest first. */
    List<JsonObject> liveness() {
        return List.copyOf(liveness);
    }

    /** What was told of a session's life, oldest first. */
    List<JsonObject> livenessOf(String session) {
        return liveness.stream()
                .filter(news -> session.equals(news.getString("session")))
                .toList();
    }

    /** What was told of a session in one state. */
    List<JsonObject> livenessOf(String session, String state) {
        return livenessOf(session).stream()
                .filter(news -> state.equals(news.getString("state")))
                .toList();
    }

    /** The hand-overs of a document, oldest first. */
    List<JsonObject> handOversOf(String document) {
        return rights.stream()
                .filter(news -> document.equals(news.getString("document")))
                .toList();
    }

    /** All that was told so far, at either address. */
    List<JsonObject> heard() {
        return Stream.concat(liveness.stream(), rights.stream()).toList();
    }

    /** How many records the nodes keep, of sessions, locks and rosters, by the name of their map. */
    Map<String, Integer> records() {
        return Stream.of(Sessions.MAP, Locks.MAP, RoomVerticle.ROSTERS)
                .collect(Collectors.toMap(
                        map -> map, map -> hazelcast.getMap(map).size()));
    }

    /** The records of what was only tried out that do not go by themselves within a minute. */
    List<Object> lasting() {
        return Stream.of(Sessions.MAP, Locks.MAP, RoomVerticle.ROSTERS)
                .map(map -> hazelcast.getMap(ClusterNode.STAGE + map))
                .flatMap(map -> map.keySet().stream().filter(key -> lasts(map.getEntryView(key))))
                .toList();
    }

    private static boolean lasts(EntryView<Object, Object> record) {
        return record != null && record.getExpirationTime() > Clock.systemUTC().millis() + 70_000;
    }

    /** Whether the lock of a document has heard that its holder, or somebody in its line, is away. */
    boolean lockKnowsAway(String document, String session) {
        LockRecord record = hazelcast.<String, LockRecord>getMap(Locks.MAP).get(document);
        return record != null
                && record.lock().everybody().stream()
                        .anyMatch(waiter -> waiter.session().equals(session) && !waiter.online());
    }

    /** Says of a session that is connected what nodes say that have lost sight of its node. */
    void takesOffline(String session) {
        ClusterNode place = new ClusterNode(vertx, hazelcast);
        Waiting.on(new Sessions(vertx, place, Duration.ofSeconds(30)).lose(session, 1, "node-lost"));
    }

    /**
     * An attempt to take a session up comes late, from a connection that is closed by then: the record is about that
     * one.
     */
    void overtakes(String session) {
        SessionRecord record = record(session);
        long now = System.currentTimeMillis();
        becomes(record, record.generation() + 1, new SessionRecord.Offline("closed", now, now + 60_000));
    }

    /**
     * A session that was lost is put back as connected where it was, as by a node that missed its record a moment
     * before its connection ended. Waits until it is lost.
     */
    void recalls(String session) {
        SessionRecord lost = lost(session);
        becomes(lost, lost.generation(), new SessionRecord.Online());
    }

    /**
     * The record of a session that was lost is as it was when it had been connected once, as it is on the other side of
     * a split. Waits until it is lost.
     */
    void rollsBack(String session) {
        SessionRecord lost = lost(session);
        becomes(lost, 1, lost.link());
    }

    /**
     * The record of a session that was taken up again is as it was before, and nobody came back in time: as when the
     * node that kept it is lost before its copy was brought up to date. Goes on until all were told that it expired:
     * its room may put it right sooner.
     */
    void goesBackToExpired(String session) {
        SessionRecord now = record(session);
        long before = System.currentTimeMillis() - 120_000;
        SessionRecord older = as(now, now.generation() - 1, new SessionRecord.Offline("closed", before, before));
        IMap<String, SessionRecord> map = hazelcast.getMap(Sessions.MAP);
        await().pollDelay(Duration.ZERO).atMost(Person.SOON).until(() -> {
            boolean told = !livenessOf(session, "gone").isEmpty();
            if (!told) {
                map.replace(session, older);
            }
            return told;
        });
    }

    /** Whether the cluster has that session as connected. */
    boolean knows(String session) {
        SessionRecord record = record(session);
        return record != null && record.online();
    }

    private SessionRecord record(String session) {
        return hazelcast.<String, SessionRecord>getMap(Sessions.MAP).get(session);
    }

    private SessionRecord lost(String session) {
        await().atMost(Person.SOON).until(() -> !record(session).online());
        return record(session);
    }

    private void becomes(SessionRecord record, long generation, SessionRecord.Link link) {
        hazelcast.<String, SessionRecord>getMap(Sessions.MAP).set(record.id(), as(record, generation, link));
    }

    private static SessionRecord as(SessionRecord record, long generation, SessionRecord.Link link) {
        return new SessionRecord(
                record.id(),
                record.user(),
                record.secretHash(),
                record.node(),
                generation,
                link,
                record.documents(),
                record.roles());
    }

    /**
     * The node of one session believes that the node of another has nobody in a document, until the two compare rosters
     * again.
     */
    void hides(String document, String hidden, String from) {
        IMap<String, SessionRecord> map = hazelcast.getMap(Sessions.MAP);
        new ClusterNode(vertx, hazelcast)
                .tell(
                        map.get(from).node(),
                        "roster-none",
                        new JsonObject()
                                .put("document", document)
                                .put("node", map.get(hidden).node()));
    }

    /** The cluster loses the record of a session, as it does when the two members that keep it die. */
    void forgets(String session) {
        hazelcast.getMap(Sessions.MAP).delete(session);
    }

    @Override
    public void close() {
        Waiting.on(vertx.close());
        hazelcast.shutdown();
    }
}
