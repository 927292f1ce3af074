package dev.baton.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of this process: reads the files and the surroundings, and leaves what they mean to the loader. */
public final class SettingsFiles {

    private static final String FILE = "conf/config.json";

    /** A name that is there twice would hide one of its values. */
    private static final JsonFactory STRICT = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Editors of Windows begin a file with it. */
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private SettingsFiles() {}

    /**
     * The settings that this process was given.
     *
     * @param conf the launcher's {@code -conf}: JSON text, or the path of a file of it
     * @param directory where {@code conf/config.json} may be
     * @throws SettingsException on any mistake in them; the message is the one line to show
     */
    public static Settings load(Optional<String> conf, Path directory) {
        Map<String, String> properties = new HashMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return SettingsLoader.load(
                standardFile(directory.resolve(FILE)),
                conf.map(value -> option("-conf", value)).orElseGet(JsonObject::new),
                withFiles(System.getenv()),
                properties);
    }

    /**
     * The environment with the content of the files that {@code BATON_…_FILE} names in place of the names, for each key
     * that is a secret: an environment is seen by more eyes than a file that its platform mounts.
     *
     * @throws SettingsException when such a file cannot be read, or the secret is set both ways
     */
    static Map<String, String> withFiles(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        Keys.ALL.stream().filter(Key::secret).map(Key::environment).forEach(name -> {
            String path = all.remove(name + "_FILE");
            if (path == null || path.isEmpty()) {
                return;
            }
            if (!all.getOrDefault(name, "").isEmpty()) {
                throw new SettingsException(name + " and " + name + "_FILE are both set; set one of them");
            }
            all.put(name, secret(name + "_FILE", path));
        });
        return all;
    }

    /** Without the line break at the end that most editors leave. */
    private static String secret(String name, String path) {
        String content;
        try {
            content = Files.readString(Path.of(path)).replaceFirst("\\R\\z", "");
        } catch (IOException | InvalidPathException e) {
            throw new SettingsException(
                    name + ": " + Messages.quote(path) + " cannot be read; is it there, and may this user read it?");
        }
        if (content.isEmpty()) {
            throw new SettingsException(name + ": " + Messages.quote(path) + " is empty");
        }
        return content;
    }

    /**
     * The JSON object that an option of the launcher stands for. The launcher itself passes over what it cannot read.
     *
     * @param option its name, for the message
     * @param value JSON text, or the path of a file of it
     * @throws SettingsException when it is neither
     */
    public static JsonObject option(String option, String value) {
        if (value.stripLeading().startsWith("{")) {
            return parse(option, value);
        }
        try {
            return parse(option + " " + value, Files.readString(Path.of(value)));
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new SettingsException(
                    option + ": there is no file " + Messages.quote(value) + "; allowed: a file of JSON, or JSON text");
        } catch (IOException e) {
            throw unreadable(option + " " + value);
        }
    }

    private static JsonObject standardFile(Path path) {
        try {
            return parse(FILE, Files.readString(path));
        } catch (NoSuchFileException e) {
            return new JsonObject();
        } catch (IOException e) {
            throw unreadable(FILE);
        }
    }

    private static SettingsException unreadable(String source) {
        return new SettingsException(
                source + " cannot be read; is it a file of UTF-8 text, and may this user read it?");
    }

    /** The text of a mistake is not repeated: it may be part of a secret. */
    private static JsonObject parse(String source, String given) {
        String text = given.startsWith(BYTE_ORDER_MARK) ? given.substring(1) : given;
        try (JsonParser parser = STRICT.createParser(text)) {
            while (parser.nextToken() != null) {
                // Reading it all is the check.
            }
        } catch (StreamConstraintsException e) {
            throw new SettingsException(source
                    + " is nested too deeply, or holds a name or number that is too long, to be" + " a configuration");
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String what = String.valueOf(e.getOriginalMessage()).startsWith("Duplicate field")
                    ? "has a name twice"
                    : "is not JSON";
            throw new SettingsException(
                    source + " " + what + " at line " + at.getLineNr() + ", column " + at.getColumnNr());
        } catch (IOException e) {
            throw unreadable(source);
        }
        try {
            return new JsonObject(text);
        } catch (DecodeException e) {
            throw new SettingsException(source + " is not a JSON object: it has to start with { and end with }");
        }
    }

    /** One line for each key, for the command line's help: name, environment variable, default, what is allowed. */
    public static List<String> manual() {
        return Keys.ALL.stream()
                .map(key -> "  %-28s %-36s %s%n      %s"
                        .formatted(
                                key.name(),
                                key.environment(),
                                key.standard().orElse("-"),
                                key.meaning().replace("`", "")))
                .toList();
    }
}
