package dev.baton.log;

import static dev.baton.log.Futures.failure;
import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.log.LogException.Reason;
import io.vertx.core.Vertx;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentLogsTest {
    private static Vertx vertx;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() {
        get(vertx.close());
    }

    @Test
    void a_url_of_another_database_is_refused_with_what_is_allowed() {
        assertThat(opening("jdbc:mysql://localhost/baton?password=hunter2"))
                .contains("store.url", "jdbc:sqlite:", "jdbc:postgresql:")
                .doesNotContain("hunter2");
    }

    @Test
    void a_url_the_driver_does_not_understand_is_refused_without_repeating_its_secrets() {
        assertThat(opening("jdbc:postgresql://localhost:notaport/baton?password=hunter2"))
                .contains("store.url", "jdbc:postgresql://localhost:notaport/baton")
                .doesNotContain("hunter2");
    }

    @Test
    void a_server_that_is_not_there_is_named() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertThat(opening("jdbc:postgresql://127.0.0.1:" + free + "/baton?password=hunter2"))
                .contains("store.url", "127.0.0.1:" + free, "nothing answers there")
                .doesNotContain("hunter2");
        assertThat(opening("jdbc:postgresql://no-such-host.invalid/baton")).contains("its host is not known");
    }

    @Test
    void a_folder_that_cannot_be_made_is_named() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertThat(opening("jdbc:sqlite:" + file + "/baton.db")).contains("store.url", "folder cannot be made");
    }

    @Test
    void a_file_that_is_no_database_is_left_alone() throws Exception {
        String text = "no database, but somebody's letters. ".repeat(200);
        Path file = Files.writeString(folder.resolve("letters.txt"), text);
        assertThat(opening("jdbc:sqlite:" + file)).contains("store.url", "letters.txt", "not a database");
        assertThat(Files.readString(file)).isEqualTo(text);
    }

    @Test
    void a_store_in_memory_is_refused() {
        assertThat(opening("jdbc:sqlite::memory:")).contains("store.url", "must name a file");
        assertThat(opening("jdbc:sqlite:")).contains("store.url", "must name a file");
        assertThat(opening("jdbc:sqlite:file:x?mode=memory")).contains("store.url", "must name a file");
    }

    @Test
    void settings_never_show_a_secret() {
        LogSettings settings = LogSettings.of(
                "jdbc:postgresql://me:hunter1@localhost/baton?password=hunter2",
                Optional.of("me"),
                Optional.of("hunter3"));
        assertThat(settings.toString()).contains("localhost/baton").doesNotContain("hunter");
    }

    @Test
    void settings_that_would_stop_the_log_are_refused() {
        LogSettings settings = LogSettings.of("jdbc:sqlite:x", Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> settings.withQueue(0, 1)).hasMessageContaining("queueCount must be at least 1");
        assertThatThrownBy(() -> settings.withPatience(Duration.ZERO)).hasMessageContaining("patience");
    }

    private static String opening(String url) {
        LogException failure = failure(DocumentLogs.open(
                vertx,
                LogSettings.of(url, Optional.of("me"), Optional.of("hunter2")).withPatience(Duration.ofSeconds(1))));
        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        return failure.getMessage();
    }
}
