package dev.baton.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Writes one JSON object to a string. Short-lived; confined to the thread that made it. */
final class JsonText {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** Something that writes fields and may find that the writer below it fails; a string's never does. */
    @FunctionalInterface
    interface Part {
        void write(JsonGenerator json) throws IOException;
    }

    private JsonText() {}

    /** A whole object with the given fields. */
    static String object(Part fields) {
        StringWriter text = new StringWriter(256);
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    /** A frame of a type, with the {@code ref} of the request it answers. */
    static String frame(String type, Optional<Json> ref, Part fields) {
        return object(json -> {
            json.writeStringField("type", type);
            if (ref.isPresent()) {
                raw(json, "ref", ref.get());
            }
            fields.write(json);
        });
    }

    /** A field whose value passes through as it stands. */
    static void raw(JsonGenerator json, String name, Json value) throws IOException {
        json.writeFieldName(name);
        json.writeRawValue(value.text());
    }
}
