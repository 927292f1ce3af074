package dev.baton.room;

import dev.baton.cluster.Reader;
import dev.baton.presence.RosterKey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Clears the shared map of rosters that nobody will clear: those of nodes that died, and those that two parts of a
 * cluster brought back to each other when they met again. Each node looks at what it owns. Confined to the rooms'
 * context.
 */
final class RosterSweep {

    /** Rounds between two looks: what is left over harms nobody, it only lies there. */
    private static final int EVERY = 5;

    /** After the nodes have changed, so many looks ask the live nodes about their rosters too. */
    private static final int ASKING = 3;

    private final RoomServices on;
    private final RoomRegistry rooms;
    private final Reader reader;
    private Set<String> known = Set.of();
    private int round;
    private int asking;

    RosterSweep(RoomServices on, RoomRegistry rooms) {
        this.on = on;
        this.rooms = rooms;
        this.reader = on.node().reader();
    }

    /** One round; called every second. */
    void round() {
        if (++round % EVERY != 0) {
            return;
        }
        Set<String> nodes = on.node().nodes();
        if (!nodes.equals(known)) {
            known = nodes;
            asking = ASKING;
        }
        reader.read(() -> on.rosters().localKeySet()).onSuccess(keys -> look(keys, nodes));
    }

    private void look(Set<RosterKey> keys, Set<String> nodes) {
        Map<String, List<String>> byNode = new HashMap<>();
        for (RosterKey key : keys) {
            if (!nodes.contains(key.node())) {
                on.rosters().removeAsync(key);
            } else {
                byNode.computeIfAbsent(key.node(), node -> new ArrayList<>()).add(key.document());
            }
        }
        if (asking > 0) {
            asking--;
            byNode.forEach((node, documents) -> on.node()
                    .tell(
                            node,
                            RoomVerticle.ROSTERS_KEPT,
                            new JsonObject().put("documents", new JsonArray(documents))));
        }
    }

    /** Another node keeps rosters of this one, of those documents. */
    void kept(JsonObject message) {
        for (Object document : message.getJsonArray("documents")) {
            if (rooms.missing((String) document)) {
                on.rosters()
                        .removeAsync(new RosterKey((String) document, on.node().id()));
            }
        }
    }
}
