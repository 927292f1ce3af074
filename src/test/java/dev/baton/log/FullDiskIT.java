package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.junit.jupiter.api.Assumptions.abort;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of a PostgreSQL is full: that of its table of entries, a megabyte of memory. */
class FullDiskIT {
    @TempDir
    private Path folder;

    private Path disk;
    private Vertx vertx;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectories(folder.resolve("disk"));
        if (run("mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", disk.toString()) != 0) {
            System.out.println("Skipped: nothing can be mounted here");
            abort("nothing can be mounted here");
        }
        vertx = Vertx.vertx();
    }

    @AfterEach
    void unmount() throws Exception {
        if (vertx != null) {
            get(vertx.close());
            run("umount", disk.toString());
        }
    }

    @Test
    void a_server_whose_disk_is_full_is_unavailable_until_there_is_space_again() throws Exception {
        try (Postgres server = new Postgres(folder.resolve("server"))) {
            DocumentLog log = get(DocumentLogs.open(vertx, server.settings()));
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLESPACE small LOCATION '" + disk + "'");
                statement.execute("ALTER TABLE baton_entry SET TABLESPACE small");
                new Filling(log, "state 53100")
                        .verify(() -> statement.execute("ALTER TABLE baton_entry SET TABLESPACE pg_default"));
            }
            get(log.close());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command)).inheritIO().start();
        return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
}
