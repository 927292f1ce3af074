package dev.baton.client;

import static dev.baton.client.ScriptedNode.entry;
import static dev.baton.client.ScriptedNode.joined;
import static dev.baton.client.ScriptedNode.member;
import static dev.baton.client.ScriptedNode.reply;
import static dev.baton.client.ScriptedNode.rights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReconnectingClientTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Backoff QUICK = new Backoff(Duration.ofMillis(10), Duration.ofMillis(50));
    private static Vertx vertx;

    private final List<LinkEvent> told = new CopyOnWriteArrayList<>();
    private ScriptedNode node;
    private ReconnectingClient client;
    private volatile boolean resumable = true;

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
        AtomicInteger sessions = new AtomicInteger(1);
        node.answer("hello", (socket, frame) -> {
            boolean resumed = resumable && frame.containsKey("resume");
            int session = frame.containsKey("resume") && !resumed ? sessions.incrementAndGet() : sessions.get();
            reply(
                    socket,
                    frame,
                    ScriptedNode.welcome().put("session", "s" + session).put("resumed", resumed));
        });
        node.answer("join", (socket, frame) -> reply(socket, frame, joined(2, true, mine(7))));
        client = ReconnectingClient.start(vertx, node.options(), QUICK, told::add);
    }

    @AfterEach
    void silence() {
        Waiting.on(client.close());
        node.close();
    }

    @Test
    void resumesItsSessionAndJoinsWhereItWas() throws Exception {
        Waiting.on(client.join("doc", Mode.EDIT));
        assertThat(node.next("hello").containsKey("resume")).isFalse();
        assertThat(node.next("join").containsKey("after")).isFalse();
        entries(entry(3, "update", "s9", "x", 1));
        tell(LinkEvent.Told.class);
        drop();

        assertThat(node.next("hello").getString("resume")).isEqualTo(ScriptedNode.RESUME);
        JsonObject again = node.next("join");
        assertThat(again.getLong("after")).isEqualTo(3);
        assertThat(again.getString("log")).isEqualTo("log-1");
        assertThat(again.getString("mode")).isEqualTo("edit");
    }

    @Test
    void doesNotAskAgainForAPenThatItGaveBack() throws Exception {
        Waiting.on(client.join("doc", Mode.EDIT));
        assertThat(node.next("join").getString("mode")).isEqualTo("edit");
        node.lastSocket()
                .writeTextMessage(rights(8, member("s2", "bob", "edit", "online"), "held", "viewer")
                        .encode());
        tell(LinkEvent.Told.class);
        drop();

        assertThat(node.next("join").getString("mode")).isEqualTo("view");
    }

    @Test
    void goesOnWithEventsWhereALongTailWasCut() {
        node.answer("join", (socket, frame) -> {
            reply(socket, frame, joined(4, true, mine(7), entry(1, "message", "s9", "a", 1)));
            entries(entry(2, "message", "s9", "b", 1), entry(3, "message", "s9", "c", 1));
        });
        assertThat(Waiting.on(client.join("doc", Mode.VIEW)).complete()).isFalse();

        await().atMost(SOON).until(() -> seqs().size() == 3);
        assertThat(seqs()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void takesTheContentThatANodeTellsAfterItsStoreWentBack() throws Exception {
        Waiting.on(client.join("doc", Mode.VIEW));
        node.next("join");
        entries(entry(3, "update", "s9", "lost", 1));
        tell(LinkEvent.Told.class);
        JsonObject anew = joined(2, false, mine(7), entry(1, "update", "s9", "a", 1), entry(2, "update", "s9", "b", 1))
                .put("log", "log-2");
        node.lastSocket().writeTextMessage(anew.encode());
        entries(entry(3, "update", "s9", "new", 1));

        await().atMost(SOON).until(() -> seqs().equals(List.of(3L, 1L, 2L, 3L)));
        drop();
        JsonObject again = node.next("join");
        assertThat(again.getLong("after")).isEqualTo(3);
        assertThat(again.getString("log")).isEqualTo("log-2");
    }

    @Test
    void sendsAnUnansweredUpdateAgainUnderItsId() throws Exception {
        Waiting.on(client.join("doc", Mode.EDIT));
        Future<Outcome> update = client.update("doc", 7, "a", "x");
        assertThat(node.next("update").getString("id")).isEqualTo("a");
        answerUpdates();
        drop();

        assertThat(Waiting.on(update)).isEqualTo(new Outcome.Applied("doc", "a", 10));
        JsonObject again = node.next("update");
        assertThat(again.getString("id")).isEqualTo("a");
        assertThat(again.getLong("epoch")).isEqualTo(7);
    }

    @Test
    void keepsTheOrderOfUpdatesThatArePutOff() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        node.answer("update", (socket, frame) -> {
            if (tries.getAndIncrement() < 2) {
                boolean behind = frame.containsKey("follows");
                reply(
                        socket,
                        frame,
                        new JsonObject()
                                .put("type", "error")
                                .put("code", behind ? "out-of-order" : "unavailable")
                                .put("message", "no store")
                                .put("retry", 20));
            } else {
                reply(socket, frame, applied(frame, tries.get()));
            }
        });
        Waiting.on(client.join("doc", Mode.EDIT));
        Future<Outcome> a = client.update("doc", 7, "a", "x");
        Future<Outcome> b = client.update("doc", 7, "b", "y");

        assertThat(Waiting.on(a)).isEqualTo(new Outcome.Applied("doc", "a", 3));
        assertThat(Waiting.on(b)).isEqualTo(new Outcome.Applied("doc", "b", 4));
        for (String id : List.of("a", "b", "a", "b")) {
            assertThat(node.next("update").getString("id")).isEqualTo(id);
        }
    }

    @Test
    void givesAFencedUpdateBackAsADraft() {
        node.answer(
                "update",
                (socket, frame) -> reply(
                        socket,
                        frame,
                        new JsonObject()
                                .put("type", "fenced")
                                .put("document", "doc")
                                .put("id", "a")
                                .put("epoch", 8)
                                .putNull("holder")));
        Waiting.on(client.join("doc", Mode.EDIT));

        assertThat(Waiting.on(client.update("doc", 7, "a", "x"))).isInstanceOf(Outcome.Fenced.class);
        assertThat(tell(LinkEvent.Drafted.class).drafts()).containsExactly(new Draft("doc", 7, "a", "x", false));
    }

    @Test
    void looksUpWhatItsExpiredSessionHadWrittenAndSendsNoneOfItAgain() throws Exception {
        Waiting.on(client.join("doc", Mode.EDIT));
        Future<Outcome> stored = client.update("doc", 7, "a", "x");
        Future<Outcome> unstored = client.update("doc", 7, "b", "y");
        node.next("update");
        node.next("update");
        resumable = false;
        node.answer(
                "join",
                (socket, frame) -> reply(socket, frame, joined(3, true, mine(8), entry(3, "update", "s1", "a", "x"))));
        drop();

        assertThat(Waiting.on(stored)).isEqualTo(new Outcome.Applied("doc", "a", 3));
        assertThat(Waiting.on(unstored)).isInstanceOf(Outcome.Fenced.class);
        assertThat(tell(LinkEvent.Drafted.class).drafts()).containsExactly(new Draft("doc", 7, "b", "y", false));
        answerUpdates();
        Waiting.on(client.update("doc", 8, "c", "z"));
        assertThat(node.next("update").getString("id"))
                .as("the next frame after b")
                .isEqualTo("c");
    }

    @Test
    void saysSoWhenItCannotKnowWhetherAnEditWasStored() throws Exception {
        Waiting.on(client.join("doc", Mode.EDIT));
        Future<Outcome> update = client.update("doc", 7, "a", "x");
        node.next("update");
        resumable = false;
        node.answer("join", (socket, frame) -> reply(socket, frame, joined(30, false, mine(8))));
        drop();

        assertThat(Waiting.on(update)).isInstanceOf(Outcome.Fenced.class);
        assertThat(tell(LinkEvent.Drafted.class).drafts().get(0).uncertain()).isTrue();
    }

    @Test
    void tellsEveryEntryOnceAndClosesAGapByJoiningAgain() throws Exception {
        Waiting.on(client.join("doc", Mode.VIEW));
        node.next("join");
        node.answer("join", (socket, frame) -> {
            assertThat(frame.getLong("after")).isEqualTo(3);
            reply(
                    socket,
                    frame,
                    joined(5, true, mine(7), entry(4, "message", "s9", "y", 1), entry(5, "message", "s9", "z", 1)));
        });
        entries(entry(2, "message", "s9", "old", 1), entry(3, "message", "s9", "x", 1));
        entries(entry(5, "message", "s9", "z", 1));
        await().atMost(SOON).until(() -> seqs().size() == 3);
        entries(entry(5, "message", "s9", "z", 1), entry(6, "message", "s9", "w", 1));
        await().atMost(SOON).until(() -> seqs().size() >= 4);

        assertThat(seqs()).containsExactly(3L, 4L, 5L, 6L);
    }

    @Test
    void triesAgainUntilANodeTakesIt() {
        Waiting.on(client.join("doc", Mode.VIEW));
        node.refuse(503);
        drop();
        await().atMost(SOON).until(() -> all(LinkEvent.Offline.class).size() >= 3);
        assertThat(all(LinkEvent.Offline.class).get(2).code()).isEqualTo(503);
        node.refuse(0);

        await().atMost(SOON).until(() -> all(LinkEvent.Online.class).size() == 2);
        assertThat(all(LinkEvent.Online.class).get(1).welcome().resumed()).isTrue();
    }

    @Test
    void endsWhenItsSessionIsResumedElsewhereAndKeepsNothingBack() throws Exception {
        Waiting.on(client.join("doc", Mode.EDIT));
        Future<Outcome> update = client.update("doc", 7, "a", "x");
        node.next("update");
        node.lastSocket().close((short) 4500, "session resumed elsewhere");

        assertThat(tell(LinkEvent.Ended.class).code()).isEqualTo(4500);
        assertThatThrownBy(() -> Waiting.on(update)).isInstanceOf(ConnectionClosed.class);
        assertThat(tell(LinkEvent.Drafted.class).drafts().get(0).uncertain()).isTrue();
        int before = node.connections();
        client.reconnectNow();
        await().during(Duration.ofMillis(200)).atMost(SOON).until(() -> node.connections() == before);
    }

    @Test
    void doesNotSendAgainWhatWasTooLargeForTheNode() throws Exception {
        Waiting.on(client.join("doc", Mode.EDIT));
        // Decided by the update and not by when it comes: the client is back some ten milliseconds after the close.
        node.answer("update", (socket, frame) -> {
            if (frame.getString("id").equals("a")) {
                socket.close((short) 1009, "message too large");
            } else {
                reply(socket, frame, applied(frame, 10));
            }
        });
        Future<Outcome> large = client.update("doc", 7, "a", "x");
        Future<Outcome> behind = client.update("doc", 7, "b", "y");

        assertThatThrownBy(() -> Waiting.on(large)).isInstanceOf(ConnectionClosed.class);
        assertThatThrownBy(() -> Waiting.on(behind)).isInstanceOf(ConnectionClosed.class);
        assertThat(tell(LinkEvent.Drafted.class).drafts()).extracting(Draft::id).containsExactly("a", "b");
        assertThat(Waiting.on(client.update("doc", 7, "c", "z"))).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void takesOnlySoMuchWhileItIsAway() {
        Waiting.on(client.join("doc", Mode.EDIT));
        node.answer("update", (socket, frame) -> {});
        for (int i = 0; i < Outbox.LARGEST; i++) {
            client.update("doc", 7, "u" + i, i);
        }

        assertThatThrownBy(() -> Waiting.on(client.update("doc", 7, "more", 1)))
                .isInstanceOfSatisfying(
                        BatonException.class, error -> assertThat(error.code()).isEqualTo("busy"));
    }

    @Test
    void dropsADocumentItMayNotJoin() {
        node.answer(
                "join",
                (socket, frame) -> reply(
                        socket,
                        frame,
                        new JsonObject()
                                .put("type", "error")
                                .put("code", "forbidden")
                                .put("message", "not yours")));

        assertThatThrownBy(() -> Waiting.on(client.join("doc", Mode.EDIT))).isInstanceOf(BatonException.class);
        assertThat(tell(LinkEvent.Dropped.class).document()).isEqualTo("doc");
        assertThatThrownBy(() -> Waiting.on(client.say("doc", "m", "hi")))
                .isInstanceOfSatisfying(
                        BatonException.class, error -> assertThat(error.code()).isEqualTo("not-joined"));
    }

    private static JsonObject mine(long epoch) {
        return rights(epoch, member("s1", "ada", "edit", "online"), "held", "holder");
    }

    private static JsonObject applied(JsonObject request, long seq) {
        return new JsonObject()
                .put("type", "applied")
                .put("document", "doc")
                .put("id", request.getString("id"))
                .put("seq", seq);
    }

    private void answerUpdates() {
        node.answer("update", (socket, frame) -> reply(socket, frame, applied(frame, 10)));
    }

    private void drop() {
        ServerWebSocket socket = node.lastSocket();
        socket.close((short) 1001, "node going away");
    }

    private void entries(JsonObject... some) {
        node.lastSocket()
                .writeTextMessage(new JsonObject()
                        .put("type", "entries")
                        .put("document", "doc")
                        .put("entries", new JsonArray(List.of(some)))
                        .encode());
    }

    private List<Long> seqs() {
        return told.stream()
                .flatMap(event -> {
                    if (event instanceof LinkEvent.CaughtUp caughtUp) {
                        return caughtUp.joined().entries().stream();
                    }
                    return event instanceof LinkEvent.Told news && news.event() instanceof NodeEvent.Entries entries
                            ? entries.entries().stream()
                            : java.util.stream.Stream.<Entry>empty();
                })
                .map(Entry::seq)
                .toList();
    }

    private <T extends LinkEvent> List<T> all(Class<T> kind) {
        return told.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private <T extends LinkEvent> T tell(Class<T> kind) {
        await().atMost(SOON).until(() -> !all(kind).isEmpty());
        return all(kind).get(0);
    }
}
