package dev.baton.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;

/**
 * Who is behind a session, as shown to others.
 *
 * @param id the stable name of the person, as {@link Names#fault} allows it
 * @param name what others read, as {@link Names#shown} makes it
 */
public record User(String id, String name) implements Serializable {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** The user that {@link #toJson} wrote. */
    public static User parse(String json) {
        String id = "";
        String name = "";
        try (JsonParser parser = FACTORY.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                String value = parser.nextTextValue();
                if (field.equals("id")) {
                    id = value;
                } else if (field.equals("name")) {
                    name = value;
                }
            }
        } catch (IOException notOurs) {
            throw new UncheckedIOException("not a user", notOurs);
        }
        return new User(id, name);
    }

    /** This user as JSON, as kept in the log. */
    public Json toJson() {
        return new Json(JsonText.object(json -> {
            json.writeStringField("id", id);
            json.writeStringField("name", name);
        }));
    }
}
