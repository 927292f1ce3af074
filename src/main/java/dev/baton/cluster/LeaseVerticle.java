package dev.baton.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's lease: beats to every other node, answers theirs, signs the roll, and says in {@link Lease} what
 * follows. Gives up other nodes whose lease is over. One instance a node, everything on its context. A cluster of one beats to
 * nobody and signs nothing.
 */
public final class LeaseVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseVerticle.class);

    /** A lease has this many beats, so that it takes the loss of many in a row to be taken for dead. */
    private static final int BEATS = 10;

    /** In the time of one beat the leases of the others are looked over this often: whoever waits for a silent node waits for this too. */
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
    private NodeLease.Standing told = NodeLease.Standing.SOUND;
    private Runnable unlisten = () -> {};
    private boolean signing;

    /** Set when it strikes itself off the roll, which it is not to be on once more. */
    private boolean leaving;

    /** Keeps that node's lease; {@code length} is how long the others wait for a silent node. */
    public LeaseVerticle(ClusterNode node, Roll roll, Lease lease, Duration length) {
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

    /** Strikes this node from the roll, and says farewell, so that nobody takes it for cut off. */
    @Override
    public Future<?> stop() {
        unlisten.run();
        leaving = true;
        Future<?> struck = state.alone() ? Future.succeededFuture() : roll.strike(node.id());
        return struck.otherwiseEmpty().onSuccess(v -> sendAll(Beat.lastOf(node.id(), now())));
    }

    private void turn() {
        state.turn(others(), now());
        sendAll(Beat.of(node.id(), now(), roll.incarnation()));
        sign();
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
        if (signing || leaving || state.alone()) {
            return;
        }
        signing = true;
        long asked = now();
        roll.sign(node.id()).onComplete(signed -> {
            signing = false;
            if (signed.succeeded()) {
                state.roll(signed.result(), asked, now());
                look();
            }
        });
    }

    private void heard(Beat beat) {
        node.heardFrom(beat.from());
        roll.heard(beat.incarnation());
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
            node.beats().send(beat.from(), beat.answeredBy(node.id(), roll.incarnation()));
        }
    }

    private void look() {
        long now = now();
        NodeLease.Standing standing = state.standing(now);
        lease.found(standing, state.alone() ? Long.MAX_VALUE : now + state.limit(), state.certain(now));
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
                LOG.warn("this node is cut off, or stood still for longer than its lease; it sends its clients to the"
                        + " other nodes until it is back");
        }
    }
}
