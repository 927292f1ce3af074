package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.auth.Issuer;
import dev.baton.client.BatonClient;
import dev.baton.client.BatonException;
import dev.baton.client.ClientOptions;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a node that asks for tokens, nobody is in without one that is good, nor for longer than it is. */
class TokensIT {
    private static final Issuer ISSUER = Issuer.es256("ec-1");
    private static final JsonObject EVERYTHING = new JsonObject().put("*", "edit");

    @TempDir
    static Path folder;

    private static Nodes nodes;
    private static NodeProcess node;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();
    private final List<String> shown = new ArrayList<>();

    @BeforeAll
    static void startNode() throws IOException {
        vertx = Vertx.vertx();
        Path keys = Files.writeString(folder.resolve("keys.json"), Issuer.jwks(ISSUER));
        nodes = Nodes.start(
                TokensIT.class,
                1,
                Map.of(
                        "BATON_AUTH_MODE", "jwt",
                        "BATON_AUTH_JWT_JWKS", keys.toString(),
                        "BATON_AUTH_JWT_ISSUER", "https://id.example",
                        "BATON_AUTH_JWT_AUDIENCE", "baton",
                        "BATON_AUTH_JWT_LEEWAY", "0s"));
        node = nodes.get(0);
    }

    @AfterAll
    static void stopNode() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @AfterEach
    void itGoesOnAndHasLoggedNoToken() {
        try (RawSocket socket = welcomed(token("after", 60))) {
            socket.text("{\"type\":\"ping\"}");
            assertThat(socket.json().getString("type")).isEqualTo("pong");
        }
        await().atMost(SOON).until(() -> node.gauges().get("baton_sockets") == 0);
        assertThat(node.gauges()).containsEntry("baton_users", 0L);
        String logged = node.logged();
        for (String token : shown) {
            assertThat(logged).doesNotContain(token.substring(token.indexOf('.') + 1, token.lastIndexOf('.')));
        }
        assertThat(logged).doesNotContain("\tat ");
    }

    private static JsonObject claims(String user, long seconds) {
        return Issuer.claims(user, seconds)
                .put("iss", "https://id.example")
                .put("aud", "baton")
                .put("documents", EVERYTHING);
    }

    private static String token(String user, long seconds) {
        return ISSUER.token(claims(user, seconds));
    }

    private JsonObject hello(String token) {
        shown.add(token);
        return new JsonObject().put("type", "hello").put("ref", 1).put("token", token);
    }

    private RawSocket welcomed(String token) {
        RawSocket socket = RawSocket.open(node);
        socket.text(hello(token).encode());
        assertThat(socket.json().getString("type")).isEqualTo("welcome");
        return socket;
    }

    private void refused(JsonObject hello, String words) {
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text(hello.encode());
            JsonObject error = socket.json();
            assertThat(error.getString("type")).as(words).isEqualTo("error");
            assertThat(error.getString("code")).isEqualTo("forbidden");
            assertThat(error.getInteger("ref")).isEqualTo(1);
            assertThat(error.getString("message")).contains(words);
            assertThat(socket.closeCode()).isEqualTo(4401);
        }
    }

    // ---- who is let in --------------------------------------------------------------------------------------------

    @Test
    void whoeverShowsAGoodTokenIsWhoItSays() {
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text(hello(ISSUER.token(claims("ann", 60).put("name", "Ann")))
                    .put("user", new JsonObject().put("id", "eve").put("name", "Eve"))
                    .encode());
            assertThat(socket.json("welcome").getJsonObject("user"))
                    .isEqualTo(new JsonObject().put("id", "ann").put("name", "Ann"));
        }
    }

    @Test
    void aMissingTokenIsSaidToBeMissing() {
        refused(
                new JsonObject()
                        .put("type", "hello")
                        .put("ref", 1)
                        .put("user", new JsonObject().put("id", "eve").put("name", "Eve")),
                "token is missing");
    }

    @Test
    void anExpiredTokenIsRefused() {
        refused(hello(token("ann", -1)), "expired");
    }

    @Test
    void aTokenThatIsNotValidYetIsRefused() {
        refused(
                hello(ISSUER.token(claims("ann", 600).put("nbf", System.currentTimeMillis() / 1_000 + 300))),
                "not valid yet");
    }

    @Test
    void aTokenSignedWithAnotherKeyIsRefused() {
        refused(hello(Issuer.es256("ec-1").token(claims("ann", 60))), "signature is not right");
        refused(hello(Issuer.es256("ec-2").token(claims("ann", 60))), "not known");
    }

    @Test
    void aTokenSignedByAnotherAlgorithmIsRefused() {
        refused(hello(Issuer.hs256(ISSUER.pem()).token(claims("ann", 60))), "an algorithm that is not accepted");
        refused(hello(Issuer.rs256("ec-1").token(claims("ann", 60))), "an algorithm that is not accepted");
    }

    @Test
    void aTokenThatNobodySignedIsRefused() {
        refused(hello(Issuer.unsigned(claims("ann", 60))), "not signed");
    }

    @Test
    void aTokenForAnotherAudienceOrOfAnotherIssuerIsRefused() {
        refused(hello(ISSUER.token(claims("ann", 60).put("aud", "other"))), "audience");
        refused(hello(ISSUER.token(claims("ann", 60).put("iss", "https://evil.example"))), "issuer");
    }

    @Test
    void aTokenInTheAddressOrAHeaderIsNotLookedAt() {
        String token = token("ann", 60);
        shown.add(token);
        ClientOptions options = ClientOptions.to(node.uri() + "?token=" + token + "&access_token=" + token)
                .withHeader("Authorization", "Bearer " + token)
                .withUser("ann", "Ann");
        assertThatThrownBy(() -> Waiting.on(BatonClient.connect(vertx, options)))
                .isInstanceOfSatisfying(
                        BatonException.class, error -> assertThat(error.code()).isEqualTo("forbidden"));
    }

    // ---- how long -------------------------------------------------------------------------------------------------

    @Test
    void aTokenThatExpiresClosesTheSocketAndTheSessionGoesOnWithANewOne() {
        RawSocket socket = RawSocket.open(node);
        long start = System.nanoTime();
        socket.text(hello(token("ann", 3)).encode());
        JsonObject welcome = socket.json("welcome");
        assertThat(socket.closeCode()).isEqualTo(4503);
        assertThat((System.nanoTime() - start) / 1_000_000).isBetween(1_500L, 4_500L);
        socket.close();
        try (RawSocket back = RawSocket.open(node)) {
            back.text(hello(token("ann", 60))
                    .put("resume", welcome.getString("resume"))
                    .encode());
            JsonObject again = back.json("welcome");
            assertThat(again.getBoolean("resumed")).isTrue();
            assertThat(again.getString("session")).isEqualTo(welcome.getString("session"));
        }
    }

    @Test
    void aSecondHelloWithANewTokenKeepsTheSocket() {
        try (RawSocket socket = RawSocket.open(node)) {
            socket.text(hello(token("ann", 3)).encode());
            JsonObject first = socket.json("welcome");
            socket.text(hello(token("ann", 600)).put("ref", "again").encode());
            JsonObject second = socket.json("welcome");
            assertThat(second.getString("ref")).isEqualTo("again");
            assertThat(second.getString("session")).isEqualTo(first.getString("session"));
            assertThat(second.getString("resume")).isEqualTo(first.getString("resume"));
            assertThat(second.getBoolean("resumed")).isTrue();
            long start = System.nanoTime();
            await().atMost(SOON).until(() -> System.nanoTime() - start > 4_000_000_000L);
            socket.text("{\"type\":\"ping\",\"ref\":\"still\"}");
            assertThat(socket.json("pong").getString("ref")).isEqualTo("still");
        }
    }

    @Test
    void aSecondHelloOfAnotherUserOrWithABadTokenEndsIt() {
        for (String token : List.of(token("eve", 60), token("ann", -1), Issuer.unsigned(claims("ann", 60)))) {
            try (RawSocket socket = welcomed(token("ann", 60))) {
                socket.text(hello(token).encode());
                assertThat(socket.json("error").getString("code")).isEqualTo("forbidden");
                assertThat(socket.closeCode()).isEqualTo(4401);
            }
        }
    }

    @Test
    void whatFollowsASecondHelloWaitsForItsAnswer() {
        try (RawSocket socket = welcomed(token("ann", 60))) {
            socket.text(hello(token("ann", 600)).put("ref", "two").encode());
            socket.text("{\"type\":\"ping\",\"ref\":\"three\"}");
            assertThat(socket.json().getString("ref")).isEqualTo("two");
            assertThat(socket.json().getString("ref")).isEqualTo("three");
        }
    }

    // ---- whose session --------------------------------------------------------------------------------------------

    @Test
    void anothersResumeSecretIsOfNoUse() {
        try (RawSocket ann = RawSocket.open(node)) {
            ann.text(hello(token("ann", 60)).encode());
            JsonObject welcome = ann.json("welcome");
            String secret = welcome.getString("resume");
            try (RawSocket eve = RawSocket.open(node)) {
                eve.text(hello(token("eve", 60)).put("resume", secret).encode());
                JsonObject own = eve.json("welcome");
                assertThat(own.getBoolean("resumed")).isFalse();
                assertThat(own.getString("session")).isNotEqualTo(welcome.getString("session"));
                assertThat(own.getJsonObject("user").getString("id")).isEqualTo("eve");
            }
            refused(new JsonObject().put("type", "hello").put("ref", 1).put("resume", secret), "token is missing");
            refused(hello(token("ann", -1)).put("resume", secret), "expired");
            ann.text("{\"type\":\"ping\",\"ref\":\"mine\"}");
            assertThat(ann.json("pong").getString("ref"))
                    .as("nothing happened to it")
                    .isEqualTo("mine");
            assertThat(node.logged()).doesNotContain(secret);
        }
    }

    // ---- keys -----------------------------------------------------------------------------------------------------

    @Test
    void keysThatAreReplacedCountWithoutARestart() throws IOException {
        Issuer next = Issuer.rs256("next");
        refused(hello(next.token(claims("ann", 60))), "not accepted");
        replace(Issuer.jwks(ISSUER, next));
        await().atMost(SOON).untilAsserted(() -> {
            try (RawSocket socket = RawSocket.open(node)) {
                socket.text(hello(next.token(claims("ann", 60))).encode());
                assertThat(socket.json().getString("type")).isEqualTo("welcome");
            }
        });
        welcomed(token("ann", 60)).close();
        replace(Issuer.jwks(ISSUER));
        await().atMost(SOON).untilAsserted(() -> refused(hello(next.token(claims("ann", 60))), "not accepted"));
    }

    private static void replace(String keys) throws IOException {
        Path file = Files.writeString(folder.resolve("next.json"), keys);
        Files.move(file, folder.resolve("keys.json"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aNodeWhoseKeyCannotBeUsedDoesNotStartAndSaysWhy() {
        assertThatThrownBy(() -> nodes.add(1, Map.of("BATON_AUTH_JWT_JWKS", "/no/such/file")))
                .hasMessageContaining("status 1")
                .hasMessageContaining("auth.jwt-jwks: the file cannot be read");
    }

    @Test
    void whoIsLetInCanWrite() {
        try (RawSocket socket = welcomed(token("ann", 60))) {
            socket.text("{\"type\":\"join\",\"document\":\"" + document + "\",\"mode\":\"edit\"}");
            long epoch = socket.json("joined").getJsonObject("rights").getLong("epoch");
            if (epoch == 0) {
                epoch = socket.json("rights").getLong("epoch");
            }
            socket.text("{\"type\":\"update\",\"document\":\"" + document + "\",\"epoch\":" + epoch
                    + ",\"id\":\"a\",\"data\":1}");
            assertThat(socket.json("applied").getString("id")).isEqualTo("a");
        }
    }
}
