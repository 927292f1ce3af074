package dev.baton.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node as a part of the cluster: its name, the others, the clock they share, and the way to their inboxes. Safe
 * from any thread; nothing here blocks.
 *
 * <p>A node's name is made anew at each start, so a node that died and came back is another node.
 */
public final class ClusterNode {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    /** The member attribute that carries a node's name. */
    public static final String NODE_ATTRIBUTE = "baton.node";

    private static final String INBOX = "baton.node.";

    /**
     * How many threads read from maps at once: as many as four {@link Reader}s leave hanging around a loss, six each in
     * the ten seconds that a call may take, and as many again from when they start over.
     */
    private static final int READERS = 48;

    /** What the names of a {@link #stage} begin with. */
    public static final String STAGE = "rehearsal.";

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final String id;
    private final boolean staged;
    private final Map<String, List<Consumer<JsonObject>>> receivers = new ConcurrentHashMap<>();
    private final Map<String, Long> heard = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> sent = new ConcurrentHashMap<>();
    private final WorkerExecutor threads;
    private final List<Reader> readers = new CopyOnWriteArrayList<>();
    private final BeatLine beats;
    private final Heartbeats heartbeats;

    /** The node whose member {@code hazelcast} is; that one must carry {@link #NODE_ATTRIBUTE}. */
    public ClusterNode(Vertx vertx, HazelcastInstance hazelcast) {
        this(vertx, hazelcast, false);
        Migrations migrations = new Migrations(vertx, hazelcast);
        hazelcast.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                // nothing waits for it
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                readers.forEach(Reader::startOver);
                migrations.goOnAfterLoss();
            }
        });
    }

    private ClusterNode(Vertx vertx, HazelcastInstance hazelcast, boolean staged) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.staged = staged;
        this.id = hazelcast.getCluster().getLocalMember().getAttribute(NODE_ATTRIBUTE);
        this.beats = new BeatLine(hazelcast);
        this.heartbeats = new Heartbeats(hazelcast);
        this.threads = vertx.createSharedWorkerExecutor("baton-maps", READERS);
    }

    /**
     * The same node on a stage of its own, where parts can be tried out: its maps are others, shared by the stages of
     * all nodes, and what is told or published there stays on this node.
     */
    public ClusterNode stage() {
        return new ClusterNode(vertx, hazelcast, true);
    }

    /** This node's name. */
    public String id() {
        return id;
    }

    /** Milliseconds of cluster time: the clock of the oldest member, followed by all. */
    public long now() {
        return hazelcast.getCluster().getClusterTime();
    }

    /** The names of all live nodes, this one among them. */
    public Set<String> nodes() {
        Set<String> nodes = new TreeSet<>();
        for (Member member : hazelcast.getCluster().getMembers()) {
            String node = member.getAttribute(NODE_ATTRIBUTE);
            if (node != null) {
                nodes.add(node);
            }
        }
        return nodes;
    }

    /** The way of the nodes' signs of life. */
    BeatLine beats() {
        return beats;
    }

    /** A sign of life of another node. */
    void heardFrom(String node) {
        heard.put(node, LeaseVerticle.now());
    }

    /** How many milliseconds ago another node was last heard of; 0 for one that never was. */
    public long silence(String node) {
        Long last = heard.get(node);
        return last == null ? 0 : LeaseVerticle.now() - last;
    }

    /**
     * How many milliseconds ago each other node that was ever heard of gave a sign of life, Hazelcast's own among them.
     */
    Map<String, Long> silences() {
        Map<String, Long> silences = new HashMap<>();
        for (Member member : others()) {
            String name = member.getAttribute(NODE_ATTRIBUTE);
            if (name != null && heard.containsKey(name)) {
                silences.put(name, Math.min(silence(name), heartbeats.silence(member)));
            }
        }
        return silences;
    }

    /** A node's lease is over, whatever Hazelcast still thinks of it. */
    void over(String node) {
        for (Member member : others()) {
            if (node.equals(member.getAttribute(NODE_ATTRIBUTE))) {
                heartbeats.over(member);
            }
        }
    }

    /** A node answers, whatever Hazelcast still thinks of it. */
    void answers(String node) {
        for (Member member : others()) {
            if (node.equals(member.getAttribute(NODE_ATTRIBUTE))) {
                heartbeats.answers(member);
            }
        }
    }

    private Set<Member> others() {
        Set<Member> others = new HashSet<>(hazelcast.getCluster().getMembers());
        others.removeIf(Member::localMember);
        return others;
    }

    /** The node that owns the partition of a key, unless that is being decided just now. */
    public Optional<String> ownerOf(String key) {
        Member owner = hazelcast.getPartitionService().getPartition(key).getOwner();
        return Optional.ofNullable(owner).map(member -> member.getAttribute(NODE_ATTRIBUTE));
    }

    /** Whether this node acts for a key. */
    public boolean owns(String key) {
        Member owner = hazelcast.getPartitionService().getPartition(key).getOwner();
        return owner != null && owner.localMember();
    }

    /** A map that all nodes share. */
    public <K, V> IMap<K, V> map(String name) {
        return hazelcast.getMap(staged ? STAGE + name : name);
    }

    /**
     * For one kind of question to a shared map. Not on Vert.x's own workers: a member that stands still would hold
     * these, and the event bus needs them to find out where to send.
     */
    public Reader reader() {
        Reader reader = new Reader(vertx, threads);
        readers.add(reader);
        return reader;
    }

    /** How many entries of a shared map this node owns. */
    public long owned(String map) {
        return hazelcast.getMap(map).getLocalMapStats().getOwnedEntryCount();
    }

    /** How many operations on entries of a shared map that this node owns there have been, whoever asked for them. */
    public long operations(String map) {
        return hazelcast.getMap(map).getLocalMapStats().total();
    }

    /**
     * A hint to a node's inbox: may be lost; what is sent from one context arrives in that order.
     *
     * @param type what the message is, one of those that {@link #on} was called with over there
     * @param message is handed over: nobody changes it afterwards
     */
    public void tell(String node, String type, JsonObject message) {
        message.put("type", type);
        if (node.equals(id)) {
            receive(message);
        } else {
            sent.computeIfAbsent(type, first -> new LongAdder()).increment();
            hint(() -> vertx.eventBus().send(INBOX + node, message));
        }
    }

    /** A hint to whoever listens at an address, in the whole cluster: may be lost. Never throws because it was. */
    public void publish(String address, JsonObject message) {
        if (staged) {
            vertx.eventBus().publish(STAGE + address, message, new DeliveryOptions().setLocalOnly(true));
        } else {
            hint(() -> vertx.eventBus().publish(address, message));
        }
    }

    /** Takes what is {@linkplain #publish published} at an address, on the context this is called from. */
    public Future<Void> listen(String address, Consumer<JsonObject> handler) {
        EventBus bus = vertx.eventBus();
        MessageConsumer<JsonObject> consumer = staged ? bus.localConsumer(STAGE + address) : bus.consumer(address);
        return consumer.handler(message -> handler.accept(message.body())).completion();
    }

    /**
     * While a connection to another node breaks, the bus (Vert.x 5.0.12, {@code OutboundConnection}) completes the
     * promise of a write twice and throws the second failure at the sender, who would leave the nodes next on its list
     * untold.
     */
    private static void hint(Runnable send) {
        try {
            send.run();
        } catch (IllegalStateException broken) {
            LOG.debug("a hint was lost: {}", broken.getMessage());
        }
    }

    /** How many messages of a type went over the bus to other nodes' inboxes so far. */
    public long told(String type) {
        LongAdder count = sent.get(type);
        return count == null ? 0 : count.sum();
    }

    /** Takes what arrives under a type, on the given context; several may take the same, and none may change it. */
    public void on(String type, Context context, Consumer<JsonObject> handler) {
        receivers
                .computeIfAbsent(type, key -> new CopyOnWriteArrayList<>())
                .add(message -> context.runOnContext(v -> handler.accept(message)));
    }

    /** Opens this node's inbox; call it when all that {@link #on} is to know is known. */
    public Future<Void> listen() {
        return vertx.eventBus()
                .<JsonObject>consumer(INBOX + id, message -> receive(message.body()))
                .completion();
    }

    private void receive(JsonObject message) {
        receivers.getOrDefault(message.getString("type"), List.of()).forEach(receiver -> receiver.accept(message));
    }

    /** Calls {@code lost} on {@code context} with the name of each node that leaves or dies; returns what ends it. */
    public Runnable onLost(Context context, Consumer<String> lost) {
        return onChange(context, node -> {}, lost);
    }

    /** Calls {@code came} and {@code lost} on {@code context} as nodes come and go; returns what ends it. */
    public Runnable onChange(Context context, Consumer<String> came, Consumer<String> lost) {
        var registration = hazelcast.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                tell(event.getMember(), came);
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                tell(event.getMember(), lost);
            }

            private void tell(Member member, Consumer<String> consumer) {
                String node = member.getAttribute(NODE_ATTRIBUTE);
                if (node != null) {
                    context.runOnContext(v -> consumer.accept(node));
                }
            }
        });
        return () -> hazelcast.getCluster().removeMembershipListener(registration);
    }

    /**
     * Hazelcast's answer as a future of {@code context}.
     *
     * <p>The hop to the context is made on the thread that has the answer. Left to itself, Hazelcast's stage runs what
     * depends on it in the common pool, and on a machine of two cores, where that pool has one thread, in a new thread
     * each time ({@code ConcurrencyUtil} of 5.3): thousands of threads a second when a crowd says hello.
     */
    public static <T> Future<T> future(Context context, CompletionStage<T> stage) {
        Promise<T> promise = ((ContextInternal) context).promise();
        stage.whenCompleteAsync(
                (value, failure) -> {
                    if (failure == null) {
                        promise.complete(value);
                    } else {
                        promise.fail(failure);
                    }
                },
                Runnable::run);
        return promise.future();
    }
}
