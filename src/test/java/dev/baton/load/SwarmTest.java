package dev.baton.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The swarm against real sockets. Bounds are wide, as the machine may be busy; what must never be is asserted as such.
 */
class SwarmTest {

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final StringWriter told = new StringWriter();

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void aServerWithAWheelKeepsItsPromises() throws IOException {
        WheelServer server = deploy(new WheelServer());
        int status = undisturbed(server, "--mute", "0.05", "--for", "4s", "--documents", "10");
        JsonObject report = report();

        assertThat(report.getJsonArray("broken")).isEmpty();
        assertThat(status).isZero();
        assertThat(report.getJsonObject("sockets").getInteger("welcomed")).isEqualTo(200);
        assertThat(report.getJsonObject("sockets").getInteger("joined")).isEqualTo(200);
        assertThat(report.getJsonObject("closes").getMap()).containsOnly(Map.entry("4000", 10));
        JsonObject silence = report.getJsonObject("ordinary").getJsonObject("silence");
        assertThat(silence.getInteger("count")).isEqualTo(10);
        assertThat(silence.getDouble("min")).isGreaterThanOrEqualTo(2_000);
        JsonObject gaps = report.getJsonObject("ordinary").getJsonObject("gaps");
        assertThat(gaps.getInteger("count")).isGreaterThan(190 * 4);
        assertThat(gaps.getDouble("p50")).isBetween(400.0, 600.0);
    }

    @Test
    void whoComesAndGoesIsNobodysLoss() throws IOException {
        WheelServer server = deploy(new WheelServer());
        int status = undisturbed(server, "--for", "2s", "--churn", "100", "--churn-stay", "300ms", "--documents", "10");
        JsonObject report = report();

        assertThat(report.getJsonArray("broken")).isEmpty();
        assertThat(status).isZero();
        int waves = report.getJsonObject("sockets").getInteger("waves");
        assertThat(waves).isPositive();
        assertThat(report.getJsonObject("sockets").getInteger("joined")).isEqualTo(200 + 100 * waves);
        assertThat(report.getJsonObject("closes")).isEmpty();
    }

    @Test
    void pingsInOneBurstAreABrokenPromise() throws IOException {
        WheelServer server = deploy(new WheelServer() {
            private long ticks;

            @Override
            public void ping(ServerWebSocket socket) {
                if (++ticks % 200 == 0) {
                    sockets.forEach(each -> each.writePing(Buffer.buffer()));
                }
            }
        });
        assertThat(swarm(server, "--for", "3s")).isEqualTo(1);
        assertThat(report().getJsonArray("broken").encode()).contains("of an interval's pings came in 100 ms");
    }

    @Test
    void aServerThatDoesNotPingIsFound() throws IOException {
        WheelServer server = deploy(new WheelServer() {
            @Override
            public void ping(ServerWebSocket socket) {}
        });
        assertThat(swarm(server, "--for", "1500ms")).isEqualTo(1);
        assertThat(report().getJsonArray("broken")).containsExactly("200 sockets waited for a ping at the end");
    }

    @Test
    void aServerThatDoesNotCloseTheSilentIsFound() throws IOException {
        WheelServer server = deploy(new WheelServer() {
            @Override
            public void silent(ServerWebSocket socket) {}
        });
        assertThat(undisturbed(server, "--for", "3500ms", "--mute", "0.1", "--max-late", "1s"))
                .isEqualTo(1);
        assertThat(report().getJsonArray("broken")).containsExactly("20 silent sockets were never closed");
    }

    @Test
    void aServerThatClosesWhoAnswersIsFound() throws IOException {
        WheelServer server = deploy(new WheelServer() {
            private int closed;

            @Override
            public void ping(ServerWebSocket socket) {
                super.ping(socket);
                if (sockets.size() > 200 && closed++ < 3) {
                    silent(socket);
                }
            }
        });
        assertThat(swarm(server, "--for", "1s")).isEqualTo(1);
        assertThat(report().getJsonArray("broken")).containsExactly("3 sockets were closed without having been silent");
    }

    @Test
    void whereNobodyListensEverySocketIsReportedAndNothingHangs() throws IOException {
        WheelServer server = deploy(new WheelServer());
        String url = url(server);
        vertx.close().await();
        assertThat(execute("--url", url, "--sockets", "50", "--for", "1ms", "--json", json().toString()))
                .isEqualTo(1);
        assertThat(report().getJsonArray("broken")).containsExactly("50 sockets were not welcomed");
        assertThat(report().getJsonObject("failures").encode()).contains("Connection refused");
    }

    @Test
    void aBadOptionIsToldWithWhatIsAllowed() {
        assertThat(execute("--url", "http://127.0.0.1:1/socket")).isEqualTo(2);
        assertThat(told.toString()).contains("--url must be ws://HOST:PORT/PATH");
        assertThat(execute("--url", "ws://127.0.0.1:1/socket", "--for", "soon")).isEqualTo(2);
        assertThat(told.toString()).contains("'soon' is no duration like 250ms, 5s or 2m");
        assertThat(execute("--url", "ws://127.0.0.1:1/socket", "--sockets", "2000000000"))
                .isEqualTo(2);
        assertThat(told.toString()).contains("--sockets must be together with --churn at most");
    }

    private WheelServer deploy(WheelServer server) {
        vertx.deployVerticle(server).await();
        return server;
    }

    private static String url(WheelServer server) {
        return "ws://127.0.0.1:" + server.port() + "/socket";
    }

    private Path json() {
        return directory.resolve("report.json");
    }

    private JsonObject report() throws IOException {
        return new JsonObject(Files.readString(json()));
    }

    /** Once more, at most twice, when the server stood still: what it put off for all is no promise that it broke. */
    private int undisturbed(WheelServer server, String... more) {
        int status = swarm(server, more);
        for (int again = 0; again < 2 && server.stoodStill(); again++) {
            status = swarm(server, more);
        }
        return status;
    }

    private int swarm(WheelServer server, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "--url", url(server),
                "--sockets", "200",
                "--json", json().toString(),
                "--tolerance", "0.9",
                "--max-outside", "0.1",
                "--max-share", "0.7",
                "--max-late", "2s"));
        args.addAll(List.of(more));
        return execute(args.toArray(String[]::new));
    }

    private int execute(String... args) {
        CommandLine command = Swarm.commandLine();
        command.setOverwrittenOptionsAllowed(true);
        command.setOut(new PrintWriter(told));
        command.setErr(new PrintWriter(told));
        return command.execute(args);
    }
}
