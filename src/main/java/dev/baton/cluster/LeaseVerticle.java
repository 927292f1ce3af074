package dev.baton.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's lease: beats to every other node, answers theirs, signs the roll, and says in {@link Lease} what
 * follows. Gives up other nodes whose lease is over. Serves clients only while no node outside its cluster does so on
 * the same store. One instance a node, everything on its context. A cluster of one beats to nobody, and signs half as
 * often.
 */
public final class LeaseVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseVerticle.class);

    /** A lease has this many beats, so that it takes the loss of many in a row to be taken for dead. */
    private static final int BEATS = 10;

    /**
     * In the time of one beat the leases of the others are looked over this often: whoever waits for a silent node
     * waits for this too.
     */
    private static final int LOOKS = 5;

    /** An answer that took longer than this many beats tells nothing of now. */
    private static final int PROMPT = 2;

    private final ClusterNode node;
    private final Roll roll;
    private final Lease lease;
    private final NodeLease state;
    private final SilentNodes silent;
    private final long beat;
    private final long period;
    private final String cluster;
    private final String place = Place.here();
    private final long length;
    private final Set<String> known = new HashSet<>();
    private final Promise<Void> serves = Promise.promise();
    private final MemberStores stores;
    private Map<String, Roll.Line> strangers = Map.of();
    private boolean serving;
    private long servingUntil;
    private boolean skipped;
    private NodeLease.Standing told = NodeLease.Standing.SOUND;
    private Runnable unlisten = () -> {};
    private boolean signing;

    /** Set when it strikes itself off the roll, which it is not to be on once more. */
    private boolean leaving;

    /**
     * Keeps that node's lease.
     *
     * @param cluster the name and address of its cluster, for those outside it who use the same store
     * @param length how long the others wait for a silent node
     */
    public LeaseVerticle(ClusterNode node, Roll roll, Lease lease, String cluster, Duration length) {
        this.cluster = cluster;
        this.length = length.toMillis();
        this.stores = new MemberStores(node.id(), roll.store());
        this.node = node;
        this.roll = roll;
        this.lease = lease;
        this.state = new NodeLease(node.id(), length.toMillis(), now());
        this.beat = Math.max(1, length.toMillis() / BEATS);
        this.period = Math.max(1, beat / LOOKS);
        this.silent = new SilentNodes(length.toMillis(), period, now());
    }

    /** Monotonic milliseconds. */
    static long now() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public Future<?> start() {
        node.beats().hear(context, this::heard);
        // Whom the others have just left alone is not to act for anybody until its next turn.
        unlisten = node.onLost(context, lost -> {
            state.turn(others(), now());
            sign(); // whether the lost one lives, the roll tells; and that this one does
            look();
        });
        vertx.setPeriodic(beat, id -> turn());
        vertx.setPeriodic(period, id -> silent.look(node.silences(), now()).forEach(node::over));
        turn();
        return Future.succeededFuture();
    }

    /** Completes when this node first serves: no node outside its cluster does so on the same store. */
    public Future<Void> serves() {
        return serves.future();
    }

    /** Strikes this node from the roll, and says farewell, so that nobody takes it for cut off. */
    @Override
    public Future<?> stop() {
        unlisten.run();
        leaving = true;
        return roll.strike(node.id()).otherwiseEmpty().onSuccess(v -> sendAll(Beat.lastOf(node.id(), now())));
    }

    private void turn() {
        known.addAll(others());
        state.turn(others(), now());
        sendAll(Beat.of(node.id(), now(), roll.incarnation(), roll.store()));
        skipped = state.alone() && serving && !skipped;
        if (!skipped) {
            sign();
        }
        look();
    }

    private void sendAll(Beat beat) {
        others().forEach(other -> node.beats().send(other, beat));
    }

    private Set<String> others() {
        Set<String> others = new HashSet<>(node.nodes());
        others.remove(node.id());
        return others;
    }

    private void sign() {
        if (signing || leaving) {
            return;
        }
        signing = true;
        long asked = now();
        boolean sound = state.standing(asked) == NodeLease.Standing.SOUND;
        roll.sign(node.id(), new Roll.Line(0, length, sound, place, cluster))
                .compose(lines -> {
                    known.retainAll(lines.keySet()); // which the roll has forgotten needs no excuse any more
                    Map<String, Long> ages = new HashMap<>();
                    lines.forEach((name, line) -> ages.put(name, line.age()));
                    if (!state.alone()) {
                        state.roll(ages, asked, now());
                    }
                    return sound && !lines.get(node.id()).serving()
                            ? serve(lines)
                            : Future.succeededFuture(sound ? Map.<String, Roll.Line>of() : strangers);
                })
                .onComplete(signed -> {
                    signing = false;
                    if (signed.succeeded()) {
                        served(signed.result(), sound, asked);
                        look();
                    }
                });
    }

    /**
     * Members, present and former, are no strangers: what becomes of those is the lease's to say. Nor are processes
     * that have ended.
     */
    private Future<Map<String, Roll.Line>> serve(Map<String, Roll.Line> lines) {
        Set<String> own = new HashSet<>(known);
        own.addAll(others());
        lines.forEach((name, line) -> {
            if (Place.hasEnded(line.place())) {
                own.add(name);
            }
        });
        return roll.serve(node.id(), own);
    }

    private void served(Map<String, Roll.Line> found, boolean sound, long asked) {
        serving = sound && found.isEmpty();
        if (serving) {
            servingUntil = asked + length;
            serves.tryComplete();
        }
        if (!found.keySet().equals(strangers.keySet())) {
            if (found.isEmpty()) {
                LOG.info("no other cluster uses the store any more");
            } else {
                LOG.error(
                        "nodes outside this cluster use the same store: {}; this node serves nobody until they are gone or"
                                + " have joined: check cluster.name, cluster.members and firewalls",
                        named(found));
            }
        }
        strangers = Map.copyOf(found);
    }

    private static String named(Map<String, Roll.Line> lines) {
        return lines.entrySet().stream()
                .map(line -> line.getKey() + " (" + line.getValue().cluster() + ")")
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private void heard(Beat beat) {
        node.heardFrom(beat.from());
        if (beat.store().equals(roll.store())) {
            roll.heard(beat.incarnation());
        }
        stores.heard(beat.from(), beat.store());
        if (beat.isLast()) {
            state.farewell(beat.from());
        } else if (beat.isAnswer()) {
            long now = now();
            state.answered(beat.from(), beat.sent(), now);
            if (now - beat.sent() < PROMPT * this.beat) {
                node.answers(beat.from());
            }
            look();
        } else {
            node.beats().send(beat.from(), beat.answeredBy(node.id(), roll.incarnation(), roll.store()));
        }
    }

    private void look() {
        long now = now();
        Optional<String> sharing = strangers.isEmpty()
                ? stores.outvoted(others())
                : Optional.of("shared: nodes outside this cluster use it: " + named(strangers));
        NodeLease.Standing standing = sharing.isEmpty() ? state.standing(now) : NodeLease.Standing.GIVEN_UP;
        lease.found(
                standing,
                state.alone() ? Long.MAX_VALUE : now + state.limit(),
                servingUntil,
                state.certain(now),
                sharing);
        if (standing != told) {
            told = standing;
            say(standing);
        }
    }

    private static void say(NodeLease.Standing standing) {
        switch (standing) {
            case SOUND -> LOG.info("this node is in touch with the cluster again");
            case DOUBTFUL ->
                LOG.warn("this node hears nothing of others, or stood still; it grants and writes nothing until it"
                        + " knows more");
            case GIVEN_UP ->
                LOG.warn("this node is cut off, stood still for longer than its lease, or shares its store with another"
                        + " cluster; it sends its clients to the other nodes until it is back");
        }
    }
}
