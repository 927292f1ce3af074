package dev.baton.faults;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL, as durable as in earnest, that other places may connect to; says its port and runs until its input ends. */
final class StoreMain {
    private StoreMain() {}

    /** The folder for the data is the one argument. */
    public static void main(String[] args) throws IOException, SQLException {
        Path folder = Path.of(args[0]);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setServerConfig("listen_addresses", "*")
                .setServerConfig("max_connections", "200")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start()) {
            Files.writeString(
                    folder.resolve("pg_hba.conf"), "host all all 10.77.0.0/16 trust\n", StandardOpenOption.APPEND);
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_reload_conf()");
            }
            String first = Files.readAllLines(folder.resolve("postmaster.pid")).get(0);
            System.out.println("store port=" + server.getPort() + " pid=" + first.strip());
            while (System.in.read() >= 0) {
                // until whoever started it lets go
            }
        }
    }
}
