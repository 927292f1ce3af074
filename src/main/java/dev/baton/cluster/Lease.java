package dev.baton.cluster;

import io.vertx.core.Context;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What this node's lease allows, for whoever is about to grant, write or take a client in. Any thread; kept up to date
 * by the {@link LeaseVerticle}.
 */
public class Lease {

    private record GivenUp(Context context, Runnable action) {}

    /** An immutable view, so that what belongs together is read together. */
    private record View(
            NodeLease.Standing standing, long until, long servingUntil, int certain, Optional<String> sharing) {}

    private final int minimum;
    private final List<GivenUp> listeners = new CopyOnWriteArrayList<>();
    private volatile View view =
            new View(NodeLease.Standing.SOUND, Long.MAX_VALUE, Long.MAX_VALUE, 1, Optional.empty());

    /**
     * A lease that holds until something else is found; {@code minimum} is how many nodes it takes to write anything.
     */
    public Lease(int minimum) {
        this.minimum = minimum;
    }

    /** Whether this node may grant and acknowledge at this moment: it has not stood still, nor is it cut off. */
    public boolean sound() {
        View now = view;
        return now.standing() == NodeLease.Standing.SOUND && LeaseVerticle.now() <= now.until();
    }

    /** Whether as many nodes are certain to live as writing takes. */
    public boolean enoughNodes() {
        return view.certain() >= minimum;
    }

    /**
     * Whether this node may change anything that lasts: it is {@link #sound}, there are {@link #enoughNodes}, and its
     * word in the store that it serves still counts, so that no other cluster does.
     */
    public boolean mayWrite() {
        return sound() && enoughNodes() && serves();
    }

    /** Whether this node's word in the store that it serves still counts. */
    public boolean serves() {
        return LeaseVerticle.now() <= view.servingUntil();
    }

    /**
     * Why this node serves nobody on its store, in words: nodes outside its cluster serve on it, or the other members
     * use another one. Empty when neither is so.
     */
    public Optional<String> sharing() {
        return view.sharing();
    }

    /** Whether the others act for this node's sessions by now, as far as it can tell. */
    public boolean givenUp() {
        return view.standing() == NodeLease.Standing.GIVEN_UP;
    }

    /** Calls that action on that context each time this node gives itself up. */
    public void onGivenUp(Context context, Runnable action) {
        listeners.add(new GivenUp(context, action));
    }

    /** What was found, and until when it holds without being found again. */
    void found(NodeLease.Standing standing, long until, long servingUntil, int certain, Optional<String> sharing) {
        boolean before = givenUp();
        view = new View(standing, until, servingUntil, certain, sharing);
        if (givenUp() && !before) {
            listeners.forEach(listener ->
                    listener.context().runOnContext(v -> listener.action().run()));
        }
    }
}
