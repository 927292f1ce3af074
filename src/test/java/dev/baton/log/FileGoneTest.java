package dev.baton.log;

import static dev.baton.log.Futures.failure;
import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.log.AppendResult.Applied;
import dev.baton.log.LogException.Reason;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody touches the file of an SQLite store under a running node. */
class FileGoneTest {
    @TempDir
    private Path folder;

    private Path data;
    private Vertx vertx;
    private DocumentLog log;

    @BeforeEach
    void open() throws IOException {
        vertx = Vertx.vertx();
        data = Files.createDirectories(folder.resolve("data"));
        log = get(DocumentLogs.open(vertx, settings()));
        get(log.append(message("first")));
    }

    @AfterEach
    void close() {
        get(log.close());
        get(vertx.close());
    }

    private LogSettings settings() {
        return LogSettings.of("jdbc:sqlite:" + data.resolve("baton.db"), Optional.empty(), Optional.empty());
    }

    @Test
    void nothing_is_acknowledged_while_the_file_is_elsewhere_and_everything_goes_on_when_it_is_put_back()
            throws Exception {
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(data, elsewhere);

        assertThat(failure(log.append(message("late"))).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(log.available()).isFalse();
        assertThat(log.obstacle()).hasValueSatisfying(what -> assertThat(what).startsWith("moved: "));
        assertThat(log.stats().refused()).containsEntry("moved", 1L);
        assertThat(data).as("nothing is made in its place").doesNotExist();

        Files.move(elsewhere, data);
        await().until(log::available);
        assertThat(get(log.append(message("late")))).isInstanceOf(Applied.class);
        assertThat(Writers.all(log, "doc")).extracting(Entry::id).containsExactly("first", "late");
    }

    @ParameterizedTest
    @ValueSource(strings = {"baton.db", "baton.db-wal"})
    void nothing_is_acknowledged_when_a_file_is_deleted(String name) throws Exception {
        Files.delete(data.resolve(name));

        assertThat(failure(log.append(message("late"))).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(log.obstacle()).hasValueSatisfying(what -> assertThat(what).startsWith("moved: "));
    }

    @Test
    void nothing_is_acknowledged_when_a_copy_was_put_in_the_files_place() throws Exception {
        Path copy = folder.resolve("copy");
        Files.copy(data.resolve("baton.db"), copy);
        Files.delete(data.resolve("baton.db"));
        Files.copy(copy, data.resolve("baton.db"));

        assertThat(failure(log.append(message("late"))).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(log.available()).isFalse();
    }

    @Test
    void an_idle_node_notices_that_its_file_is_gone() throws Exception {
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : List.copyOf(files.toList())) {
                Files.delete(file);
            }
        }
        await().until(() -> !log.available());
        assertThat(log.obstacle()).hasValueSatisfying(what -> assertThat(what).startsWith("moved: "));
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).as("nothing is made in its place").isEmpty();
        }
    }

    private static Append message(String id) {
        return new Append("doc", Kind.MESSAGE, 0, "cid", "{}", id, "1", 1);
    }
}
