package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page of another origin, in a real browser: it opens a socket only where the node was told to let it. */
class CrossSiteIT {
    @TempDir
    static Path folder;

    private static Nodes nodes;
    private static HttpServer site;
    /** Stands for a name of the attacker's; Chromium is told to resolve it to {@link #REBOUND}. */
    private static final String EVIL = "evil.example";

    /** Where the attacker's server listens, on the node's port, and passes on to the node what comes after its page. */
    private static final String REBOUND = "127.0.0.2";

    private static volatile CompletableFuture<String> outcome;
    private static volatile String target;

    @BeforeAll
    static void start() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            String query = exchange.getRequestURI().getQuery();
            if (query != null && query.startsWith("said=")) {
                outcome.complete(query.substring("said=".length()));
            }
            byte[] page = ("<script>const s = new WebSocket('" + target + "', 'baton.v1');"
                            + "const say = word => fetch('/?said=' + word);"
                            + "s.onopen = () => say('open'); s.onerror = () => say('refused');</script>")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        site.start();
        nodes = Nodes.start(CrossSiteIT.class, 1, Map.of());
        nodes.add(
                1,
                Map.of(
                        "BATON_HTTP_ORIGINS",
                        "http://127.0.0.1:" + site.getAddress().getPort()));
    }

    @AfterAll
    static void stop() {
        site.stop(0);
        nodes.close();
    }

    @Test
    void aForeignPageCannotOpenASocketAndAListedOneCan() throws Exception {
        assertThat(visit(nodes.get(0))).isEqualTo("refused");
        assertThat(visit(nodes.get(1))).as("the page itself works").isEqualTo("open");
    }

    /**
     * The page and the node have one origin for the browser, as the attacker's name leads to the one first and to the
     * other then. The node tells them apart by that name, and neither the socket nor the management port's data reaches
     * the page.
     */
    @Test
    void aPageWhoseNameIsPointedAtTheNodeReachesNothing() throws Exception {
        for (int port : List.of(nodes.get(0).port(), nodes.get(0).managementPort())) {
            try (ServerSocket evil = new ServerSocket(port, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 2}))) {
                Thread server = new Thread(() -> rebind(evil));
                server.setDaemon(true);
                server.start();
                assertThat(browse("http://" + EVIL + ":" + port + "/")).isEqualTo("status-421-refused");
            }
        }
    }

    /** Serves the attacker's page to the first request, and connects all others to the node. */
    private static void rebind(ServerSocket evil) {
        try {
            boolean served = false;
            while (true) {
                Socket browser = evil.accept();
                if (served) {
                    Socket node = new Socket(InetAddress.getLoopbackAddress(), evil.getLocalPort());
                    copy(browser, node);
                    copy(node, browser);
                    continue;
                }
                String request = new BufferedReader(
                                new InputStreamReader(browser.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine();
                if (request != null && request.startsWith("GET / ")) {
                    served = true;
                    browser.getOutputStream().write(evilPage().getBytes(StandardCharsets.US_ASCII));
                }
                browser.close();
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static String evilPage() {
        return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<script>"
                + "const say = word => fetch('http://127.0.0.1:"
                + site.getAddress().getPort()
                + "/?said=' + word, {mode: 'no-cors'});"
                + "fetch('/metrics').then(answer => {"
                + "const s = new WebSocket('ws://' + location.host + '/socket', 'baton.v1');"
                + "s.onopen = () => say('status-' + answer.status + '-open');"
                + "s.onerror = () => say('status-' + answer.status + '-refused'); });</script>";
    }

    private static void copy(Socket from, Socket to) {
        Thread copying = new Thread(() -> {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException closed) {
                // One of both is gone, and so is the other.
            }
        });
        copying.setDaemon(true);
        copying.start();
    }

    private static String visit(NodeProcess node) throws Exception {
        target = node.uri();
        return browse("http://127.0.0.1:" + site.getAddress().getPort() + "/");
    }

    private static String browse(String page) throws Exception {
        outcome = new CompletableFuture<>();
        Process browser = new ProcessBuilder(
                        browser(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + Files.createTempDirectory(folder, "profile"),
                        "--host-resolver-rules=MAP " + EVIL + " " + REBOUND,
                        page)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return outcome.get(60, TimeUnit.SECONDS);
        } finally {
            browser.descendants().forEach(ProcessHandle::destroyForcibly);
            browser.destroyForcibly().waitFor();
        }
    }

    private static String browser() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser")
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElseGet(() -> {
                    assumeTrue(false, "no Chromium here");
                    return "";
                });
    }
}
