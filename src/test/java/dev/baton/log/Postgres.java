package dev.baton.log;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** A real PostgreSQL in a folder of its own, as durable as in earnest; can be stopped and started again. */
final class Postgres implements AutoCloseable {
    private final Path folder;
    private EmbeddedPostgres server;
    private int port;

    Postgres(Path folder) throws IOException {
        this.folder = folder;
        start();
    }

    void start() throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on");
        if (port != 0) {
            builder.setPort(port);
        }
        server = builder.start();
        port = server.getPort();
    }

    void stop() throws IOException {
        server.close();
    }

    /** Ends the server as a crash does: nothing is finished, and connections break. */
    void kill() throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(folder.resolve("postmaster.pid")).get(0));
        ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly();
        await().until(() -> !server.isAlive());
    }

    int port() {
        return port;
    }

    LogSettings settings() {
        return LogSettings.of(url(port), Optional.of("postgres"), Optional.of("postgres"));
    }

    static String url(int port) {
        return "jdbc:postgresql://localhost:" + port + "/postgres?sslmode=disable";
    }

    Connection connect() throws SQLException {
        return server.getPostgresDatabase().getConnection();
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
