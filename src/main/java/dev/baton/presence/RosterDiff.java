package dev.baton.presence;

import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What changed in a node's roster between two versions, as it is told to the other nodes.
 *
 * @param document the document
 * @param node whose roster
 * @param from the version it builds on; 0 when it is the whole roster
 * @param to the version it leads to
 * @param put new or changed seats
 * @param gone sessions that left, each with its cause
 */
public record RosterDiff(String document, String node, long from, long to, List<Seat> put, Map<String, String> gone) {

    /** The type of the message that carries it. */
    public static final String TYPE = "roster";

    /** As a message to a node. */
    public JsonObject toJson() {
        JsonArray seats = new JsonArray();
        put.forEach(seat -> seats.add(new JsonObject()
                .put("session", seat.session())
                .put("id", seat.member().user().id())
                .put("name", seat.member().user().name())
                .put("edit", seat.member().mode() == Mode.EDIT)
                .put("since", seat.member().since())
                .put("online", seat.member().online())
                .put("kept", seat.member().kept())
                .put("generation", seat.generation())));
        JsonObject left = new JsonObject();
        gone.forEach(left::put);
        return new JsonObject()
                .put("document", document)
                .put("node", node)
                .put("from", from)
                .put("to", to)
                .put("put", seats)
                .put("gone", left);
    }

    /** What arrived. */
    public static RosterDiff of(JsonObject json) {
        List<Seat> put = new ArrayList<>();
        for (Object seat : json.getJsonArray("put")) {
            JsonObject one = (JsonObject) seat;
            put.add(new Seat(
                    new Member(
                            one.getString("session"),
                            new User(one.getString("id"), one.getString("name")),
                            one.getBoolean("edit") ? Mode.EDIT : Mode.VIEW,
                            one.getLong("since"),
                            one.getBoolean("online"),
                            one.getString("kept", "")),
                    one.getLong("generation")));
        }
        Map<String, String> gone = new LinkedHashMap<>();
        json.getJsonObject("gone").forEach(left -> gone.put(left.getKey(), (String) left.getValue()));
        return new RosterDiff(
                json.getString("document"),
                json.getString("node"),
                json.getLong("from"),
                json.getLong("to"),
                put,
                gone);
    }
}
