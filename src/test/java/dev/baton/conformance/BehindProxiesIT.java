package dev.baton.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.FreePorts;
import dev.baton.LocalNode;
import dev.baton.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configurations in {@code docker} for nginx and HAProxy, with a node of this machine behind them. */
class BehindProxiesIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String TOKEN = "a-token-behind-proxies";

    private static LocalNode node;

    @TempDir
    private Path folder;

    private final List<Process> proxies = new ArrayList<>();

    @BeforeAll
    static void start() {
        node = new LocalNode(Map.of("http.trusted-proxies", "127.0.0.0/8", "management.token", TOKEN));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process proxy : proxies) {
            proxy.destroy();
            proxy.waitFor();
        }
    }

    private void run(Tool tool, String configuration, List<String> options) throws IOException {
        String program = tool.require().toString();
        Path file = Files.writeString(folder.resolve("proxy.conf"), configuration);
        List<String> command = new ArrayList<>(List.of(program));
        options.forEach(option -> command.add(option.replace("FILE", file.toString())));
        proxies.add(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("proxy.log").toFile())
                .start());
    }

    private static String answer(int port, String request, String more) {
        try (Wire wire = new Wire(port)) {
            wire.send(Wire.utf8(
                    request + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n" + more + "\r\n"));
            return wire.rest();
        }
    }

    private static void awaitPage(int port) {
        await().atMost(SOON).ignoreExceptions().until(() -> answer(port, "GET /baton/", "")
                .startsWith("HTTP/1.1 200 "));
    }

    private static void servesPageAndSocketBelowAPath(int port) {
        awaitPage(port);
        assertThat(answer(port, "GET /baton/client/baton.js", "")).startsWith("HTTP/1.1 200 ");
        try (Wire wire = new Wire(port)) {
            wire.send(Wire.utf8(new String(Wire.handshake(port), StandardCharsets.ISO_8859_1)
                    .replace("GET /socket", "GET /baton/socket")
                    .replace("\r\n\r\n", "\r\nOrigin: http://127.0.0.1:" + port + "\r\n\r\n")));
            wire.switched();
            wire.text("{\"type\":\"hello\",\"user\":{\"id\":\"ann\",\"name\":\"Ann\"}}");
            wire.welcomed();
        }
    }

    @Test
    void nginxServesPageSocketAndConsoleBelowPaths() throws IOException {
        int port = FreePorts.inARow(1);
        String configuration = Files.readString(Path.of("docker/nginx.conf"))
                .replace("listen 8088", "listen 127.0.0.1:" + port)
                .replace("127.0.0.1:8080", "127.0.0.1:" + node.port())
                .replace("127.0.0.1:8081", "127.0.0.1:" + node.managementPort());
        run(
                Tool.NGINX,
                configuration,
                List.of(
                        "-e",
                        "stderr",
                        "-p",
                        folder.toString(),
                        "-c",
                        "FILE",
                        "-g",
                        "daemon off; pid " + folder + "/nginx.pid;"));

        servesPageAndSocketBelowAPath(port);

        String shown = "Authorization: Bearer " + TOKEN + "\r\n";
        assertThat(answer(port, "GET /ops/console/", "")).startsWith("HTTP/1.1 401 ");
        assertThat(answer(port, "GET /ops/console/", shown)).startsWith("HTTP/1.1 200 ");
        String handOver = "{\"document\":\"nowhere\",\"session\":\"nobody\"}";
        assertThat(answer(
                        port,
                        "POST /ops/api/documents/handover",
                        shown + "Origin: http://127.0.0.1:" + port + "\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + handOver.length() + "\r\n\r\n" + handOver))
                .as("the console's own page may ask for it")
                .startsWith("HTTP/1.1 404 ");
    }

    @Test
    void haproxyServesPageSocketAndManagement() throws IOException {
        int port = FreePorts.inARow(4);
        int management = port + 1;
        String configuration = Files.readString(Path.of("docker/haproxy.cfg"))
                .replaceAll("(?m)^.* server node[23] .*$", "")
                .replace("bind :8080", "bind 127.0.0.1:" + port)
                .replace("bind :8091", "bind 127.0.0.1:" + management)
                .replace("bind :8092", "bind 127.0.0.1:" + (management + 1))
                .replace("bind :8093", "bind 127.0.0.1:" + (management + 2))
                .replace("check port 8081", "check port " + node.managementPort())
                .replace("node1:8080", "127.0.0.1:" + node.port())
                .replace("node1:8081", "127.0.0.1:" + node.managementPort());
        run(Tool.HAPROXY, configuration, List.of("-db", "-f", "FILE"));

        servesPageAndSocketBelowAPath(port);

        assertThat(answer(management, "GET /console/", "")).startsWith("HTTP/1.1 401 ");
        assertThat(answer(management, "GET /console/", "Authorization: Bearer " + TOKEN + "\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }
}
