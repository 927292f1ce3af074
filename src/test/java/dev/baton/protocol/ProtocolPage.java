package dev.baton.protocol;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of the manual's page on the protocol, so that what it shows is what the code says. */
public final class ProtocolPage {
    private static final Path PAGE = Path.of("src/site/markdown/protocol.md");
    private static final Pattern EXAMPLE = Pattern.compile("```json\\n(.*?)\\n```", Pattern.DOTALL);
    private static final Set<String> ASKED = Set.of(
            "hello",
            "join",
            "leave",
            "request",
            "answer",
            "release",
            "handover",
            "remove",
            "update",
            "snapshot",
            "say",
            "bye",
            "ping");

    private final List<String> examples = new ArrayList<>();

    /** As the page is now. */
    public ProtocolPage() {
        try {
            Matcher matcher = EXAMPLE.matcher(Files.readString(PAGE));
            while (matcher.find()) {
                examples.add(matcher.group(1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a client says. */
    List<String> asked() {
        return examples.stream().filter(text -> isAsked(new JsonObject(text))).toList();
    }

    /** What a node says. */
    List<JsonObject> answered() {
        return examples.stream()
                .map(JsonObject::new)
                .filter(json -> json.containsKey("type") && !isAsked(json))
                .toList();
    }

    /** What is published on the bus. */
    public List<JsonObject> published() {
        return examples.stream()
                .map(JsonObject::new)
                .filter(json -> !json.containsKey("type"))
                .toList();
    }

    private static boolean isAsked(JsonObject json) {
        String type = json.getString("type", "");
        return ASKED.contains(type) || (type.equals("signal") && !json.containsKey("session"));
    }
}
