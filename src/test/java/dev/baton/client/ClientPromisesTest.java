package dev.baton.client;

import static dev.baton.client.ScriptedNode.joined;
import static dev.baton.client.ScriptedNode.member;
import static dev.baton.client.ScriptedNode.reply;
import static dev.baton.client.ScriptedNode.rights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link ReconnectingClient} promises of order, drafts, tokens and fail-over. */
@Timeout(60)
class ClientPromisesTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Backoff QUICK = new Backoff(Duration.ofMillis(10), Duration.ofMillis(50));
    private static Vertx vertx;

    private final List<LinkEvent> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
    private ScriptedNode node;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        Waiting.on(vertx.close());
    }

    @BeforeEach
    void listen() {
        node = aNode();
    }

    @AfterEach
    void silence() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void hasManyEditsWithTheNodeAtOnceAndEachNamesTheOneBefore() throws Exception {
        ReconnectingClient client = start(node.options());
        Waiting.on(client.join("doc", Mode.EDIT));
        Future<Outcome> first = client.update("doc", 7, "u0", 0);
        for (int i = 1; i <= Outbox.WINDOW; i++) {
            client.update("doc", 7, "u" + i, i);
        }

        JsonObject frame = node.next("update");
        assertThat(frame.containsKey("follows")).isFalse();
        JsonObject head = frame;
        for (int i = 1; i < Outbox.WINDOW; i++) {
            frame = node.next("update");
            assertThat(frame.getString("id")).isEqualTo("u" + i);
            assertThat(frame.getString("follows")).isEqualTo("u" + (i - 1));
        }
        reply(node.lastSocket(), head, applied(head, 10));
        assertThat(Waiting.on(first)).isEqualTo(new Outcome.Applied("doc", "u0", 10));
        assertThat(node.next("update").getString("id")).isEqualTo("u" + Outbox.WINDOW);
    }

    @Test
    void givesAllEditsBehindARefusedOneBackWithItInOneDraft() {
        node.answer("update", (socket, frame) -> {
            boolean behind = frame.containsKey("follows");
            reply(socket, frame, behind ? error("out-of-order", 20) : error("too-large", 0));
        });
        ReconnectingClient client = start(node.options());
        Waiting.on(client.join("doc", Mode.EDIT));
        List<Future<Outcome>> all = List.of(
                client.update("doc", 7, "a", "x"),
                client.update("doc", 7, "b", "y"),
                client.update("doc", 7, "c", "z"));

        all.forEach(outcome -> assertThatThrownBy(() -> Waiting.on(outcome)).isInstanceOf(BatonException.class));
        assertThat(all(LinkEvent.Drafted.class)).singleElement().satisfies(drafted -> assertThat(drafted.drafts())
                .extracting(Draft::id, Draft::uncertain)
                .containsExactly(tuple("a", false), tuple("b", false), tuple("c", false)));
    }

    @Test
    void takesNothingMoreUntilHalfOfWhatWaitsIsThrough() {
        List<JsonObject> waiting = new CopyOnWriteArrayList<>();
        node.answer("update", (socket, frame) -> waiting.add(frame));
        ReconnectingClient client = start(node.options());
        Waiting.on(client.join("doc", Mode.EDIT));
        for (int i = 0; i < Outbox.LARGEST; i++) {
            client.update("doc", 7, "u" + i, i);
        }
        assertThatThrownBy(() -> Waiting.on(client.update("doc", 7, "more", 1))).isInstanceOf(BatonException.class);
        assertThat(all(LinkEvent.Drafted.class).get(0).drafts())
                .extracting(Draft::id)
                .containsExactly("more");

        await().atMost(SOON).until(() -> waiting.size() == Outbox.WINDOW);
        AtomicInteger seq = new AtomicInteger(10);
        node.answer("update", (socket, frame) -> reply(socket, frame, applied(frame, seq.incrementAndGet())));
        waiting.forEach(frame -> reply(node.lastSocket(), frame, applied(frame, seq.incrementAndGet())));
        await().atMost(SOON).until(() -> seq.get() == 10 + Outbox.LARGEST);
        assertThat(Waiting.on(client.update("doc", 7, "again", 1))).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void triesTheNextAddressAfterEachThatFails() {
        ScriptedNode other = aNode();
        ReconnectingClient client = start(node.options().withOthers(URI.create(other.uri())));
        Waiting.on(client.join("doc", Mode.VIEW));
        assertThat(node.connections()).isEqualTo(1);
        node.refuse(503);
        node.lastSocket().close((short) 1001, "going away");

        await().atMost(SOON).until(() -> other.connections() == 1);
        await().atMost(SOON).until(() -> all(LinkEvent.Online.class).size() == 2);
    }

    @Test
    void showsANewTokenOnTheOpenConnectionBeforeTheOldOneExpires() throws Exception {
        start(node.options().withTokens(() -> Future.succeededFuture(token(tokens.incrementAndGet(), 1))));
        JsonObject first = node.next("hello");
        JsonObject second = node.next("hello");

        assertThat(first.getString("token")).isNotEqualTo(second.getString("token"));
        assertThat(second.containsKey("resume")).isFalse();
        assertThat(node.connections()).isEqualTo(1);
    }

    @Test
    void asksForAnotherTokenAfterOneThatWasRefusedButOnlyOnce() throws Exception {
        node.answer("hello", (socket, frame) -> socket.close((short) 4401, "not authenticated"));
        start(node.options().withTokens(() -> Future.succeededFuture("t" + tokens.incrementAndGet())));

        assertThat(node.next("hello").getString("token")).isEqualTo("t1");
        assertThat(node.next("hello").getString("token")).isEqualTo("t2");
        await().atMost(SOON).until(() -> !all(LinkEvent.Ended.class).isEmpty());
        assertThat(all(LinkEvent.Ended.class).get(0).code()).isEqualTo(4401);
        assertThat(node.connections()).isEqualTo(2);
    }

    @Test
    void comesBackWithAnotherTokenWhenOneHasExpired() throws Exception {
        start(node.options().withTokens(() -> Future.succeededFuture("t" + tokens.incrementAndGet())));
        node.next("hello");
        await().atMost(SOON).until(() -> !all(LinkEvent.Online.class).isEmpty());
        node.lastSocket().close((short) 4503, "token expired");

        assertThat(node.next("hello").getString("token")).isEqualTo("t2");
    }

    @Test
    void bearsATokenServiceThatFails() {
        start(node.options().withTokens(() -> {
            if (tokens.incrementAndGet() < 3) {
                throw new IllegalStateException("down");
            }
            return Future.succeededFuture("t");
        }));

        await().atMost(SOON).until(() -> all(LinkEvent.Online.class).size() == 1);
        assertThat(all(LinkEvent.Offline.class)).hasSize(2);
    }

    @Test
    void mayNotWriteOnceASilentNodeMayHaveMovedTheLockAndMayAgainWhenItAnswers() throws Exception {
        graceOfALostNode(200);
        ReconnectingClient client = start(node.options());
        Waiting.on(client.join("doc", Mode.EDIT));
        await().atMost(SOON).until(() -> client.writable("doc").isPresent());
        assertThat(client.writable("doc")).hasValue(7);

        JsonObject ping = node.next("ping");
        await().atMost(SOON).until(() -> client.writable("doc").isEmpty());
        reply(node.lastSocket(), ping, new JsonObject().put("type", "pong"));
        node.answer("ping", (socket, frame) -> reply(socket, frame, new JsonObject().put("type", "pong")));
        await().atMost(SOON).until(() -> client.writable("doc").isPresent());

        assertThat(all(LinkEvent.Writable.class))
                .extracting(LinkEvent.Writable::epoch)
                .startsWith(OptionalLong.of(7), OptionalLong.empty(), OptionalLong.of(7));
    }

    @Test
    void mayNotWriteOnceTheGraceAfterALostConnectionIsOver() {
        graceOfALostNode(200);
        ReconnectingClient client = start(node.options());
        Waiting.on(client.join("doc", Mode.EDIT));
        await().atMost(SOON).until(() -> client.writable("doc").isPresent());
        node.refuse(503);
        node.lastSocket().close((short) 1001, "going away");

        await().atMost(SOON).until(() -> client.writable("doc").isEmpty());
        node.refuse(0);
        await().atMost(SOON).until(() -> client.writable("doc").isPresent());
    }

    @Test
    void comesBackWhenItWasTooLateWithItsHello() {
        AtomicInteger visits = new AtomicInteger();
        node.answer("hello", (socket, frame) -> {
            if (visits.getAndIncrement() == 0) {
                socket.writeTextMessage(error("bad-message", 10).encode());
                socket.close((short) 4401, "hello must be said within 5000 ms");
            } else {
                reply(socket, frame, ScriptedNode.welcome());
            }
        });
        start(node.options());

        await().atMost(SOON).until(() -> !all(LinkEvent.Online.class).isEmpty());
    }

    private void graceOfALostNode(int millis) {
        JsonObject grace =
                new JsonObject().put("closed", 9000).put("timeout", 9000).put("node", millis);
        node.answer(
                "hello",
                (socket, frame) -> reply(socket, frame, ScriptedNode.welcome().put("grace", grace)));
    }

    private ScriptedNode aNode() {
        ScriptedNode made = new ScriptedNode(vertx);
        open.add(made);
        made.answer(
                "join",
                (socket, frame) -> reply(
                        socket,
                        frame,
                        joined(2, true, rights(7, member("s1", "ada", "edit", "online"), "held", "holder"))));
        return made;
    }

    private ReconnectingClient start(ClientOptions options) {
        ReconnectingClient client = ReconnectingClient.start(vertx, options, QUICK, told::add);
        open.add(() -> Waiting.on(client.close()));
        return client;
    }

    /** A JWT that ends in so many seconds, and has no signature. */
    private static String token(int number, int seconds) {
        long end = System.currentTimeMillis() / 1000 + seconds + 1;
        String claims = new JsonObject().put("exp", end).put("jti", number).encode();
        return "e30." + Base64.getUrlEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".x";
    }

    private static JsonObject applied(JsonObject request, long seq) {
        return new JsonObject()
                .put("type", "applied")
                .put("document", "doc")
                .put("id", request.getString("id"))
                .put("seq", seq);
    }

    private static JsonObject error(String code, int retry) {
        JsonObject error =
                new JsonObject().put("type", "error").put("code", code).put("message", "no");
        return retry > 0 ? error.put("retry", retry) : error;
    }

    private <T extends LinkEvent> List<T> all(Class<T> kind) {
        return told.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
