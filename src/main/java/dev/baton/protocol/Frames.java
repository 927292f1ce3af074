package dev.baton.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;

/** What a node says, each frame as the text that goes on the wire. Pure; any thread. */
public final class Frames {

    /**
     * What a joiner is told of the document's content.
     *
     * @param log the log's id
     * @param seq its head
     * @param recovered whether {@code entries} holds all since what the joiner had seen
     * @param snapshotSeq the seq of the snapshot, when there is one
     * @param snapshot its content; not looked at when that comes in parts
     * @param parts in how many parts the content of the snapshot follows, by {@link #snapshotPart}; 0 when it is here
     * @param entries what follows, in order
     */
    public record Content(
            String log,
            long seq,
            boolean recovered,
            OptionalLong snapshotSeq,
            Json snapshot,
            int parts,
            List<SeqEntry> entries) {

        /** With the whole snapshot, if there is one. */
        public Content(
                String log,
                long seq,
                boolean recovered,
                OptionalLong snapshotSeq,
                Json snapshot,
                List<SeqEntry> entries) {
            this(log, seq, recovered, snapshotSeq, snapshot, 0, entries);
        }
    }

    private Frames() {}

    /**
     * The answer to a {@code hello}.
     *
     * @param interval of pings, in milliseconds
     * @param timeout of the heartbeat, in milliseconds
     * @param grace how long a lock stays reserved for its holder, in milliseconds, by how the holder was lost
     * @param limits by name
     */
    public static String welcome(
            Optional<Json> ref,
            String session,
            String resume,
            boolean resumed,
            User user,
            String node,
            long interval,
            long timeout,
            SortedMap<String, Long> grace,
            SortedMap<String, Long> limits) {
        return JsonText.frame("welcome", ref, json -> {
            json.writeStringField("session", session);
            json.writeStringField("resume", resume);
            json.writeBooleanField("resumed", resumed);
            json.writeFieldName("user");
            write(json, user);
            json.writeStringField("node", node);
            json.writeObjectFieldStart("heartbeat");
            json.writeNumberField("interval", interval);
            json.writeNumberField("timeout", timeout);
            json.writeEndObject();
            writeNumbers(json, "grace", grace);
            writeNumbers(json, "limits", limits);
        });
    }

    /** The answer to a {@code join}. */
    public static String joined(
            Optional<Json> ref,
            Content content,
            Collection<Member> members,
            int count,
            RightsState rights,
            String you) {
        return JsonText.frame("joined", ref, json -> {
            json.writeStringField("document", rights.document());
            json.writeStringField("log", content.log());
            json.writeNumberField("seq", content.seq());
            json.writeBooleanField("recovered", content.recovered());
            json.writeFieldName("snapshot");
            if (content.snapshotSeq().isPresent()) {
                json.writeStartObject();
                json.writeNumberField("seq", content.snapshotSeq().getAsLong());
                if (content.parts() > 0) {
                    json.writeNumberField("parts", content.parts());
                } else {
                    JsonText.raw(json, "data", content.snapshot());
                }
                json.writeEndObject();
            } else {
                json.writeNull();
            }
            writeEntries(json, content.entries());
            writeMembers(json, "members", members, true);
            json.writeNumberField("count", count);
            json.writeObjectFieldStart("rights");
            write(json, rights, rights.placeOf(you), rights.positionOf(you));
            json.writeEndObject();
        });
    }

    /** The answer to a {@code leave}. */
    public static String left(Optional<Json> ref, String document) {
        return JsonText.frame("left", ref, json -> json.writeStringField("document", document));
    }

    /** The answer to a {@code remove}. */
    public static String removed(Optional<Json> ref, String document, String session) {
        return JsonText.frame("removed", ref, json -> {
            json.writeStringField("document", document);
            json.writeStringField("session", session);
        });
    }

    /** Who came, who went and who changed; {@code left} gives each session's cause. */
    public static String presence(
            String document,
            Collection<Member> joined,
            Map<String, String> left,
            Collection<Member> changed,
            int count) {
        return JsonText.frame("presence", Optional.empty(), json -> {
            json.writeStringField("document", document);
            writeMembers(json, "joined", joined, true);
            json.writeArrayFieldStart("left");
            for (Map.Entry<String, String> gone : left.entrySet()) {
                json.writeStartObject();
                json.writeStringField("session", gone.getKey());
                json.writeStringField("cause", gone.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            writeMembers(json, "changed", changed, false);
            json.writeNumberField("count", count);
        });
    }

    /**
     * Who holds the pen, for a member in the given place.
     *
     * @param position of that member among those who wait, from 1; 0 when it does not
     */
    public static String rights(Optional<Json> ref, RightsState rights, RightsState.Place you, int position) {
        return JsonText.frame("rights", ref, json -> {
            json.writeStringField("document", rights.document());
            write(json, rights, you, position);
        });
    }

    /** A piece of the text of the snapshot that {@code joined} spoke of; {@code part} from 1. */
    public static String snapshotPart(String document, int part, String piece) {
        return JsonText.frame("snapshot-part", Optional.empty(), json -> {
            json.writeStringField("document", document);
            json.writeNumberField("part", part);
            json.writeStringField("data", piece);
        });
    }

    /** Somebody asks the holder for the pen. */
    public static String requested(String document, long epoch, Member by, long within) {
        return JsonText.frame("requested", Optional.empty(), json -> {
            json.writeStringField("document", document);
            json.writeNumberField("epoch", epoch);
            json.writeFieldName("by");
            write(json, by, false);
            json.writeNumberField("within", within);
        });
    }

    /** New entries of the log, in order. */
    public static String entries(String document, List<SeqEntry> entries) {
        return JsonText.frame("entries", Optional.empty(), json -> {
            json.writeStringField("document", document);
            writeEntries(json, entries);
        });
    }

    /** One entry of the log, as it stands in {@code joined} and {@code entries}. */
    public static SeqEntry entry(LogEntry entry) {
        return new SeqEntry(entry.seq(), new Json(JsonText.object(json -> {
            json.writeNumberField("seq", entry.seq());
            json.writeStringField("kind", entry.kind());
            json.writeNumberField("epoch", entry.epoch());
            json.writeStringField("session", entry.session());
            JsonText.raw(json, "user", entry.user());
            json.writeStringField("id", entry.id());
            json.writeNumberField("at", entry.at());
            JsonText.raw(json, "data", entry.data());
        })));
    }

    /** A signal from a member. */
    public static String signal(String document, String session, Json data) {
        return JsonText.frame("signal", Optional.empty(), json -> {
            json.writeStringField("document", document);
            json.writeStringField("session", session);
            JsonText.raw(json, "data", data);
        });
    }

    /** The operation is in the log, for good. */
    public static String applied(Optional<Json> ref, String document, String id, long seq) {
        return JsonText.frame("applied", ref, json -> {
            json.writeStringField("document", document);
            json.writeStringField("id", id);
            json.writeNumberField("seq", seq);
        });
    }

    /** The snapshot was taken; it has no operation id. */
    public static String applied(Optional<Json> ref, String document, long seq) {
        return JsonText.frame("applied", ref, json -> {
            json.writeStringField("document", document);
            json.writeNumberField("seq", seq);
        });
    }

    /** The operation was not stored: the pen is elsewhere. */
    public static String fenced(
            Optional<Json> ref, String document, Optional<String> id, long epoch, Optional<Member> holder) {
        return JsonText.frame("fenced", ref, json -> {
            json.writeStringField("document", document);
            if (id.isPresent()) {
                json.writeStringField("id", id.get());
            }
            json.writeNumberField("epoch", epoch);
            json.writeFieldName("holder");
            writeHolder(json, holder);
        });
    }

    /** The holder is asked for the whole content as of now. */
    public static String snapshotWanted(String document, long seq) {
        return JsonText.frame("snapshot-wanted", Optional.empty(), json -> {
            json.writeStringField("document", document);
            json.writeNumberField("seq", seq);
        });
    }

    /** The answer to a {@code ping}. */
    public static String pong(Optional<Json> ref) {
        return JsonText.frame("pong", ref, json -> {});
    }

    /** What was wrong with a request; {@code retry} in milliseconds, where trying again makes sense. */
    public static String error(Optional<Json> ref, ErrorCode code, String message, OptionalLong retry) {
        return JsonText.frame("error", ref, json -> {
            json.writeStringField("code", code.word());
            json.writeStringField("message", message);
            if (retry.isPresent()) {
                json.writeNumberField("retry", retry.getAsLong());
            }
        });
    }

    /** What was wrong with a request, when trying again would not help. */
    public static String error(Optional<Json> ref, ErrorCode code, String message) {
        return error(ref, code, message, OptionalLong.empty());
    }

    private static void write(JsonGenerator json, RightsState rights, RightsState.Place you, int position)
            throws IOException {
        json.writeNumberField("epoch", rights.epoch());
        json.writeFieldName("holder");
        writeHolder(json, rights.holder());
        json.writeStringField("state", rights.state());
        if (rights.until().isPresent()) {
            json.writeNumberField("until", rights.until().getAsLong());
        }
        json.writeArrayFieldStart("queue");
        for (String session : rights.shown()) {
            json.writeString(session);
        }
        json.writeEndArray();
        json.writeNumberField("waiting", rights.queue().size());
        json.writeStringField("you", you.word());
        if (position > 0) {
            json.writeNumberField("position", position);
        }
        json.writeStringField("cause", rights.cause());
    }

    private static void writeNumbers(JsonGenerator json, String name, SortedMap<String, Long> numbers)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> number : numbers.entrySet()) {
            json.writeNumberField(number.getKey(), number.getValue());
        }
        json.writeEndObject();
    }

    private static void writeHolder(JsonGenerator json, Optional<Member> holder) throws IOException {
        if (holder.isPresent()) {
            write(json, holder.get(), false);
        } else {
            json.writeNull();
        }
    }

    private static void writeMembers(JsonGenerator json, String name, Collection<Member> members, boolean kept)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Member member : members) {
            write(json, member, kept);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Member member, boolean kept) throws IOException {
        json.writeStartObject();
        json.writeStringField("session", member.session());
        json.writeFieldName("user");
        write(json, member.user());
        json.writeStringField("mode", member.mode().word());
        json.writeNumberField("since", member.since());
        json.writeStringField("state", member.online() ? "online" : "offline");
        if (kept && !member.kept().isEmpty()) {
            JsonText.raw(json, "kept", new Json(member.kept()));
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, User user) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", user.id());
        json.writeStringField("name", user.name());
        json.writeEndObject();
    }

    private static void writeEntries(JsonGenerator json, List<SeqEntry> entries) throws IOException {
        json.writeArrayFieldStart("entries");
        for (SeqEntry entry : entries) {
            json.writeRawValue(entry.text().text());
        }
        json.writeEndArray();
    }
}
