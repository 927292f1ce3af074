package dev.baton.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What is answered to a request that nothing can be made of, and what is logged of it. */
class FailuresTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<Logger> theirs = Stream.of("io.vertx.ext.web", "io.vertx.core.http", "io.vertx.core.net")
            .map(name -> (Logger) LoggerFactory.getLogger(name))
            .toList();
    private final Logger own = (Logger) LoggerFactory.getLogger(Failures.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger gone = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private int port;

    @TempDir
    private Path folder;

    @BeforeEach
    void serve() throws IOException {
        Path large = Files.write(folder.resolve("large"), new byte[900_000]);
        Router router = Failures.answered(Router.router(vertx));
        Reads.at(router, "/plain/*").handler(routed -> routed.response().end("served"));
        router.get("/asked")
                .handler(routed -> routed.response().end(routed.request().getParam("for", "nothing")));
        router.get("/broken").handler(routed -> {
            throw new IllegalStateException("secret");
        });
        router.get("/large")
                .handler(routed -> routed.response().sendFile(large.toString()).onFailure(cause -> {
                    routed.fail(cause); // as the handler for static files does it
                    failed.incrementAndGet();
                }));
        router.post("/taken")
                .handler(BodyHandler.create(false).setBodyLimit(10))
                .handler(routed -> routed.response().end("taken"));
        HttpServer server = Waiting.on(vertx.createHttpServer()
                .connectionHandler(connection -> connection.closeHandler(closed -> gone.incrementAndGet()))
                .requestHandler(router)
                .listen(0, "127.0.0.1"));
        port = server.actualPort();
        logged.start();
        theirs.forEach(logger -> logger.addAppender(logged));
        own.addAppender(logged);
        own.setAdditive(false);
    }

    @AfterEach
    void stop() {
        theirs.forEach(logger -> logger.detachAppender(logged));
        own.detachAppender(logged);
        own.setAdditive(true);
        Waiting.on(vertx.close());
    }

    /** As it is; an HTTP client would not send such a request. */
    private String said(String head, String body) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            String request = head + "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void isAnError(String answer, int status, String words) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertThat(Buffer.buffer(body).toJsonObject()).isInstanceOf(JsonObject.class);
        assertThat(new JsonObject(body).getString("error")).contains(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%zz", "/%", "/plain/%e", "/asked?for=%zz", "/asked?%zz=1", "/broken?%"})
    void anAddressThatCannotBeDecodedIsTheSendersFaultAndIsNotLogged(String address) {
        isAnError(said("GET " + address + " HTTP/1.1\r\nHost: x", ""), 400, "the address has a %");

        assertThat(logged.list).isEmpty();
    }

    @Test
    void aHostThatIsNoneIsTheSendersFaultAndIsNotLogged() {
        isAnError(said("GET /plain/a HTTP/1.1\r\nHost: a b", ""), 400, "cannot be read");

        assertThat(logged.list).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET /nothing, 404, there is nothing here",
        "OPTIONS *, 404, there is nothing here",
        "CONNECT evil.example:443, 404, there is nothing here",
        "BREW /nothing, 404, there is nothing here"
    })
    void whatIsAskedOfNothingIsNamedAndNotLogged(String request, int status, String words) {
        isAnError(said(request + " HTTP/1.1\r\nHost: x", ""), status, words);

        assertThat(logged.list).isEmpty();
    }

    @Test
    void theMethodsThatThereAreAreNamedToWhoeverUsesAnother() {
        assertThat(said("POST /plain/a HTTP/1.1\r\nHost: x", ""))
                .startsWith("HTTP/1.1 405 ")
                .containsPattern("(?i)allow: (GET,HEAD|HEAD,GET)");

        assertThat(logged.list).isEmpty();
    }

    @Test
    void aHeadIsAnsweredAsTheGetWouldBeWithoutABody() {
        String get = said("GET /plain/a HTTP/1.1\r\nHost: x", "");
        String head = said("HEAD /plain/a HTTP/1.1\r\nHost: x", "");

        assertThat(get).endsWith("served");
        assertThat(head).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
    }

    @Test
    void whoGoesInTheMiddleOfABodyIsNotLogged() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("POST /taken HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nfour"
                            .getBytes(StandardCharsets.US_ASCII));
        }

        await().atMost(SOON).until(() -> gone.get() == 1);
        assertThat(logged.list).isEmpty();
    }

    @Test
    void whoDoesNotWaitForALargeAnswerIsNotLogged() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4_096);
            socket.setSoLinger(true, 0); // a reset, and no orderly end
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            // More than the system holds for a reader.
            socket.getOutputStream()
                    .write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".repeat(30).getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }

        await().atMost(SOON).until(() -> failed.get() > 0 && gone.get() == 1);
        assertThat(logged.list).isEmpty();
    }

    @Test
    void aBodyThatIsTooLargeIsNamedAndNotLogged() {
        isAnError(said("POST /taken HTTP/1.1\r\nHost: x", "more than ten"), 413, "the body is too large");

        assertThat(logged.list).isEmpty();
    }

    @Test
    void aFailureOfTheServersOwnIsLoggedAndNotTold() {
        String answer = said("GET /broken HTTP/1.1\r\nHost: x", "");

        isAnError(answer, 500, "internal error");
        assertThat(answer).doesNotContain("secret");
        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage()).isEqualTo("/broken could not be answered");
            assertThat(event.getThrowableProxy().getMessage()).isEqualTo("secret");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plain/%20a", "/plain/a%C3%A4", "/asked?for=%2F", "/asked?for=a+b&c"})
    void whatCanBeDecodedIsServed(String address) {
        assertThat(said("GET " + address + " HTTP/1.1\r\nHost: x", "")).startsWith("HTTP/1.1 200 ");
    }
}
