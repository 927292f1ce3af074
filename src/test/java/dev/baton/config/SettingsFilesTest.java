package dev.baton.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFilesTest {

    @TempDir
    Path directory;

    @Test
    void theStandardFileMayBeMissing() {
        assertThat(SettingsFiles.load(Optional.empty(), directory)).isEqualTo(Settings.defaults());
    }

    @Test
    void theOptionGoesOverTheStandardFileAndMayBeTextOrAFile() throws IOException {
        write("conf/config.json", "{\"cluster.name\":\"file\",\"cluster.minimum\":2}");
        Path other = write("other.json", "{\"cluster\":{\"name\":\"other\"}}");

        assertThat(SettingsFiles.load(Optional.of("{\"cluster.name\":\"text\"}"), directory)
                        .cluster())
                .satisfies(cluster -> {
                    assertThat(cluster.name()).isEqualTo("text");
                    assertThat(cluster.minimum()).isEqualTo(2);
                });
        assertThat(SettingsFiles.load(Optional.of(other.toString()), directory)
                        .cluster()
                        .name())
                .isEqualTo("other");
    }

    @Test
    void whatIsNotJsonIsNamedByPlaceAndNotRepeated() throws IOException {
        write("conf/config.json", "{\n  \"store.password\": hunter2\n}");

        refuses(Optional.empty(), "conf/config.json is not JSON at line 2, column 28");
        refuses(Optional.of("{\"a\""), "-conf is not JSON at line 1, column 5", false);
    }

    @Test
    void aNameThatIsThereTwiceIsRefused() throws IOException {
        Path file = write("twice.json", "{\"http.port\":1,\n\"http.port\":2}");

        refuses(Optional.of(file.toString()), "-conf " + file + " has a name twice at line 2, column 12", false);
    }

    @Test
    void whatIsNotAnObjectIsRefused() throws IOException {
        Path file = write("list.json", "[1]");

        refuses(
                Optional.of(file.toString()),
                "-conf " + file + " is not a JSON object: it has to start with { and end with }",
                false);
        refuses(
                Optional.of("{} {\"http.port\":1}"),
                "-conf is not a JSON object: it has to start with { and end with }",
                false);
    }

    @Test
    void aMissingFileThatWasNamedIsRefused() {
        refuses(
                Optional.of("no/such/file.json"),
                "-conf: there is no file \"no/such/file.json\"; allowed: a file of JSON, or JSON text");
    }

    @Test
    void aFileThatCannotBeReadIsRefused() throws IOException {
        Files.createDirectories(directory.resolve("conf/config.json"));

        refuses(
                Optional.empty(),
                "conf/config.json cannot be read; is it a file of UTF-8 text, and may this user read it?");
    }

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void refuses(Optional<String> conf, String message) {
        refuses(conf, message, true);
    }

    private void refuses(Optional<String> conf, String message, boolean withStandardFile) {
        assertThatThrownBy(
                        () -> SettingsFiles.load(conf, withStandardFile ? directory : directory.resolve("elsewhere")))
                .isInstanceOf(SettingsException.class)
                .hasMessage(message);
    }

    @Test
    void aFileThatBeginsWithAByteOrderMarkIsRead() throws IOException {
        Path file = Files.writeString(directory.resolve("bom.json"), "\ufeff{\"http\": {\"port\": 9000}}");

        assertThat(SettingsFiles.option("-conf", file.toString())
                        .getJsonObject("http")
                        .getInteger("port"))
                .isEqualTo(9000);
    }

    @Test
    void nestingWithoutEndIsNamedAndNoFailureOfTheReader() {
        String deep = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);

        assertThatThrownBy(() -> SettingsFiles.option("-conf", deep))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("-conf is nested too deeply");
        assertThatThrownBy(() -> SettingsFiles.option("-conf", "{\"a\":" + "[".repeat(100_000)))
                .isInstanceOf(SettingsException.class);
    }

    @Test
    void aSecretMayBeInAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "top secret\n");

        assertThat(SettingsFiles.withFiles(Map.of("BATON_STORE_PASSWORD_FILE", file.toString(), "OTHER", "x")))
                .containsExactlyInAnyOrderEntriesOf(Map.of("BATON_STORE_PASSWORD", "top secret", "OTHER", "x"));
    }

    @Test
    void aSecretsFileThatIsNotThereOrEmptyIsNamedAndSoIsASecretThatIsSetTwice() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        for (String path : List.of(directory.resolve("missing").toString(), empty.toString())) {
            assertThatThrownBy(() -> SettingsFiles.withFiles(Map.of("BATON_AUTH_JWT_SECRET_FILE", path)))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("BATON_AUTH_JWT_SECRET_FILE")
                    .hasMessageContaining(path);
        }
        assertThatThrownBy(() -> SettingsFiles.withFiles(
                        Map.of("BATON_STORE_PASSWORD", "x", "BATON_STORE_PASSWORD_FILE", empty.toString())))
                .hasMessage("BATON_STORE_PASSWORD and BATON_STORE_PASSWORD_FILE are both set; set one of them");
    }
}
