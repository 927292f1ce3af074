package dev.baton.room;

import dev.baton.cluster.ClusterNode;
import dev.baton.presence.RoomRoster;
import dev.baton.presence.RosterDiff;
import dev.baton.presence.RosterKey;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the nodes that have members of one document tell each other of them. Each tells its own: all of it to a node
 * that it has not told before, and what changed from then on; and keeps it in a map, for those who come. Confined to
 * the rooms' context.
 */
final class RoomPeers {

    /** Why the members of a dead node are gone. */
    static final String NODE_LOST = "node-lost";

    /** How often a roster is written down of which nothing but kept signals has changed, in milliseconds. */
    private static final long KEEP_SIGNALS = 1_000;

    private final String document;
    private final RoomServices on;
    private final RoomRoster roster;
    private final RoomPen pen;
    private final Keeping keeping;
    private final Set<String> told = new HashSet<>();
    private boolean keepPlanned;
    private boolean withdrawn;

    RoomPeers(String document, RoomServices on, RoomRoster roster, RoomPen pen) {
        this.document = document;
        this.on = on;
        this.roster = roster;
        this.pen = pen;
        this.keeping =
                new Keeping(() -> ClusterNode.future(on.context(), on.rosters().setAsync(own(), roster.roster()))
                        .mapEmpty());
    }

    /** Learns who is in the document on the other nodes, from what each of them keeps. */
    Future<Void> load() {
        List<Future<Void>> loads = pen.peers().stream().map(this::load).toList();
        return Future.all(loads).mapEmpty();
    }

    private Future<Void> load(String peer) {
        return ClusterNode.future(on.context(), on.rosters().getAsync(new RosterKey(document, peer)))
                .map(Optional::ofNullable)
                .map(kept -> {
                    kept.ifPresent(found -> roster.load(peer, found));
                    return null;
                });
    }

    /** Keeps nothing of this node's any more. */
    Future<Void> withdraw() {
        withdrawn = true;
        return keeping.rest()
                .compose(v -> ClusterNode.future(on.context(), on.rosters().removeAsync(own())))
                .mapEmpty();
    }

    private RosterKey own() {
        return new RosterKey(document, on.node().id());
    }

    /** Takes over what another node says of its members; asks for all of it when a part is missing. */
    void apply(RosterDiff diff) {
        if (!roster.apply(diff)) {
            JsonObject wanted = new JsonObject()
                    .put("document", document)
                    .put("node", on.node().id());
            on.node().tell(diff.node(), RoomVerticle.ROSTER_WANTED, wanted);
        }
    }

    /** Tells the others what has become of this node's members since the last time, and keeps it unless told not to. */
    void tell(boolean keep) {
        boolean moved = roster.moved();
        Optional<RosterDiff> diff = roster.localDiff();
        for (String peer : pen.peers()) {
            if (!told.contains(peer)) {
                tellAll(peer);
            } else {
                diff.ifPresent(change -> on.node().tell(peer, RosterDiff.TYPE, change.toJson()));
            }
        }
        if (moved && keep) {
            keeping.keep();
        } else if (diff.isPresent() && keep) {
            keepSoon();
        }
    }

    /** Kept signals change often, and are written down for a node that is not told of them yet. */
    private void keepSoon() {
        if (!keepPlanned) {
            keepPlanned = true;
            on.vertx().setTimer(KEEP_SIGNALS, id -> {
                keepPlanned = false;
                if (!withdrawn) {
                    keeping.keep();
                }
            });
        }
    }

    /** Tells a node all of this node's members. */
    void tellAll(String peer) {
        told.add(peer);
        on.node().tell(peer, RosterDiff.TYPE, roster.whole().toJson());
    }

    /** Forgets the members of a node. */
    void forget(String node, String cause) {
        told.remove(node);
        roster.forget(node, cause);
    }

    /**
     * Only these nodes have members still. Of the others, one that lives has told of each that left, or will say so
     * when rosters are compared; the members of one that does not are forgotten.
     */
    void only(Collection<String> audience) {
        for (String node : List.copyOf(told)) {
            if (!audience.contains(node)) {
                told.remove(node);
                if (!on.node().nodes().contains(node)) {
                    forget(node, NODE_LOST);
                }
            }
        }
    }
}
