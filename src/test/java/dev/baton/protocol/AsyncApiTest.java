package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The description for machines says of each message what the manual's examples, which are compared with the code, say
 * of it.
 */
class AsyncApiTest {
    private final JsonObject api = new JsonObject(Files.readString(Path.of("src/main/resources/web/asyncapi.json")));
    private final ProtocolPage page = new ProtocolPage();

    AsyncApiTest() throws IOException {}

    private List<JsonObject> messages(String operation) {
        return api.getJsonObject("operations").getJsonObject(operation).getJsonArray("messages").stream()
                .map(reference -> ((JsonObject) reference).getString("$ref"))
                .map(reference -> follow(api, follow(api, reference).getString("$ref")))
                .toList();
    }

    private static JsonObject follow(JsonObject from, String reference) {
        JsonObject at = from;
        for (String step : List.of(reference.substring(2).split("/", -1))) {
            at = at.getJsonObject(step);
            assertThat(at).as(reference).isNotNull();
        }
        return at;
    }

    private static List<JsonObject> examplesOf(JsonObject message, Collection<JsonObject> examples) {
        return examples.stream()
                .filter(example -> example.getString("type").equals(message.getString("name")))
                .toList();
    }

    private void describes(String operation, Collection<JsonObject> examples) {
        for (JsonObject message : messages(operation)) {
            JsonObject payload = message.getJsonObject("payload");
            JsonArray required = payload.getJsonArray("required");
            JsonObject properties = payload.getJsonObject("properties");
            List<JsonObject> shown = examplesOf(message, examples);
            assertThat(shown).as("examples of " + message.getString("name")).isNotEmpty();
            for (JsonObject example : shown) {
                assertThat(properties.fieldNames()).as(example.encode()).containsAll(example.fieldNames());
                assertThat(example.fieldNames())
                        .as(example.encode())
                        .containsAll(required.stream().map(String::valueOf).toList());
            }
        }
        assertThat(examples.stream().map(example -> example.getString("type")))
                .isSubsetOf(messages(operation).stream()
                        .map(message -> message.getString("name"))
                        .toList());
    }

    @Test
    void everythingThatAClientSaysIsDescribed() {
        describes("say", page.asked().stream().map(JsonObject::new).toList());
    }

    @Test
    void everythingThatANodeTellsIsDescribed() {
        describes("tell", page.answered());
    }

    @Test
    void theErrorsAreThoseThatANodeKnows() {
        JsonArray codes = follow(api, "#/components/messages/error/payload/properties/code")
                .getJsonArray("enum");
        assertThat(codes.stream().map(String::valueOf))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::word).toList());
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        references(api).forEach(reference -> follow(api, reference));
        assertThat(references(api)).hasSizeGreaterThan(50);
    }

    private static Stream<String> references(Object part) {
        if (part instanceof JsonObject object) {
            return object.stream()
                    .flatMap(field -> field.getKey().equals("$ref")
                            ? Stream.of(String.valueOf(field.getValue()))
                            : references(field.getValue()));
        }
        return part instanceof JsonArray array ? array.stream().flatMap(AsyncApiTest::references) : Stream.empty();
    }
}
