package dev.baton.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/** Reads what a node says into records. Pure. Throws {@link Unreadable} at what is not as the protocol has it. */
final class FrameReader {

    /** A frame that is not as the protocol has it; says what was wrong. */
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    private FrameReader() {}

    /** The event in a frame that nobody asked for; empty when its type is not one of those. */
    static Optional<NodeEvent> event(JsonObject frame) {
        return switch (frame.getString("type", "")) {
            case "presence" -> Optional.of(presence(frame));
            case "joined" -> Optional.of(new NodeEvent.Reset(joined(frame)));
            case "rights" -> Optional.of(new NodeEvent.RightsChanged(rights(frame, text(frame, "document"))));
            case "requested" ->
                Optional.of(new NodeEvent.Requested(
                        text(frame, "document"),
                        number(frame, "epoch"),
                        member(object(frame, "by")),
                        number(frame, "within")));
            case "entries" ->
                Optional.of(new NodeEvent.Entries(text(frame, "document"), list(frame, "entries", FrameReader::entry)));
            case "signal" ->
                Optional.of(
                        new NodeEvent.Signal(text(frame, "document"), text(frame, "session"), frame.getValue("data")));
            case "snapshot-wanted" ->
                Optional.of(new NodeEvent.SnapshotWanted(text(frame, "document"), number(frame, "seq")));
            case "error" ->
                Optional.of(new NodeEvent.Failed(
                        text(frame, "code"), frame.getString("message", ""), optionalNumber(frame, "retry")));
            default -> Optional.empty();
        };
    }

    static Welcome welcome(JsonObject frame) {
        JsonObject heartbeat = object(frame, "heartbeat");
        return new Welcome(
                text(frame, "session"),
                text(frame, "resume"),
                frame.getBoolean("resumed", false),
                user(frame),
                frame.getString("node", ""),
                Duration.ofMillis(number(heartbeat, "interval")),
                Duration.ofMillis(number(heartbeat, "timeout")),
                grace(frame.getJsonObject("grace", new JsonObject())),
                frame.getJsonObject("limits", new JsonObject()));
    }

    /** A node that does not say keeps nothing reserved, as far as this client can count on it. */
    private static Welcome.Grace grace(JsonObject json) {
        return new Welcome.Grace(millis(json, "closed"), millis(json, "timeout"), millis(json, "node"));
    }

    private static Duration millis(JsonObject json, String key) {
        return Duration.ofMillis(optionalNumber(json, key).orElse(0));
    }

    static Joined joined(JsonObject frame) {
        String document = text(frame, "document");
        Optional<Snapshot> snapshot = Optional.ofNullable(frame.getJsonObject("snapshot"))
                .map(json -> new Snapshot(number(json, "seq"), json.getValue("data")));
        return new Joined(
                document,
                text(frame, "log"),
                number(frame, "seq"),
                frame.getBoolean("recovered", false),
                snapshot,
                list(frame, "entries", FrameReader::entry),
                list(frame, "members", FrameReader::member),
                (int) number(frame, "count"),
                rights(object(frame, "rights"), document));
    }

    static Rights rights(JsonObject json, String document) {
        return new Rights(
                document,
                number(json, "epoch"),
                holder(json),
                switch (text(json, "state")) {
                    case "held" -> Rights.State.HELD;
                    case "reserved" -> Rights.State.RESERVED;
                    case "free" -> Rights.State.FREE;
                    default -> throw new Unreadable("state is '" + text(json, "state") + "'");
                },
                optionalNumber(json, "until"),
                queue(json),
                (int) optionalNumber(json, "waiting").orElse(queue(json).size()),
                position(json),
                switch (text(json, "you")) {
                    case "holder" -> Rights.Place.HOLDER;
                    case "queued" -> Rights.Place.QUEUED;
                    case "viewer" -> Rights.Place.VIEWER;
                    default -> throw new Unreadable("you is '" + text(json, "you") + "'");
                },
                json.getString("cause", ""));
    }

    private static OptionalInt position(JsonObject json) {
        OptionalLong position = optionalNumber(json, "position");
        return position.isPresent() ? OptionalInt.of((int) position.getAsLong()) : OptionalInt.empty();
    }

    /** What became of an update or a snapshot: {@code applied} or {@code fenced}. */
    static Outcome outcome(JsonObject frame) {
        String document = text(frame, "document");
        String id = frame.getString("id", "");
        return switch (frame.getString("type", "")) {
            case "applied" -> new Outcome.Applied(document, id, number(frame, "seq"));
            case "fenced" -> new Outcome.Fenced(document, id, number(frame, "epoch"), holder(frame));
            default -> throw new Unreadable("answered by '" + frame.getString("type") + "'");
        };
    }

    static BatonException error(JsonObject frame) {
        return new BatonException(
                frame.getString("code", "internal"), frame.getString("message", ""), optionalNumber(frame, "retry"));
    }

    private static NodeEvent presence(JsonObject frame) {
        Map<String, String> left = new LinkedHashMap<>();
        for (JsonObject gone : list(frame, "left", Function.identity())) {
            left.put(text(gone, "session"), gone.getString("cause", ""));
        }
        return new NodeEvent.Presence(
                text(frame, "document"),
                list(frame, "joined", FrameReader::member),
                left,
                list(frame, "changed", FrameReader::member),
                (int) number(frame, "count"));
    }

    static Entry entry(JsonObject json) {
        return new Entry(
                number(json, "seq"),
                text(json, "kind"),
                number(json, "epoch"),
                json.getString("session", ""),
                json.getJsonObject("user") == null ? new User("", "") : user(json),
                json.getString("id", ""),
                number(json, "at"),
                json.getValue("data"));
    }

    private static Member member(JsonObject json) {
        return new Member(
                text(json, "session"),
                user(json),
                "edit".equals(json.getString("mode")) ? Mode.EDIT : Mode.VIEW,
                number(json, "since"),
                "online".equals(json.getString("state")),
                Optional.ofNullable(json.getValue("kept")));
    }

    private static Optional<Member> holder(JsonObject json) {
        return Optional.ofNullable(json.getJsonObject("holder")).map(FrameReader::member);
    }

    private static User user(JsonObject json) {
        JsonObject user = object(json, "user");
        return new User(text(user, "id"), user.getString("name", text(user, "id")));
    }

    private static List<String> queue(JsonObject json) {
        List<String> queue = new ArrayList<>();
        for (Object item : json.getJsonArray("queue", new JsonArray())) {
            if (!(item instanceof String session)) {
                throw new Unreadable("queue holds " + item);
            }
            queue.add(session);
        }
        return List.copyOf(queue);
    }

    private static <T> List<T> list(JsonObject json, String key, Function<JsonObject, T> read) {
        List<T> all = new ArrayList<>();
        for (Object item : json.getJsonArray(key, new JsonArray())) {
            if (!(item instanceof JsonObject object)) {
                throw new Unreadable(key + " holds " + item);
            }
            all.add(read.apply(object));
        }
        return List.copyOf(all);
    }

    private static JsonObject object(JsonObject json, String key) {
        JsonObject value = json.getJsonObject(key);
        if (value == null) {
            throw new Unreadable(key + " is missing");
        }
        return value;
    }

    private static String text(JsonObject json, String key) {
        String value = json.getString(key);
        if (value == null) {
            throw new Unreadable(key + " is missing");
        }
        return value;
    }

    private static long number(JsonObject json, String key) {
        return optionalNumber(json, key).orElseThrow(() -> new Unreadable(key + " is missing"));
    }

    private static OptionalLong optionalNumber(JsonObject json, String key) {
        Number value = json.getNumber(key);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value.longValue());
    }
}
