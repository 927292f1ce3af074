package dev.baton.log;

import dev.baton.FreePorts;
import dev.baton.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A pgbouncer that gives its clients a connection for one transaction at a time. */
final class Pooler implements AutoCloseable {
    private final Process process;
    private final int port;

    Pooler(Path folder, int server, int connections) throws IOException {
        Path program = Tool.PGBOUNCER.require();
        this.port = FreePorts.inARow(1);
        Path users = folder.resolve("users.txt");
        Path settings = folder.resolve("pgbouncer.ini");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(users, "\"postgres\" \"postgres\"\n");
        Files.writeString(
                settings,
                String.join(
                        "\n",
                        "[databases]",
                        "postgres = host=127.0.0.1 port=" + server + " dbname=postgres",
                        "[pgbouncer]",
                        "listen_addr = 127.0.0.1",
                        "listen_port = " + port,
                        "unix_socket_dir =",
                        "auth_type = trust",
                        "auth_file = " + users,
                        "pool_mode = transaction",
                        "default_pool_size = " + connections,
                        "max_client_conn = 200",
                        ""));
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            // It refuses to run as root.
            command.addAll(List.of("runuser", "-u", "nobody", "--"));
        }
        command.addAll(List.of(program.toString(), settings.toString()));
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("pgbouncer.log").toFile())
                .start();
        Awaitility.await().until(this::listens);
    }

    LogSettings settings() {
        return LogSettings.of(Postgres.url(port), Optional.of("postgres"), Optional.of("postgres"));
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new IllegalStateException("pgbouncer ended with " + process.exitValue());
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        // What runuser has started ends with it only when it is asked to.
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
