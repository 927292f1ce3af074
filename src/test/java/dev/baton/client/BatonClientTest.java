package dev.baton.client;

import static dev.baton.client.ScriptedNode.entry;
import static dev.baton.client.ScriptedNode.joined;
import static dev.baton.client.ScriptedNode.member;
import static dev.baton.client.ScriptedNode.reply;
import static dev.baton.client.ScriptedNode.rights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatonClientTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static Vertx vertx;

    private final EventLog log = new EventLog();
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
        node = new ScriptedNode(vertx);
    }

    @AfterEach
    void silence() {
        node.close();
    }

    private BatonClient connect() {
        return Waiting.on(BatonClient.connect(vertx, node.options().withEvents(log)));
    }

    // ---- large content --------------------------------------------------------------------------------------------

    /** A node that takes messages of 8 KiB. */
    private BatonClient connectToSmallNode() {
        node.answer(
                "hello",
                (socket, frame) -> reply(
                        socket, frame, ScriptedNode.welcome().put("limits", new JsonObject().put("message", 8_192))));
        return connect();
    }

    @Test
    void aLargeUpdateGoesOutInPartsAndWhatFollowsItBehindIt() throws Exception {
        BatonClient client = connectToSmallNode();
        String text = "😀\"\\€".repeat(5_000);
        client.update("d", 3, "op-1", new JsonObject().put("text", text));
        client.update("d", 3, "op-2", "small");
        StringBuilder data = new StringBuilder();
        JsonObject part = node.next("update");
        int parts = part.getInteger("parts");
        for (int i = 1; i <= parts; i++) {
            assertThat(part.getInteger("part")).isEqualTo(i);
            assertThat(part.getString("id")).isEqualTo("op-1");
            assertThat(part.encode().getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(8_192);
            data.append(part.getString("data"));
            part = node.next("update");
        }
        assertThat(new JsonObject(data.toString()).getString("text")).isEqualTo(text);
        assertThat(part.getString("id")).isEqualTo("op-2");
        assertThat(part.fieldNames()).doesNotContain("part");
    }

    @Test
    void aSnapshotInPartsIsPutTogetherBeforeAnythingElseOfItsDocumentIsTold() {
        node.answer("join", (socket, frame) -> {
            JsonObject answer = joined(7, false, rights(1, null, "free", "viewer"));
            answer.put("snapshot", new JsonObject().put("seq", 7).put("parts", 2));
            reply(socket, frame, answer);
            send(
                    socket,
                    new JsonObject()
                            .put("type", "snapshot-part")
                            .put("document", "doc")
                            .put("part", 1)
                            .put("data", "{\"text\":"));
            send(
                    socket,
                    new JsonObject()
                            .put("type", "signal")
                            .put("document", "doc")
                            .put("session", "s-1")
                            .put("data", 1));
            send(
                    socket,
                    new JsonObject()
                            .put("type", "snapshot-part")
                            .put("document", "doc")
                            .put("part", 2)
                            .put("data", "\"x\"}"));
        });
        BatonClient client = connect();
        Joined joined = Waiting.on(client.join("doc", Mode.VIEW));
        assertThat(joined.snapshot()).contains(new Snapshot(7, new JsonObject().put("text", "x")));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.all(NodeEvent.Signal.class)).hasSize(1));
    }

    private static void send(ServerWebSocket socket, JsonObject frame) {
        socket.writeTextMessage(frame.encode());
    }

    @Test
    void partsThatDoNotFollowEachOtherFailTheJoin() {
        node.answer("join", (socket, frame) -> {
            JsonObject answer = joined(7, false, rights(1, null, "free", "viewer"));
            answer.put("snapshot", new JsonObject().put("seq", 7).put("parts", 2));
            reply(socket, frame, answer);
            send(
                    socket,
                    new JsonObject()
                            .put("type", "snapshot-part")
                            .put("document", "doc")
                            .put("part", 2)
                            .put("data", "x"));
        });
        BatonClient client = connect();
        assertThatThrownBy(() -> Waiting.on(client.join("doc", Mode.VIEW)))
                .hasStackTraceContaining("do not follow each other");
    }

    @Test
    void byeIsSaidAndDoneWhenTheNodeHasClosed() throws Exception {
        node.answer("bye", (socket, frame) -> socket.close((short) 1000, "goodbye"));
        BatonClient client = connect();
        Waiting.on(client.bye());
        assertThat(node.next("bye")).isNotNull();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void isConnectedOnceTheNodeHasWelcomedIt() throws Exception {
        BatonClient client = connect();
        JsonObject hello = node.next("hello");

        assertThat(hello.getJsonObject("user"))
                .isEqualTo(new JsonObject().put("id", "ada").put("name", "Ada"));
        assertThat(hello.containsKey("resume")).isFalse();
        assertThat(client.session()).isEqualTo("s1");
        assertThat(client.welcome().timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(client.protocol()).isEqualTo("baton.v1");
        assertThat(client.welcome().toString()).doesNotContain(ScriptedNode.RESUME);
    }

    @Test
    void bringsTokenAndSecretWithTheHello() throws Exception {
        Waiting.on(BatonClient.connect(
                vertx, ClientOptions.to(node.uri()).withToken("jwt").withResume("old")));
        JsonObject hello = node.next("hello");

        assertThat(hello.getString("token")).isEqualTo("jwt");
        assertThat(hello.getString("resume")).isEqualTo("old");
        assertThat(hello.containsKey("user")).isFalse();
    }

    @Test
    void readsAJoinedDocumentInFull() {
        node.answer(
                "join",
                (socket, frame) -> reply(
                        socket,
                        frame,
                        joined(
                                        3,
                                        false,
                                        rights(7, member("s2", "bob", "edit", "offline"), "reserved", "queued", "s1")
                                                .put("until", 2500),
                                        entry(3, "message", "s2", "m1", "hi"))
                                .put("snapshot", new JsonObject().put("seq", 2).put("data", "text"))));
        Joined joined = Waiting.on(connect().join("doc", Mode.EDIT));

        assertThat(joined.log()).isEqualTo("log-1");
        assertThat(joined.snapshot()).contains(new Snapshot(2, "text"));
        assertThat(joined.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(Entry.MESSAGE);
            assertThat(entry.data()).isEqualTo("hi");
            assertThat(entry.user()).isEqualTo(new User("ada", "Name of ada"));
        });
        assertThat(joined.members()).extracting(Member::session).containsExactly("s1");
        Rights rights = joined.rights();
        assertThat(rights.state()).isEqualTo(Rights.State.RESERVED);
        assertThat(rights.untilMillis()).hasValue(2500);
        assertThat(rights.holder()).map(Member::online).contains(false);
        assertThat(rights.queue()).containsExactly("s1");
        assertThat(rights.you()).isEqualTo(Rights.Place.QUEUED);
    }

    @Test
    void tellsTheNodeWhatItHasSeenWhenItJoinsAgain() throws Exception {
        BatonClient client = connect();
        client.join("doc", Mode.VIEW, 41, "log-1");
        JsonObject join = node.next("join");

        assertThat(join.getLong("after")).isEqualTo(41);
        assertThat(join.getString("log")).isEqualTo("log-1");
        assertThat(join.getString("mode")).isEqualTo("view");
    }

    @Test
    void matchesAnswersByRefWhateverTheirOrder() {
        CompletableFuture<JsonObject> first = new CompletableFuture<>();
        node.answer("update", (socket, frame) -> {
            if (frame.getString("id").equals("a")) {
                first.complete(frame);
                return;
            }
            reply(socket, frame, applied("b", 2));
            reply(socket, first.join(), applied("a", 1));
        });
        BatonClient client = connect();
        Future<Outcome> a = client.update("doc", 7, "a", new JsonObject());
        Future<Outcome> b = client.update("doc", 7, "b", new JsonArray().add(1));

        assertThat(Waiting.on(a)).isEqualTo(new Outcome.Applied("doc", "a", 1));
        assertThat(Waiting.on(b)).isEqualTo(new Outcome.Applied("doc", "b", 2));
    }

    @Test
    void givesAFencedUpdateBackWithTheEpochAndHolderOfNow() {
        node.answer(
                "update",
                (socket, frame) -> reply(
                        socket,
                        frame,
                        new JsonObject()
                                .put("type", "fenced")
                                .put("document", "doc")
                                .put("id", "a")
                                .put("epoch", 9)
                                .put("holder", member("s2", "bob", "edit", "online"))));
        Outcome outcome = Waiting.on(connect().update("doc", 7, "a", "x"));

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Fenced.class, fenced -> {
            assertThat(fenced.epoch()).isEqualTo(9);
            assertThat(fenced.holder()).map(Member::session).contains("s2");
        });
    }

    @Test
    void failsARequestThatIsAnsweredByAnError() {
        node.answer(
                "say",
                (socket, frame) -> reply(
                        socket,
                        frame,
                        new JsonObject()
                                .put("type", "error")
                                .put("code", "unavailable")
                                .put("message", "the store is down")
                                .put("retry", 1000)));

        assertThatThrownBy(() -> Waiting.on(connect().say("doc", "m1", "hi")))
                .isInstanceOfSatisfying(BatonException.class, error -> {
                    assertThat(error.code()).isEqualTo("unavailable");
                    assertThat(error.retryMillis()).hasValue(1000);
                });
        assertThat(log.all(NodeEvent.Failed.class)).isEmpty();
    }

    @Test
    void failsWhatIsUnansweredWhenTheNodeCloses() throws Exception {
        BatonClient client = connect();
        Future<Outcome> update = client.update("doc", 7, "a", "x");
        node.next("update");
        node.lastSocket().close((short) 4002, "rate limited");

        assertThatThrownBy(() -> Waiting.on(update)).isInstanceOfSatisfying(ConnectionClosed.class, closed -> {
            assertThat(closed.code()).isEqualTo(4002);
            assertThat(closed.reason()).isEqualTo("rate limited");
        });
        assertThat(client.isOpen()).isFalse();
        assertThat(log.all().get(log.all().size() - 1).event()).isEqualTo(new NodeEvent.Closed(4002, "rate limited"));
        assertThatExceptionOfType(ConnectionClosed.class)
                .isThrownBy(() -> Waiting.on(client.ping()))
                .satisfies(closed -> assertThat(closed.code()).isEqualTo(4002));
    }

    @Test
    void failsToConnectWhenTheNodeClosesInsteadOfWelcoming() {
        node.answer("hello", (socket, frame) -> socket.close((short) 4401, "not authenticated"));

        assertThatThrownBy(this::connect)
                .isInstanceOfSatisfying(ConnectionClosed.class, closed -> assertThat(closed.code())
                        .isEqualTo(4401));
    }

    @Test
    void failsToConnectWhenTheNodeAnswersHttp() {
        node.refuse(503);

        assertThatThrownBy(this::connect)
                .isInstanceOfSatisfying(HandshakeRejected.class, rejected -> assertThat(rejected.status())
                        .isEqualTo(503));
    }

    @Test
    void failsToConnectWhenNobodyListensOrNobodyWelcomes() {
        assertThatThrownBy(() -> Waiting.on(BatonClient.connect(vertx, ClientOptions.to("ws://127.0.0.1:1/socket"))))
                .isNotNull();

        node.answer("hello", (socket, frame) -> {});
        ClientOptions hasty =
                node.options().withConnectTimeout(Duration.ofSeconds(1)).withSlack(Duration.ZERO);
        assertThatThrownBy(() -> Waiting.on(BatonClient.connect(vertx, hasty)))
                .isInstanceOfSatisfying(ConnectionClosed.class, closed -> assertThat(closed.code())
                        .isEqualTo(1006));
    }

    @Test
    void givesUpANodeThatFallsSilentAndNotOneThatPings() {
        node.answer(
                "hello",
                (socket, frame) -> reply(
                        socket,
                        frame,
                        ScriptedNode.welcome()
                                .put(
                                        "heartbeat",
                                        new JsonObject().put("interval", 100).put("timeout", 1_500))));
        long[] pings = new long[1];
        BatonClient client = Waiting.on(BatonClient.connect(
                vertx, node.options().withSlack(Duration.ofMillis(500)).withEvents(log)));
        ServerWebSocket socket = node.lastSocket();
        long timer = vertx.setPeriodic(100, tick -> {
            pings[0]++;
            socket.writePing(io.vertx.core.buffer.Buffer.buffer("?"));
        });
        long start = System.nanoTime();
        await().atMost(SOON).until(() -> System.nanoTime() - start > TimeUnit.SECONDS.toNanos(3));
        assertThat(client.isOpen()).as("after three seconds of pings").isTrue();
        vertx.cancelTimer(timer);
        long silent = System.nanoTime();

        EventLog.Recorded closed = log.await(event -> event instanceof NodeEvent.Closed, SOON);
        assertThat(closed.since(silent)).isLessThan(Duration.ofSeconds(5));
        assertThat(closed.event()).isInstanceOfSatisfying(NodeEvent.Closed.class, event -> {
            assertThat(event.code()).isEqualTo(1006);
            assertThat(event.reason()).contains("nothing heard");
        });
    }

    @Test
    void answersPingsUntilItIsFrozen() {
        BatonClient client = connect();
        List<String> pongs = new CopyOnWriteArrayList<>();
        ServerWebSocket socket = node.lastSocket();
        socket.pongHandler(pong -> pongs.add(pong.toString()));
        socket.writePing(io.vertx.core.buffer.Buffer.buffer("1"));
        await().atMost(SOON).untilAsserted(() -> assertThat(pongs).containsExactly("1"));

        client.freeze();
        Waiting.on(client.signal("doc", 1));
        socket.writePing(io.vertx.core.buffer.Buffer.buffer("2"));
        await().during(Duration.ofMillis(300)).atMost(SOON).until(() -> pongs.size() == 1);
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void dropsTheConnectionWithoutACloseFrame() {
        BatonClient client = connect();
        CompletableFuture<Short> code = new CompletableFuture<>();
        ServerWebSocket socket = node.lastSocket();
        socket.closeHandler(gone -> code.complete(socket.closeStatusCode()));
        client.abort();

        assertThat(code).succeedsWithin(SOON).isEqualTo((short) 1006);
        log.await(NodeEvent.Closed.class, closed -> closed.code() == 1006, SOON);
    }

    @Test
    void closesWithTheCodeAndWordsGiven() {
        BatonClient client = connect();
        CompletableFuture<String> seen = new CompletableFuture<>();
        ServerWebSocket socket = node.lastSocket();
        socket.closeHandler(gone -> seen.complete(socket.closeStatusCode() + " " + socket.closeReason()));
        Waiting.on(client.close(1000, "bye"));
        Waiting.on(client.close());

        assertThat(seen).succeedsWithin(SOON).isEqualTo("1000 bye");
        assertThat(log.all(NodeEvent.Closed.class)).hasSize(1);
    }

    @Test
    void tellsEveryKindOfEventInTheOrderOfTheFrames() {
        connect();
        ServerWebSocket socket = node.lastSocket();
        JsonObject bob = member("s2", "bob", "edit", "online");
        List<JsonObject> frames = List.of(
                of("presence")
                        .put("joined", new JsonArray().add(bob))
                        .put(
                                "left",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("session", "s3")
                                                .put("cause", "expired")))
                        .put("changed", new JsonArray())
                        .put("count", 2),
                rights(8, bob, "held", "viewer"),
                of("requested").put("epoch", 8).put("by", bob).put("within", 20000),
                of("entries").put("entries", new JsonArray().add(entry(4, "update", "s2", "u1", null))),
                of("signal").put("session", "s2").put("data", 12),
                of("snapshot-wanted").put("seq", 4),
                new JsonObject()
                        .put("type", "error")
                        .put("code", "rate-limited")
                        .put("message", "slower"),
                new JsonObject().put("type", "from-the-future").put("x", 1),
                new JsonObject().put("type", "rights").put("document", "doc"));
        frames.forEach(frame -> socket.writeTextMessage(frame.encode()));
        log.await(
                NodeEvent.Other.class, other -> other.frame().getString("type").equals("rights"), SOON);

        assertThat(log.all())
                .extracting(recorded -> recorded.event().getClass().getSimpleName())
                .containsExactly(
                        "Presence",
                        "RightsChanged",
                        "Requested",
                        "Entries",
                        "Signal",
                        "SnapshotWanted",
                        "Failed",
                        "Other",
                        "Other");
        assertThat(log.last(NodeEvent.Presence.class))
                .map(NodeEvent.Presence::left)
                .contains(java.util.Map.of("s3", "expired"));
        assertThat(log.entries("doc")).singleElement().satisfies(entry -> assertThat(entry.data())
                .isNull());
    }

    @Test
    void rightsThatAnswerARequestAreToldAsAnEventToo() {
        node.answer("request", (socket, frame) -> reply(socket, frame, rights(8, null, "free", "queued", "s1")));
        Rights answer = Waiting.on(connect().request("doc"));

        assertThat(answer.holder()).isEqualTo(Optional.empty());
        assertThat(log.last(NodeEvent.RightsChanged.class))
                .map(NodeEvent.RightsChanged::rights)
                .contains(answer);
    }

    @Test
    void tellsEventsAndAnswersOnTheCallersContext() {
        Context context = vertx.getOrCreateContext();
        CompletableFuture<List<Context>> seen = new CompletableFuture<>();
        node.answer("ping", (socket, frame) -> {
            socket.writeTextMessage(
                    of("signal").put("session", "s2").put("data", 1).encode());
            reply(socket, frame, new JsonObject().put("type", "pong"));
        });
        context.runOnContext(go -> {
            List<Context> contexts = new CopyOnWriteArrayList<>();
            BatonClient.connect(vertx, node.options().withEvents(event -> contexts.add(Vertx.currentContext())))
                    .compose(BatonClient::ping)
                    .onComplete(pong -> {
                        contexts.add(Vertx.currentContext());
                        seen.complete(contexts);
                    });
        });

        assertThat(seen)
                .succeedsWithin(SOON)
                .satisfies(contexts -> assertThat(contexts).hasSize(2).containsOnly(context));
    }

    @Test
    void sendsWhatItIsGivenAndShowsWhatComes() throws Exception {
        List<String> frames = new CopyOnWriteArrayList<>();
        BatonClient client = Waiting.on(BatonClient.connect(
                vertx, node.options().withFrames(frames::add).withoutHello()));
        assertThatThrownBy(client::welcome).isInstanceOf(IllegalStateException.class);

        Waiting.on(client.sendRaw("{\"type\":\"hello\"}"));
        await().atMost(SOON).untilAsserted(() -> assertThat(frames)
                .containsExactly(ScriptedNode.welcome().encode()));
        assertThat(client.session()).isEqualTo("s1");
        Waiting.on(client.sendRaw("no json"));
        assertThat(node.next("no json")).isNotNull();
    }

    @Test
    void offersTheSubProtocolsAndHeadersGiven() {
        CompletableFuture<String> seen = new CompletableFuture<>();
        node.answer("hello", (socket, frame) -> {
            seen.complete(
                    socket.headers().get("Origin") + " " + socket.headers().get("Sec-WebSocket-Protocol"));
            reply(socket, frame, ScriptedNode.welcome());
        });
        BatonClient client = Waiting.on(BatonClient.connect(
                vertx, node.options().withOrigin("http://example.org").withProtocols()));

        assertThat(seen).succeedsWithin(SOON).isEqualTo("http://example.org null");
        assertThat(client.protocol()).isEmpty();
    }

    private static JsonObject of(String type) {
        return new JsonObject().put("type", type).put("document", "doc");
    }

    private static JsonObject applied(String id, long seq) {
        return of("applied").put("id", id).put("seq", seq);
    }
}
