package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static String visit(NodeProcess node) throws Exception {
        outcome = new CompletableFuture<>();
        target = node.uri();
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
                        "http://127.0.0.1:" + site.getAddress().getPort() + "/")
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
