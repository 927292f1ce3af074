package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Joined;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What other programs may ask of documents: over the cluster's bus, and over HTTP on any node's management port. */
class DocumentsIT {
    private static Nodes nodes;
    private static Vertx vertx;
    private static Bystander bystander;

    private final String document = "asked/" + UUID.randomUUID();
    private Person ann;
    private Person ben;
    private long epoch;

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(DocumentsIT.class, 2, Map.of());
        bystander = Bystander.of(nodes);
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes;
                Bystander gone = bystander) {
            Waiting.on(vertx.close());
        }
    }

    @BeforeEach
    void twoPeopleOnTwoNodes() {
        ann = Person.on(vertx, nodes.get(0), "ann");
        ben = Person.on(vertx, nodes.get(1), "ben");
        epoch = ann.take(document);
        assertThat(ann.update(document, epoch, "one")).isInstanceOf(Outcome.Applied.class);
        ben.view(document);
        await().atMost(SOON).until(() -> count(bystander.ask(request("members"))) == 2);
    }

    private static int count(JsonObject members) {
        return members.getInteger("count");
    }

    private JsonObject request(String action) {
        return new JsonObject().put("action", action).put("document", document);
    }

    private JsonObject request(String action, Person person) {
        return request(action).put("session", person.session());
    }

    private JsonObject target(Person person) {
        return new JsonObject().put("document", document).put("session", person.session());
    }

    // ---- in the store ---------------------------------------------------------------------------------------------

    @Test
    void membersOfADocumentThatIsDeletedInTheStoreBeginAnewWithItsNextEpoch() throws SQLException {
        long incarnation = incarnation();
        try (Connection store = DriverManager.getConnection(nodes.storeUrl());
                Statement statement = store.createStatement()) {
            statement.execute("DELETE FROM baton_document WHERE name = '" + document + "'");
        }

        for (Person each : List.of(ann, ben)) {
            Joined joined = each.heard()
                    .await(
                            NodeEvent.Reset.class,
                            told -> told.joined().document().equals(document),
                            SOON)
                    .joined();
            assertThat(joined.recovered()).isFalse();
            assertThat(joined.entries()).isEmpty();
        }
        assertThat(ann.update(document, epoch, "late")).isInstanceOf(Outcome.Fenced.class);
        Rights rights = ann.penAfter(document, epoch).rights();
        assertThat(ann.update(document, rights.epoch(), "new")).isInstanceOf(Outcome.Applied.class);
        ben.heard()
                .await(
                        NodeEvent.Entries.class,
                        told -> told.entries().stream()
                                .anyMatch(entry -> entry.id().equals("new")),
                        SOON);
        assertThat(incarnation()).as("nothing else is reloaded").isEqualTo(incarnation);
    }

    private static long incarnation() {
        return nodes.get(0).gauges().get("baton_store_incarnation");
    }

    // ---- over the bus ---------------------------------------------------------------------------------------------

    @Test
    void anyVerticleOfTheClusterLearnsWhereADocumentStandsAndWhoIsInIt() {
        JsonObject state = bystander.ask(request("state"));
        assertThat(state.getString("document")).isEqualTo(document);
        assertThat(state.getLong("epoch")).isEqualTo(epoch);
        assertThat(state.getLong("seq")).isEqualTo(2); // the grant and the update
        assertThat(state.getString("state")).isEqualTo("held");
        assertThat(state.getJsonObject("holder").getString("session")).isEqualTo(ann.session());
        assertThat(state.getJsonArray("queue")).isEmpty();

        JsonArray members = bystander.ask(request("members")).getJsonArray("members");
        assertThat(members.stream().map(JsonObject.class::cast).map(member -> member.getString("session")))
                .containsExactly(ann.session(), ben.session());
        assertThat(members.getJsonObject(1).getString("mode")).isEqualTo("view");
        assertThat(members.getJsonObject(1).getString("state")).isEqualTo("online");
        assertThat(members.getJsonObject(1).getJsonObject("user").getString("name"))
                .isEqualTo("ben");
    }

    @Test
    void thePenIsHandedOverAtOnceAndTheFormerHolderIsFencedAndStaysInLine() {
        JsonObject rights = bystander.ask(request("handover", ben));

        assertThat(rights.getJsonObject("holder").getString("session")).isEqualTo(ben.session());
        assertThat(rights.getLong("epoch")).isGreaterThan(epoch);
        assertThat(rights.getString("cause")).isEqualTo("moderator");
        assertThat(rights.getJsonArray("queue")).containsExactly(ann.session());
        long fresh = ben.penAfter(document, epoch).rights().epoch();
        assertThat(ann.update(document, epoch, "late")).isInstanceOf(Outcome.Fenced.class);
        assertThat(ben.update(document, fresh, "two")).isInstanceOf(Outcome.Applied.class);
        await().atMost(SOON).untilAsserted(() -> assertThat(bystander.handOversOf(document))
                .last()
                .satisfies(news -> assertThat(news.getString("cause")).isEqualTo("moderator")));

        assertThat(bystander.ask(request("handover", ben)).getLong("epoch"))
                .as("again is no harm")
                .isEqualTo(fresh);
    }

    @Test
    void aRemovedSessionIsClosedWith4501AndCannotComeBackAndItsPenMovesOn() {
        ben.edit(document);

        JsonObject removed = bystander.ask(request("remove", ann));

        assertThat(removed.getJsonObject("user").getString("id")).isEqualTo("ann");
        assertThat(removed.getJsonArray("documents")).containsExactly(document);
        assertThat(ann.closeCode()).isEqualTo(4501);
        long fresh = ben.penAfter(document, epoch).rights().epoch();
        assertThat(ben.update(document, fresh, "two")).isInstanceOf(Outcome.Applied.class);
        assertThat(ben.departure(document, ann.session())).isEqualTo("removed");
        await().atMost(SOON).untilAsserted(() -> assertThat(bystander.livenessOf(ann.session(), "gone"))
                .singleElement()
                .satisfies(news -> assertThat(news.getString("cause")).isEqualTo("removed")));
        Person back = ann.resumeOn(nodes.get(1));
        assertThat(back.client().welcome().resumed()).isFalse();
        assertThat(back.session()).isNotEqualTo(ann.session());
        refused(404, "no such session is in that document", request("remove", ann));
        assertThat(bystander.livenessOf(ann.session(), "offline")).isEmpty();
        await().atMost(SOON).until(() -> count(bystander.ask(request("members"))) == 1);
    }

    @Test
    void whatCannotBeDoneIsAnsweredInPlainWords() {
        refused(400, "the body must be a JSON object", "state");
        refused(400, "action must be text", new JsonObject());
        refused(400, "action must be state, members, handover or remove", request("burn"));
        refused(400, "document must be text", new JsonObject().put("action", "state"));
        refused(400, "document must be 1 to 200 characters", request("state").put("document", "a b"));
        refused(400, "session must be text", request("handover"));
        refused(404, "there is no document", request("state").put("document", "asked/none"));
        refused(404, "no such session is in that document", request("handover").put("session", "nobody"));
        ben.client().abort();
        await().atMost(SOON).untilAsserted(() -> refused(409, "not connected", request("handover", ben)));
    }

    private static void refused(int code, String words, Object request) {
        assertThatThrownBy(() -> bystander.ask(request)).isInstanceOfSatisfying(ReplyException.class, failure -> {
            assertThat(failure.failureCode()).isEqualTo(code);
            assertThat(failure.getMessage()).contains(words);
        });
    }

    // ---- over HTTP ------------------------------------------------------------------------------------------------

    @Test
    void everyNodeAnswersForTheWholeClusterOverHttp() {
        for (int i = 0; i < 2; i++) {
            NodeProcess node = nodes.get(i);
            assertThat(new JsonObject(node.page("/api/documents?after=asked/")).getJsonArray("documents"))
                    .contains(document);
            assertThat(new JsonObject(node.page("/api/documents/state?document=" + document)).getLong("epoch"))
                    .isEqualTo(epoch);
            assertThat(count(new JsonObject(node.page("/api/documents/members?document=" + document))))
                    .isEqualTo(2);
        }

        HttpResponse<String> given = post(nodes.get(1), "/api/documents/handover", target(ben));
        assertThat(given.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(given.body()).getJsonObject("holder").getString("session"))
                .isEqualTo(ben.session());
        ben.penAfter(document, epoch);

        assertThat(post(nodes.get(1), "/api/documents/remove", target(ann)).statusCode())
                .isEqualTo(200);
        assertThat(ann.closeCode()).isEqualTo(4501);
        assertThat(ben.heard().last(NodeEvent.Closed.class)).isEmpty();
    }

    @Test
    void documentsAreListedPageByPage() {
        String first = page(1, "asked/").getString(0);
        JsonObject all = new JsonObject(nodes.get(0).page("/api/documents?limit=1000"));
        List<String> names =
                all.getJsonArray("documents").stream().map(String.class::cast).toList();

        assertThat(names).isSorted().contains(document, first);
        assertThat(all.getBoolean("more")).isFalse();
        assertThat(page(1, document)).doesNotContain(document);
    }

    private static JsonArray page(int limit, String after) {
        return new JsonObject(nodes.get(0).page("/api/documents?limit=" + limit + "&after=" + after))
                .getJsonArray("documents");
    }

    @Test
    void badRequestsOverHttpAreNamed() {
        NodeProcess node = nodes.get(0);
        answers(400, "document is missing", get(node, "/api/documents/state"));
        answers(400, "document must be 1 to 200", get(node, "/api/documents/state?document=a%20b"));
        answers(400, "limit must be", get(node, "/api/documents?limit=0"));
        answers(400, "limit must be", get(node, "/api/documents?limit=many"));
        answers(404, "there is no document", get(node, "/api/documents/state?document=asked/none"));
        answers(400, "session must be text", post(node, "/api/documents/remove", request("")));
        answers(400, "the body must be a JSON object", send(node, "application/json", "[1]"));
        answers(400, "the body must be a JSON object", send(node, "application/json", "{"));
        answers(400, "the body must be a JSON object", send(node, "application/json", ""));
        answers(415, "Content-Type must be application/json", send(node, "text/plain", "{}"));
        answers(413, "the body is too large", send(node, "application/json", "x".repeat(5_000)));
        assertThat(node.logged()).as("what others do wrong").doesNotContain(" ERROR ");
    }

    @Test
    void aPageOfAnotherOriginMayNeitherReadNorChangeAnything() {
        NodeProcess node = nodes.get(0);
        answers(403, "another origin", node.send("/api/documents", to -> to.header("Origin", "http://evil.example")));
        answers(403, "another origin", node.send("/api/documents/remove", to -> to.header("Origin", "null")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(target(ann).encode()))));
        assertThat(ann.client().isOpen()).isTrue();
    }

    @Test
    void aPageMayAskTheNodeItIsFromUnlessItsNameWasMadeToLeadHere() throws IOException {
        assertThat(statusOf("127.0.0.1:1", "http://127.0.0.1:1")).endsWith(" 200 OK");
        assertThat(statusOf("localhost:1", "http://localhost:1")).endsWith(" 200 OK");
        assertThat(statusOf("rebound.example:1", "http://rebound.example:1")).endsWith(" 421 Misdirected Request");
    }

    /** The HTTP client does not let a test choose the host it claims to speak to. */
    private static String statusOf(String host, String origin) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), nodes.get(0).managementPort())) {
            String request = "GET /api/documents HTTP/1.0\r\nHost: " + host + "\r\nOrigin: " + origin + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines().findFirst().orElseThrow();
        }
    }

    @Test
    void theDescriptionNamesEveryPathAndEveryPathIsThere() {
        NodeProcess node = nodes.get(0);
        JsonObject description = new JsonObject(node.page("/api/openapi.json"));
        assertThat(description.getString("openapi")).startsWith("3.1");
        JsonObject paths = description.getJsonObject("paths");
        assertThat(paths.fieldNames())
                .containsExactlyInAnyOrder(
                        "/documents",
                        "/documents/state",
                        "/documents/members",
                        "/documents/handover",
                        "/documents/remove",
                        "/openapi.json");
        List<Integer> undescribed = new ArrayList<>();
        for (String path : paths.fieldNames()) {
            JsonObject operations = paths.getJsonObject(path);
            String method = operations.fieldNames().iterator().next();
            int status = method.equals("get")
                    ? get(node, "/api" + path).statusCode()
                    : send(node, "/api" + path, "application/json", "{}").statusCode();
            if (!operations.getJsonObject(method).getJsonObject("responses").containsKey(Integer.toString(status))) {
                undescribed.add(status);
            }
        }
        assertThat(undescribed).isEmpty();
    }

    private static void answers(int status, String words, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(new JsonObject(answer.body()).getString("error")).contains(words);
    }

    private static HttpResponse<String> get(NodeProcess node, String path) {
        return node.send(path, to -> to);
    }

    private static HttpResponse<String> post(NodeProcess node, String path, JsonObject body) {
        return send(node, path, "application/json", body.encode());
    }

    private static HttpResponse<String> send(NodeProcess node, String type, String body) {
        return send(node, "/api/documents/remove", type, body);
    }

    private static HttpResponse<String> send(NodeProcess node, String path, String type, String body) {
        return node.send(path, to -> to.header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)));
    }
}
