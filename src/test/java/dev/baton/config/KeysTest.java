package dev.baton.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class KeysTest {

    @Test
    void everyDefaultIsAllowedAndReadsBackAsItself() {
        assertThat(Keys.ALL).isNotEmpty().allSatisfy(key -> {
            assertThat(key.text(Settings.defaults())).isEqualTo(key.standard());
            assertThat(key.meaning()).endsWith(".").doesNotContain("|");
        });
    }

    @Test
    void everyKeyReachesTheComponentOfItsName() {
        for (Key<?> key : Keys.ALL) {
            String other = another(key);
            Map<String, String> values = new HashMap<>(Map.of(key.name(), other));
            if (key.name().endsWith("interval")) {
                values.put(key.name().replace("interval", "timeout"), "2h");
            }
            if (key.name().startsWith("http.tls.")) {
                values.putIfAbsent("http.tls.certificate", "certificate.pem");
                values.putIfAbsent("http.tls.key", "key.pem");
            }
            if (key.equals(Keys.AUTH_MODE)) {
                values.put("auth.jwt-jwks", "keys.json");
            }

            assertThat(key.text(Settings.of(values))).as(key.name()).contains(other);
        }
    }

    /** A value other than the default that goes with the defaults of the rest. */
    private static String another(Key<?> key) {
        return Stream.of(
                        "localhost",
                        "jwt",
                        "json",
                        "*",
                        "23s",
                        "1m",
                        "96KiB",
                        "17",
                        "2MiB",
                        "10.0.0.0/8",
                        "jdbc:sqlite:x",
                        "x".repeat(32))
                .filter(text -> key.kind().parse().apply(text).isPresent())
                .filter(text -> !key.name().equals("limits.unread") || text.equals("2MiB"))
                .filter(text -> !key.name().matches("limits\\.(update-data|hello-size)")
                        || text.equals("17")
                        || text.equals("96KiB"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no other value for " + key.name()));
    }

    @Test
    void theManualsTableIsThisTable() throws IOException {
        StringBuilder table =
                new StringBuilder("| key | environment | default | allowed | meaning |\n|---|---|---|---|---|\n");
        Keys.ALL.forEach(key -> table.append("| `%s` | `%s` | %s | %s | %s |%n"
                .formatted(
                        key.name(),
                        key.environment(),
                        key.standard().map(text -> "`" + text + "`").orElse("–"),
                        key.kind().allowed(),
                        key.meaning())));

        assertThat(Files.readString(Path.of("src/site/markdown/configuration.md")))
                .as("the table in the manual; this is what it has to be:%n%s", table)
                .contains(table);
    }

    @Test
    void theExampleFileChangesNothing() throws IOException {
        JsonObject example = new JsonObject(Files.readString(Path.of("conf/config.json")));

        assertThat(example.isEmpty()).isFalse();
        assertThat(Settings.fromJson(example)).isEqualTo(Settings.defaults());
        assertThat(example.encode()).as("would count as set explicitly").doesNotContain("auth", "members");
    }

    @Property
    void everyDurationReadsBackAsItself(@ForAll @LongRange(min = 0, max = 86_400_000) long millis) {
        Duration duration = Duration.ofMillis(millis);
        String text = Kinds.writeDuration(duration);

        assertThat(Kinds.duration("0s", "24h").parse().apply(text)).contains(duration);
    }

    @Property
    void everySizeReadsBackAsItself(@ForAll @IntRange(min = 0, max = 1 << 30) int bytes) {
        Kind<Integer> size = Kinds.size("0B", "1GiB");

        assertThat(size.write().apply(bytes).flatMap(size.parse())).contains(bytes);
        assertThat(size.parse().apply(bytes + "B")).contains(bytes);
    }

    @Property
    void noTextBreaksAKind(@ForAll String text) {
        assertThat(Keys.ALL)
                .allSatisfy(key -> assertThat(key.kind().parse().apply(text)).isNotNull());
        assertThat(Messages.quote(text).chars().filter(c -> c == '\n' || c == '\r'))
                .isEmpty();
    }

    @Property
    void theNearestNameToANameIsItself(@ForAll @IntRange(min = 0, max = 40) int index) {
        String name = Keys.ALL.get(index % Keys.ALL.size()).name();

        assertThat(Messages.nearest(name, Keys.BY_NAME.keySet())).contains(name);
        assertThat(Messages.nearest(name.toUpperCase(Locale.ROOT), Keys.BY_NAME.keySet()))
                .contains(name);
        assertThat(Messages.nearest(name + "s", Keys.BY_NAME.keySet())).isPresent();
    }
}
