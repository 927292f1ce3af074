package dev.baton.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads a text frame into a {@link ClientMessage}: one pass over the text, unknown fields skipped, the application's
 * data cut out as it stands. Immutable; any thread.
 */
public final class MessageReader {

    /** Deeper nesting than this is no message of ours; it bounds what a hostile frame can cost. */
    private static final int DEEPEST = 100;

    /** The longest operation id, session id or log id, in code points. */
    private static final int LONGEST_ID = 200;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    /** The most parts of one message. */
    public static final int MOST_PARTS = 4_096;

    /** The largest data of a signal that is kept, in bytes of UTF-8. */
    public static final int LARGEST_KEPT = 4_096;

    /** For data that was put together: one level less, as in a message, and strings of any length. */
    private static final JsonFactory DATA = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST - 1)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final int longestName;
    private final int largestData;
    private final int largestUpdate;
    private final int largestSnapshot;

    /**
     * A reader with these limits; data is measured in bytes of UTF-8.
     *
     * @param longestName that is shown of a user, in code points; a longer one is cut
     * @param largestData of {@code say} and {@code signal}
     * @param largestUpdate of {@code update}
     * @param largestSnapshot of {@code snapshot}
     */
    public MessageReader(int longestName, int largestData, int largestUpdate, int largestSnapshot) {
        this.longestName = longestName;
        this.largestData = largestData;
        this.largestUpdate = largestUpdate;
        this.largestSnapshot = largestSnapshot;
    }

    /** The same limit for all data but that of snapshots, which has none. */
    public MessageReader(int longestName, int largestData) {
        this(longestName, largestData, largestData, Integer.MAX_VALUE);
    }

    /** The most bytes of that message's data, put together. */
    public int largest(ClientMessage.Divided kind) {
        return kind == ClientMessage.Divided.UPDATE ? largestUpdate : largestSnapshot;
    }

    /**
     * The message that came in parts.
     *
     * @param last the last of them
     * @param text the data of all of them, joined
     * @throws BadMessage naming what was wrong, under the ref of the last part
     */
    public ClientMessage.OfDocument whole(ClientMessage.Part last, String text) throws BadMessage {
        Fields fields = new Fields(Map.of(), last.ref());
        if (Json.bytes(text) > largest(last.kind())) {
            throw fields.tooLarge(largest(last.kind()));
        }
        try (JsonParser parser = DATA.createParser(text)) {
            if (parser.nextToken() == null) {
                throw fields.bad("the data of all parts is empty");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw fields.bad("the data of all parts must be one JSON value");
            }
        } catch (JsonParseException notJson) {
            throw fields.bad("the data of all parts is no JSON, at character "
                    + notJson.getLocation().getCharOffset());
        } catch (IOException tooDeep) {
            throw fields.bad("the data of all parts is nested deeper than " + (DEEPEST - 1)
                    + ", or has a number or a name too long");
        }
        return last.whole(new Json(text));
    }

    /**
     * Reads one frame.
     *
     * @throws BadMessage naming what was wrong
     */
    public ClientMessage read(String text) throws BadMessage {
        Fields fields = new Fields(parse(text));
        String type = fields.text("type");
        if (type.isEmpty()) {
            throw fields.bad("type must not be empty");
        }
        return switch (type) {
            case "hello" ->
                new ClientMessage.Hello(
                        fields.ref, fields.optionalText("token"), user(fields), fields.optionalText("resume"));
            case "join" ->
                new ClientMessage.Join(
                        fields.ref,
                        fields.document(),
                        mode(fields),
                        fields.optionalSeq("after"),
                        fields.optionalId("log"));
            case "leave" -> new ClientMessage.Leave(fields.ref, fields.document());
            case "request" -> new ClientMessage.Request(fields.ref, fields.document());
            case "answer" ->
                new ClientMessage.Answer(
                        fields.ref,
                        fields.document(),
                        fields.seq("epoch"),
                        fields.id("session"),
                        fields.flag("accept"));
            case "release" ->
                new ClientMessage.Release(fields.ref, fields.document(), fields.seq("epoch"), fields.optionalId("to"));
            case "update" ->
                fields.divided()
                        ? part(fields, ClientMessage.Divided.UPDATE)
                        : new ClientMessage.Update(
                                fields.ref,
                                fields.document(),
                                fields.seq("epoch"),
                                fields.id("id"),
                                fields.optionalId("follows"),
                                fields.data(largestUpdate));
            case "handover" -> new ClientMessage.HandOver(fields.ref, fields.document(), fields.id("session"));
            case "remove" -> new ClientMessage.Remove(fields.ref, fields.document(), fields.id("session"));
            case "snapshot" ->
                fields.divided()
                        ? part(fields, ClientMessage.Divided.SNAPSHOT)
                        : new ClientMessage.Snapshot(
                                fields.ref,
                                fields.document(),
                                fields.seq("epoch"),
                                fields.seq("seq"),
                                fields.data(largestSnapshot));
            case "say" ->
                new ClientMessage.Say(fields.ref, fields.document(), fields.id("id"), fields.data(largestData));
            case "signal" -> signal(fields);
            case "bye" -> new ClientMessage.Bye(fields.ref);
            case "ping" -> new ClientMessage.Ping(fields.ref);
            default ->
                throw new BadMessage(ErrorCode.UNKNOWN_TYPE, "type '" + shown(type) + "' is not known", fields.ref);
        };
    }

    private ClientMessage signal(Fields fields) throws BadMessage {
        boolean keep = fields.optional("keep").isPresent() && fields.flag("keep");
        return new ClientMessage.Signal(
                fields.ref,
                fields.document(),
                fields.data(keep ? Math.min(LARGEST_KEPT, largestData) : largestData),
                keep);
    }

    private static ClientMessage part(Fields fields, ClientMessage.Divided kind) throws BadMessage {
        boolean update = kind == ClientMessage.Divided.UPDATE;
        long parts = fields.seq("parts");
        if (parts < 1 || parts > MOST_PARTS) {
            throw fields.bad("parts must lie between 1 and " + MOST_PARTS);
        }
        long part = fields.seq("part");
        if (part < 1 || part > parts) {
            throw fields.bad("part must lie between 1 and parts, which is " + parts);
        }
        return new ClientMessage.Part(
                fields.ref,
                fields.document(),
                kind,
                fields.seq("epoch"),
                update ? fields.id("id") : "",
                update ? 0 : fields.seq("seq"),
                (int) part,
                (int) parts,
                fields.text("data"));
    }

    private Optional<User> user(Fields fields) throws BadMessage {
        Optional<Token> given = fields.optional("user");
        if (given.isEmpty()) {
            return Optional.empty();
        }
        if (given.get().kind != JsonToken.START_OBJECT) {
            throw fields.bad("user must be an object with id and name");
        }
        Fields user = new Fields(parse(given.get().text), fields.ref);
        String id = user.text("id", "user.id");
        Optional<String> fault = Names.fault(id);
        if (fault.isPresent()) {
            throw user.bad("user.id " + fault.get());
        }
        String name = user.optional("name").isPresent() ? user.text("name", "user.name") : id;
        return Optional.of(new User(id, Names.shown(name, id, longestName)));
    }

    private static Mode mode(Fields fields) throws BadMessage {
        return switch (fields.text("mode")) {
            case "edit" -> Mode.EDIT;
            case "view" -> Mode.VIEW;
            default -> throw fields.bad("mode must be edit or view");
        };
    }

    private static String shown(String text) {
        String cut = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return cut.replaceAll("\\p{C}", "?");
    }

    /** The top-level fields of one JSON object, each as its own text. */
    private static Map<String, Token> parse(String text) throws BadMessage {
        Map<String, Token> fields = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadMessage(ErrorCode.BAD_MESSAGE, "a message is one JSON object", Optional.empty());
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken kind = parser.nextToken();
                int from = (int) parser.currentTokenLocation().getCharOffset();
                String plain = kind.isScalarValue() ? parser.getText() : "";
                parser.skipChildren();
                int to = kind.isScalarValue()
                        ? scalarEnd(text, from, kind)
                        : (int) parser.currentLocation().getCharOffset();
                fields.put(name, new Token(kind, plain, text.substring(from, to)));
            }
            if (parser.nextToken() != null) {
                throw new BadMessage(ErrorCode.BAD_MESSAGE, "a frame holds one JSON object only", Optional.empty());
            }
        } catch (JsonParseException notJson) {
            throw new BadMessage(
                    ErrorCode.BAD_MESSAGE,
                    "not JSON, at character " + notJson.getLocation().getCharOffset(),
                    Optional.empty());
        } catch (IOException tooDeep) {
            throw new BadMessage(
                    ErrorCode.BAD_MESSAGE,
                    "nested deeper than " + DEEPEST + ", or has a number or a name too long",
                    Optional.empty());
        }
        return fields;
    }

    private static int scalarEnd(String text, int from, JsonToken kind) {
        int at = from;
        if (kind == JsonToken.VALUE_STRING) {
            at++;
            while (text.charAt(at) != '"') {
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            return at + 1;
        }
        while (at < text.length() && ",}] \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    /** A value: its kind, its plain content when it is a scalar, and its text as it stood in the frame. */
    private record Token(JsonToken kind, String plain, String text) {}

    private static final class Fields {
        private final Map<String, Token> all;
        private final Optional<Json> ref;

        Fields(Map<String, Token> all) throws BadMessage {
            this.all = all;
            this.ref = readRef(all);
        }

        Fields(Map<String, Token> all, Optional<Json> ref) {
            this.all = all;
            this.ref = ref;
        }

        private static Optional<Json> readRef(Map<String, Token> all) throws BadMessage {
            Token ref = all.get("ref");
            if (ref == null || ref.kind == JsonToken.VALUE_NULL) {
                return Optional.empty();
            }
            boolean known = ref.kind == JsonToken.VALUE_STRING || ref.kind.isNumeric();
            if (!known || Names.length(ref.text) > LONGEST_ID) {
                throw new BadMessage(
                        ErrorCode.BAD_MESSAGE,
                        "ref must be a string or a number, of at most " + LONGEST_ID + " characters",
                        Optional.empty());
            }
            return Optional.of(new Json(ref.text));
        }

        BadMessage bad(String message) {
            return new BadMessage(ErrorCode.BAD_MESSAGE, message, ref);
        }

        Optional<Token> optional(String key) {
            return Optional.ofNullable(all.get(key)).filter(token -> token.kind != JsonToken.VALUE_NULL);
        }

        String text(String key) throws BadMessage {
            return text(key, key);
        }

        String text(String key, String path) throws BadMessage {
            Token token = optional(key).orElseThrow(() -> bad(path + " is missing"));
            if (token.kind != JsonToken.VALUE_STRING) {
                throw bad(path + " must be a string");
            }
            return token.plain;
        }

        Optional<String> optionalText(String key) throws BadMessage {
            return optional(key).isPresent() ? Optional.of(text(key)) : Optional.empty();
        }

        Optional<String> optionalId(String key) throws BadMessage {
            return optional(key).isPresent() ? Optional.of(id(key)) : Optional.empty();
        }

        String id(String key) throws BadMessage {
            String id = text(key);
            if (id.isEmpty() || Names.length(id) > LONGEST_ID) {
                throw bad(key + " must have 1 to " + LONGEST_ID + " characters");
            }
            if (id.codePoints().anyMatch(Fields::unstorable)) {
                throw bad(key + " must not hold U+0000 or half of a surrogate pair");
            }
            return id;
        }

        /** No store has an encoding for these. */
        private static boolean unstorable(int point) {
            return point == 0 || Character.getType(point) == Character.SURROGATE;
        }

        String document() throws BadMessage {
            String name = text("document");
            if (!DocumentName.isValid(name)) {
                throw new BadMessage(
                        ErrorCode.BAD_DOCUMENT,
                        "a document is named by 1 to " + DocumentName.LONGEST + " characters of A-Z a-z 0-9 . _ ~ / -",
                        ref);
            }
            return name;
        }

        long seq(String key) throws BadMessage {
            Token token = optional(key).orElseThrow(() -> bad(key + " is missing"));
            if (token.kind != JsonToken.VALUE_NUMBER_INT) {
                throw bad(key + " must be a whole number");
            }
            try {
                long value = Long.parseLong(token.plain);
                if (value >= 0) {
                    return value;
                }
            } catch (NumberFormatException tooLong) {
                throw bad(key + " must lie between 0 and 2^63-1");
            }
            throw bad(key + " must not be negative");
        }

        OptionalLong optionalSeq(String key) throws BadMessage {
            return optional(key).isPresent() ? OptionalLong.of(seq(key)) : OptionalLong.empty();
        }

        boolean flag(String key) throws BadMessage {
            Token token = optional(key).orElseThrow(() -> bad(key + " is missing"));
            if (!token.kind.isBoolean()) {
                throw bad(key + " must be true or false");
            }
            return token.kind == JsonToken.VALUE_TRUE;
        }

        Json data(int largest) throws BadMessage {
            Token token = all.get("data");
            if (token == null) {
                throw bad("data is missing");
            }
            Json data = new Json(token.text);
            if (data.bytes() > largest) {
                throw tooLarge(largest);
            }
            return data;
        }

        BadMessage tooLarge(int largest) {
            return new BadMessage(ErrorCode.TOO_LARGE, "data must not exceed " + largest + " bytes", ref);
        }

        /** Whether this is a part of something. */
        boolean divided() {
            return optional("part").isPresent() || optional("parts").isPresent();
        }
    }
}
