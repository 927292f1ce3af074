package dev.baton.client;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts snapshots together that come in parts. Until one is complete, what comes in for its document is held back, so
 * that everything is told in the order in which it was said. Confined to the client's context.
 */
final class SnapshotParts {
    private final Map<String, Held> held = new HashMap<>();

    /** A {@code joined} whose snapshot is on its way, and what came in behind it. */
    private static final class Held {
        private final JsonObject joined;
        private final int parts;
        private final StringBuilder text = new StringBuilder();
        private final List<JsonObject> behind = new ArrayList<>();
        private int last;

        Held(JsonObject joined, int parts) {
            this.joined = joined;
            this.parts = parts;
        }
    }

    /** Takes a frame that has come in; gives those that are to be told now, in order. */
    List<JsonObject> take(JsonObject frame) {
        if (!(frame.getValue("document") instanceof String document)) {
            return List.of(frame);
        }
        Object type = frame.getValue("type");
        Held before = held.get(document);
        if ("snapshot-part".equals(type)) {
            return before == null ? List.of() : part(document, before, frame);
        }
        if ("joined".equals(type) || "left".equals(type)) {
            List<JsonObject> now = new ArrayList<>();
            if (before != null) {
                held.remove(document);
                now.add(failed(before.joined, "the document was joined again, or left, before its snapshot had come"));
            }
            if (frame.getValue("snapshot") instanceof JsonObject snapshot
                    && snapshot.getValue("parts") instanceof Number parts) {
                held.put(document, new Held(frame, parts.intValue()));
            } else {
                now.add(frame);
            }
            return now;
        }
        if (before != null) {
            before.behind.add(frame);
            return List.of();
        }
        return List.of(frame);
    }

    private List<JsonObject> part(String document, Held before, JsonObject frame) {
        boolean next = frame.getValue("part") instanceof Number part && part.intValue() == before.last + 1;
        if (!next || !(frame.getValue("data") instanceof String piece)) {
            return end(document, before, failed(before.joined, "the parts of the snapshot do not follow each other"));
        }
        before.last++;
        before.text.append(piece);
        if (before.last < before.parts) {
            return List.of();
        }
        Object data;
        try {
            data = Json.decodeValue(before.text.toString());
        } catch (DecodeException notJson) {
            return end(document, before, failed(before.joined, "the parts of the snapshot make no JSON"));
        }
        JsonObject snapshot = before.joined.getJsonObject("snapshot");
        snapshot.remove("parts");
        snapshot.put("data", data);
        return end(document, before, before.joined);
    }

    private List<JsonObject> end(String document, Held before, JsonObject first) {
        held.remove(document);
        List<JsonObject> now = new ArrayList<>(List.of(first));
        now.addAll(before.behind);
        return now;
    }

    /** The failure for the caller that waits for this {@code joined}. */
    private static JsonObject failed(JsonObject joined, String message) {
        JsonObject error =
                new JsonObject().put("type", "error").put("code", "internal").put("message", message);
        if (joined.getValue("ref") != null) {
            error.put("ref", joined.getValue("ref"));
        }
        return error;
    }
}
