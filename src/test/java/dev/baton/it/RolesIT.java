package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.auth.Issuer;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a token grants is what its bearer may do, at each message, on whichever of two nodes it is. */
class RolesIT {
    private static final String SECRET = "a secret that is long enough, as it must be";
    private static final Issuer ISSUER = Issuer.hs256(SECRET);

    private static Nodes nodes;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();
    private final List<RawSocket> open = new ArrayList<>();

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(RolesIT.class, 2, Map.of("BATON_AUTH_MODE", "jwt", "BATON_AUTH_JWT_SECRET", SECRET));
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @AfterEach
    void nothingIsLeft() {
        open.forEach(RawSocket::close);
        for (int i = 0; i < 2; i++) {
            NodeProcess node = nodes.get(i);
            await().atMost(SOON).until(() -> node.gauges().get("baton_sockets") == 0);
            assertThat(node.logged()).doesNotContain("\tat ").doesNotContain(SECRET);
        }
    }

    // ---- pieces ---------------------------------------------------------------------------------------------------

    private static JsonObject hello(String user, JsonObject documents) {
        return new JsonObject().put("type", "hello").put("token", ISSUER.tokenFor(user, documents));
    }

    private JsonObject as(String role) {
        return new JsonObject().put(document, role);
    }

    /** Somebody on a node, and the session's welcome. */
    private final class Somebody {
        final RawSocket socket;
        final JsonObject welcome;
        private final List<JsonObject> heard = new ArrayList<>();

        Somebody(int node, String user, JsonObject documents) {
            this(node, hello(user, documents));
        }

        Somebody(int node, JsonObject hello) {
            socket = RawSocket.open(nodes.get(node));
            open.add(socket);
            socket.text(hello.encode());
            welcome = socket.json("welcome");
        }

        String session() {
            return welcome.getString("session");
        }

        void send(String type, JsonObject fields) {
            JsonObject whole =
                    new JsonObject().put("type", type).put("ref", type).put("document", document);
            socket.text(whole.mergeIn(fields).encode());
        }

        /** The answer to what is sent. */
        JsonObject ask(String type, JsonObject fields) {
            send(type, fields);
            return until(frame -> type.equals(frame.getValue("ref")));
        }

        /** The next frame that is wanted. */
        JsonObject until(Predicate<JsonObject> wanted) {
            JsonObject next = hear();
            while (!wanted.test(next)) {
                next = hear();
            }
            return next;
        }

        /** A frame that is wanted, heard before or next. */
        JsonObject told(Predicate<JsonObject> wanted) {
            return heard.stream().filter(wanted).findFirst().orElseGet(() -> until(wanted));
        }

        private JsonObject hear() {
            JsonObject next = socket.json();
            heard.add(next);
            return next;
        }

        JsonObject join(String mode) {
            return ask("join", new JsonObject().put("mode", mode));
        }

        /** Joins a document that is free, and has its pen; gives the epoch. */
        long take() {
            JsonObject rights = join("edit").getJsonObject("rights");
            return "holder".equals(rights.getString("you")) ? rights.getLong("epoch") : penAfter(0);
        }

        long penAfter(long epoch) {
            return told(frame -> "rights".equals(frame.getString("type"))
                            && "holder".equals(frame.getString("you"))
                            && frame.getLong("epoch") > epoch)
                    .getLong("epoch");
        }

        JsonObject update(long epoch, String id) {
            return ask(
                    "update", new JsonObject().put("epoch", epoch).put("id", id).put("data", id));
        }
    }

    private static void forbidden(JsonObject answer, String words) {
        assertThat(answer.getString("type")).isEqualTo("error");
        assertThat(answer.getString("code")).isEqualTo("forbidden");
        assertThat(answer.getString("message")).contains(words);
    }

    private static JsonObject none() {
        return new JsonObject();
    }

    // ---- each role ------------------------------------------------------------------------------------------------

    @Test
    void anotherDocumentIsClosedToWhoeverHasNoRoleInIt() {
        Somebody ann = new Somebody(0, "ann", new JsonObject().put("other", "moderate"));
        forbidden(ann.join("view"), "yours is none");
        forbidden(ann.join("edit"), "yours is none");
        for (String type : List.of("request", "handover", "remove", "signal", "say")) {
            forbidden(
                    ann.ask(type, new JsonObject().put("id", "i").put("data", 1).put("session", "s")), "yours is none");
        }
    }

    @Test
    void aViewerReadsAndSignalsAndNeverStandsInLineOrWrites() {
        Somebody ann = new Somebody(0, "ann", as("edit"));
        long epoch = ann.take();
        Somebody vic = new Somebody(1, "vic", as("view"));
        forbidden(vic.join("edit"), "takes the role edit");
        assertThat(vic.join("view").getString("type")).isEqualTo("joined");
        forbidden(vic.ask("request", none()), "takes the role edit");
        forbidden(vic.update(epoch, "forged"), "takes the role edit");
        forbidden(
                vic.ask(
                        "snapshot",
                        new JsonObject().put("epoch", epoch).put("seq", 1).put("data", 1)),
                "role edit");
        forbidden(vic.ask("say", new JsonObject().put("id", "m").put("data", 1)), "takes the role edit");
        forbidden(vic.ask("handover", new JsonObject().put("session", vic.session())), "takes the role moderate");
        forbidden(vic.ask("remove", new JsonObject().put("session", ann.session())), "takes the role moderate");
        vic.send("signal", new JsonObject().put("data", "here"));
        assertThat(ann.told(frame -> "signal".equals(frame.getString("type"))).getString("session"))
                .isEqualTo(vic.session());
        assertThat(ann.update(epoch, "a").getString("type")).isEqualTo("applied");
        assertThat(vic.told(frame -> frame.encode().contains("\"id\":\"a\"")).getString("type"))
                .isEqualTo("entries");
        JsonObject rights = ann.join("edit").getJsonObject("rights");
        assertThat(rights.getJsonArray("queue")).isEqualTo(new JsonArray());
    }

    @Test
    void nobodyCanGiveThePenToAViewer() {
        Somebody vic = new Somebody(1, "vic", as("view"));
        vic.join("view");
        Somebody ann = new Somebody(0, "ann", as("edit"));
        long epoch = ann.take();
        forbidden(ann.ask("release", new JsonObject().put("epoch", epoch).put("to", vic.session())), "may only view");
        Somebody mod = new Somebody(0, "mod", as("moderate"));
        mod.join("view");
        forbidden(mod.ask("handover", new JsonObject().put("session", vic.session())), "may only view");
        assertThat(ann.update(epoch, "still").getString("type")).isEqualTo("applied");
    }

    @Test
    void anEditorIsNoModerator() {
        Somebody ann = new Somebody(0, "ann", as("edit"));
        ann.take();
        Somebody ben = new Somebody(1, "ben", as("edit"));
        ben.join("edit");
        forbidden(ben.ask("handover", new JsonObject().put("session", ben.session())), "takes the role moderate");
        forbidden(ben.ask("remove", new JsonObject().put("session", ann.session())), "takes the role moderate");
        assertThat(ben.ask("request", none()).getString("you")).isEqualTo("queued");
    }

    // ---- moderators -----------------------------------------------------------------------------------------------

    @Test
    void aModeratorsRequestTakesThePenAtOnceAndTheHolderIsFenced() {
        Somebody ann = new Somebody(0, "ann", as("edit"));
        long epoch = ann.take();
        Somebody ben = new Somebody(0, "ben", as("edit"));
        ben.join("edit");
        Somebody mod = new Somebody(1, "mod", as("moderate"));
        mod.join("view");
        JsonObject rights = mod.ask("request", none());
        assertThat(rights.getString("you")).isEqualTo("holder");
        assertThat(rights.getString("cause")).isEqualTo("moderator");
        assertThat(rights.getLong("epoch")).isGreaterThan(epoch);
        assertThat(rights.getJsonArray("queue"))
                .as("whoever waited keeps the place, the former holder comes last")
                .isEqualTo(new JsonArray().add(ben.session()).add(ann.session()));
        assertThat(ann.update(epoch, "late").getString("type")).isEqualTo("fenced");
        assertThat(mod.update(rights.getLong("epoch"), "mine").getString("type"))
                .isEqualTo("applied");
    }

    @Test
    void aModeratorHandsOverForOthers() {
        Somebody ann = new Somebody(0, "ann", as("edit"));
        long epoch = ann.take();
        Somebody ben = new Somebody(1, "ben", as("edit"));
        ben.join("view");
        Somebody mod = new Somebody(0, "mod", as("moderate"));
        mod.join("view");
        assertThat(mod.ask("handover", new JsonObject().put("session", ben.session()))
                        .getJsonObject("holder")
                        .getString("session"))
                .isEqualTo(ben.session());
        long next = ben.penAfter(epoch);
        assertThat(ben.update(next, "b").getString("type")).isEqualTo("applied");
        JsonObject nobody = mod.ask("handover", new JsonObject().put("session", "nobody"));
        assertThat(nobody.getString("code")).isEqualTo("bad-message");
    }

    @Test
    void aModeratorRemovesASessionWhichIsOverThen() {
        Somebody ann = new Somebody(1, "ann", as("edit"));
        long epoch = ann.take();
        Somebody ben = new Somebody(0, "ben", as("edit"));
        ben.join("edit");
        Somebody mod = new Somebody(0, "mod", as("moderate"));
        mod.join("view");
        JsonObject answer = mod.ask("remove", new JsonObject().put("session", ann.session()));
        assertThat(answer.getString("type")).isEqualTo("removed");
        assertThat(answer.getString("session")).isEqualTo(ann.session());
        assertThat(ann.socket.closeCode()).isEqualTo(4501);
        assertThat(ben.penAfter(epoch)).as("the pen is not kept for it").isGreaterThan(epoch);
        JsonObject left = mod.told(frame ->
                "presence".equals(frame.getString("type")) && frame.encode().contains("\"cause\":\"removed\""));
        assertThat(left.getJsonArray("left").encode()).contains(ann.session());
        Somebody back = new Somebody(1, hello("ann", as("edit")).put("resume", ann.welcome.getString("resume")));
        assertThat(back.welcome.getBoolean("resumed")).isFalse();
        assertThat(back.session()).isNotEqualTo(ann.session());
    }

    @Test
    void aRemovedHolderCannotComeBackByWhatTheStoreRemembers() {
        Somebody ann = new Somebody(1, "ann", as("edit"));
        ann.take();
        Somebody mod = new Somebody(0, "mod", as("moderate"));
        mod.join("view");
        mod.send("remove", new JsonObject().put("session", ann.session()));
        mod.until(frame -> "removed".equals(frame.getString("type")));
        for (int i = 0; i < 20; i++) {
            Somebody back =
                    new Somebody(i % 2, hello("ann", as("edit")).put("resume", ann.welcome.getString("resume")));
            // The answer may come before the removal is done; afterwards there is no way back.
            if (i > 5) {
                assertThat(back.welcome.getBoolean("resumed")).isFalse();
            }
        }
    }

    // ---- roles that change ----------------------------------------------------------------------------------------

    @Test
    void aTokenWithALesserRoleTakesThePenBackAtOnce() {
        Somebody ann = new Somebody(0, "ann", as("edit"));
        long epoch = ann.take();
        Somebody ben = new Somebody(1, "ben", as("edit"));
        ben.join("edit");
        ann.socket.text(hello("ann", as("view")).encode());
        ann.socket.json("welcome");
        assertThat(ben.penAfter(epoch)).isGreaterThan(epoch);
        forbidden(ann.update(epoch, "late"), "takes the role edit");
        forbidden(ann.ask("request", none()), "takes the role edit");
        assertThat(ben.update(epoch + 1, "b").getString("type")).isEqualTo("applied");
        assertThat(ann.told(frame -> frame.encode().contains("\"id\":\"b\"")).getString("type"))
                .as("it still reads")
                .isEqualTo("entries");
        ann.socket.text(hello("ann", as("edit")).encode());
        ann.socket.json("welcome");
        assertThat(ann.ask("request", none()).getString("you")).isEqualTo("queued");
    }

    @Test
    void whatFollowsALesserTokenIsJudgedByIt() {
        Somebody ann = new Somebody(0, "ann", as("edit"));
        long epoch = ann.take();
        ann.socket.text(hello("ann", as("view")).encode());
        forbidden(ann.update(epoch, "pipelined"), "takes the role edit");
    }

    @Test
    void aJoinThatIsUnderWayIsJudgedByTheTokenThatFollowsIt() {
        Somebody ben = new Somebody(1, "ben", as("edit"));
        for (int i = 0; i < 20; i++) {
            Somebody ann = new Somebody(0, "ann", as("edit"));
            ann.send("join", new JsonObject().put("mode", "edit"));
            ann.socket.text(hello("ann", new JsonObject().put("other", "view")).encode());
            ann.until(frame -> "left".equals(frame.getString("type")));
            assertThat(ann.heard.stream().map(frame -> frame.getString("type"))).containsSubsequence("joined", "left");
            await().atMost(SOON)
                    .until(() ->
                            !ben.join("view").getJsonArray("members").encode().contains(ann.session()));

            Somebody ada = new Somebody(0, "ada", as("edit"));
            ada.send("join", new JsonObject().put("mode", "edit"));
            ada.socket.text(hello("ada", as("view")).encode());
            ada.until(frame -> "welcome".equals(frame.getString("type")));
            ben.take();
            ada.socket.close();
            ann.socket.close();
        }
    }

    @Test
    void aTokenWithoutARoleTakesTheSessionOutOfTheDocument() {
        Somebody ann = new Somebody(0, "ann", as("edit"));
        long epoch = ann.take();
        Somebody ben = new Somebody(1, "ben", as("edit"));
        ben.join("edit");
        ann.socket.text(hello("ann", new JsonObject()).encode());
        forbidden(ann.until(frame -> "error".equals(frame.getString("type"))), "no longer");
        assertThat(ann.socket.json("left").getString("document")).isEqualTo(document);
        assertThat(ben.penAfter(epoch)).isGreaterThan(epoch);
        assertThat(ben.told(frame -> frame.encode().contains("\"cause\":\"revoked\"")
                                && "presence".equals(frame.getString("type")))
                        .getJsonArray("left")
                        .encode())
                .contains(ann.session());
        forbidden(ann.update(epoch, "late"), "yours is none");
    }

    @Test
    void aSessionThatIsResumedWithALesserTokenComesBackAsAViewer() {
        Somebody ann = new Somebody(0, "ann", as("edit"));
        long epoch = ann.take();
        Somebody ben = new Somebody(0, "ben", as("edit"));
        ben.join("edit");
        Somebody again = new Somebody(1, hello("ann", as("view")).put("resume", ann.welcome.getString("resume")));
        assertThat(again.welcome.getBoolean("resumed")).isTrue();
        assertThat(ben.penAfter(epoch)).isGreaterThan(epoch);
        forbidden(again.update(epoch, "late"), "takes the role edit");
    }
}
