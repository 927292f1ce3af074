package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share one SQLite file and are killed with SIGKILL while they write. */
class KilledNodeIT {
    private static final int DOCUMENTS = 8;

    /** What a process said was acknowledged. */
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();

    private final List<Process> processes = new ArrayList<>();
    private final List<Thread> listeners = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void killAll() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void every_acknowledged_update_is_in_the_log_exactly_once_after_kills() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 4; round++) {
            Process first = start("first" + round);
            Process second = start("second" + round);
            int before = acknowledged.size();
            int goal = before + 500 + random.nextInt(1_000);
            await().atMost(60, TimeUnit.SECONDS).until(() -> acknowledged.size() > goal);
            first.destroyForcibly().waitFor();
            int alone = acknowledged.size() + 100;
            await().atMost(60, TimeUnit.SECONDS).until(() -> acknowledged.size() > alone);
            second.destroyForcibly().waitFor();
        }
        for (Thread listener : listeners) {
            listener.join();
        }
        verify();
    }

    private void verify() {
        Vertx vertx = Vertx.vertx();
        DocumentLog log = get(DocumentLogs.open(vertx, LogSettings.of(url(), Optional.empty(), Optional.empty())));
        Map<String, Long> stored = new HashMap<>();
        for (int d = 0; d < DOCUMENTS; d++) {
            List<Entry> entries = Writers.all(log, "doc" + d);
            long epoch = 0;
            for (int i = 0; i < entries.size(); i++) {
                Entry entry = entries.get(i);
                assertThat(entry.seq()).isEqualTo(i + 1L);
                assertThat(entry.epoch()).isGreaterThanOrEqualTo(epoch);
                epoch = entry.epoch();
                if (entry.kind() == Kind.UPDATE) {
                    String key = "doc" + d + " " + epoch + " " + entry.session() + " " + entry.id();
                    assertThat(stored.put(key, entry.seq())).as(key).isNull();
                }
            }
        }
        assertThat(acknowledged).hasSizeGreaterThan(2_000);
        for (String line : acknowledged) {
            int last = line.lastIndexOf(' ');
            assertThat(stored).containsEntry(line.substring(0, last), Long.parseLong(line.substring(last + 1)));
        }
        get(log.close());
        get(vertx.close());
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("baton.db");
    }

    private Process start(String name) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AppendingNode.class.getName(),
                        url(),
                        name,
                        Integer.toString(DOCUMENTS))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(process);
        Thread listener = new Thread(() -> listen(process), "listener");
        listener.start();
        listeners.add(listener);
        return process;
    }

    /** A line that was cut off by the kill does not count: it has no seq to be held to. */
    private void listen(Process process) {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            StringBuilder line = new StringBuilder();
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c != '\n') {
                    line.append((char) c);
                } else {
                    if (line.indexOf("ack ") == 0) {
                        acknowledged.add(line.substring("ack ".length()));
                    }
                    line.setLength(0);
                }
            }
        } catch (IOException e) {
            // The process is gone.
        }
    }
}
