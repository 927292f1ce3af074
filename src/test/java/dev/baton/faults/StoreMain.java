package dev.baton.faults;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A PostgreSQL, as durable as in earnest, that other places may connect to; says its process id and runs until its
 * input ends.
 */
final class StoreMain {
    private StoreMain() {}

    /** The folder for the data and the port. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setPort(Integer.parseInt(args[1]))
                .setPGStartupWait(Duration.ofSeconds(60))
                .setServerConfig("listen_addresses", "*")
                .setServerConfig("max_connections", "200")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("wal_keep_size", "64MB")
                .setServerConfig("max_wal_size", "128MB")
                .setServerConfig("min_wal_size", "32MB")
                .start()) {
            String first = Files.readAllLines(folder.resolve("postmaster.pid")).get(0);
            System.out.println("store pid=" + first.strip());
            while (System.in.read() >= 0) {
                // until whoever started it lets go
            }
        }
    }
}
