package dev.baton.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A token is believed when a key of ours signed it by that key's algorithm; nothing that its header says changes that.
 */
class TokensTest {
    private static final String SECRET = "a secret that is long enough, as it must be";
    private static final Issuer HS = Issuer.hs256(SECRET);
    private static final Issuer RS = Issuer.rs256("rsa-1");
    private static final Issuer ES = Issuer.es256("ec-1");
    private static final JsonObject ANN = Issuer.claims("ann", 60);

    @TempDir
    Path folder;

    private static Tokens tokens(String key, String value) {
        Map<String, String> settings = new HashMap<>(Map.of("auth.mode", "jwt", key, value));
        return Tokens.of(Settings.of(settings).auth().jwt(), 64);
    }

    private static Tokens secret() {
        return tokens("auth.jwt-secret", SECRET);
    }

    private static void believed(Tokens tokens, String token) {
        try {
            assertThat(tokens.verify(token, System.currentTimeMillis()).user().id())
                    .isEqualTo("ann");
        } catch (TokenRefused refused) {
            throw new AssertionError(refused.getMessage(), refused);
        }
    }

    private static void refused(Tokens tokens, String token, String words) {
        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> tokens.verify(token, System.currentTimeMillis()))
                .withMessageContaining(words)
                .satisfies(refusal -> {
                    for (String part : token.split("\\.", -1)) {
                        if (part.length() > 10) {
                            assertThat(refusal.getMessage()).doesNotContain(part);
                        }
                    }
                });
    }

    // ---- by each kind of key --------------------------------------------------------------------------------------

    @Test
    void eachKindOfKeyBelievesItsOwnIssuerAndNoOther() {
        Map<Issuer, Tokens> nodes = Map.of(
                HS, secret(),
                RS, tokens("auth.jwt-public-key", RS.pem()),
                ES, tokens("auth.jwt-public-key", ES.pem()));
        nodes.forEach((own, node) -> {
            believed(node, own.token(ANN));
            for (Issuer other : Set.of(HS, RS, ES)) {
                if (other != own) {
                    refused(node, other.token(ANN), "an algorithm that is not accepted");
                }
            }
        });
    }

    @Test
    void anotherKeyOfTheSameKindIsRefused() {
        refused(secret(), Issuer.hs256(SECRET + "!").token(ANN), "signature is not right");
        refused(tokens("auth.jwt-public-key", RS.pem()), Issuer.rs256("rsa-1").token(ANN), "signature is not right");
        refused(tokens("auth.jwt-public-key", ES.pem()), Issuer.es256("ec-1").token(ANN), "signature is not right");
    }

    @Test
    void aPublicKeyIsNotTakenForASecret() {
        String forged = Issuer.hs256(RS.pem()).token(ANN);
        refused(tokens("auth.jwt-public-key", RS.pem()), forged, "an algorithm that is not accepted; accepted: RS256");
    }

    @Test
    void aKeyIsGoodForOneAlgorithmOnly() {
        refused(
                tokens("auth.jwt-public-key", RS.pem()),
                RS.by(JWSAlgorithm.PS256).token(ANN),
                "accepted: RS256");
        refused(
                tokens("auth.jwt-public-key", RS.pem()),
                RS.by(JWSAlgorithm.RS512).token(ANN),
                "accepted: RS256");
        Issuer longer = Issuer.hs256(SECRET + SECRET);
        refused(
                tokens("auth.jwt-secret", SECRET + SECRET),
                longer.by(JWSAlgorithm.HS512).token(ANN),
                "HS256");
    }

    @Test
    void noneIsNoAlgorithmHoweverItIsWritten() {
        refused(secret(), Issuer.unsigned(ANN), "not signed");
        for (String none : List.of("None", "NONE", "nOnE", "", "null")) {
            refused(secret(), raw("{\"alg\":\"" + none + "\"}", ANN.encode()), "the token");
        }
        refused(secret(), raw("{}", ANN.encode()), "no JSON Web Token");
    }

    @Test
    void aTokenThatWasChangedIsRefused() {
        String token = HS.token(ANN);
        String[] parts = token.split("\\.", -1);
        String other = base64(Issuer.claims("eve", 60).encode());
        refused(secret(), parts[0] + "." + other + "." + parts[2], "signature is not right");
        refused(secret(), parts[0] + "." + parts[1] + ".", "the token");
        refused(secret(), parts[0] + "." + parts[1] + "." + base64("x"), "signature is not right");
    }

    @Test
    void theKeyThatATokenBringsWithItIsNotUsed() {
        Issuer eve = Issuer.rs256("eve");
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .jwk(eve.key().toPublicJWK())
                .jwkURL(URI.create("http://127.0.0.1:1/jwks"))
                .build();
        refused(tokens("auth.jwt-public-key", RS.pem()), eve.sign(header, ANN.encode()), "signature is not right");
    }

    @Test
    void anExtensionThatMustBeKnownIsNot() {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256)
                .criticalParams(Set.of("exp"))
                .customParam("exp", 1)
                .build();
        refused(secret(), HS.sign(header, ANN.encode()), "crit");
    }

    @Test
    void whatIsNoTokenIsSaidToBeNone() {
        for (String bad : List.of("", ".", "..", "...", "a.b.c", "ä", "x".repeat(5_000), "{}", "null", "\u0000")) {
            refused(secret(), bad, "no JSON Web Token");
        }
        refused(secret(), HS.sign(new JWSHeader(JWSAlgorithm.HS256), "[]"), "no exp");
        refused(secret(), HS.sign(new JWSHeader(JWSAlgorithm.HS256), "nonsense"), "payload");
    }

    private static String raw(String header, String payload) {
        return base64(header) + "." + base64(payload) + ".";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    // ---- a file of keys -------------------------------------------------------------------------------------------

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("keys.json"), content);
    }

    private void replace(String content) throws IOException {
        Path next = Files.writeString(folder.resolve("next.json"), content);
        Files.move(
                next, folder.resolve("keys.json"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aFileOfKeysBelievesAllOfThem() throws IOException {
        Tokens tokens = tokens("auth.jwt-jwks", file(Issuer.jwks(RS, ES)).toString());
        believed(tokens, RS.token(ANN));
        believed(tokens, ES.token(ANN));
        refused(tokens, Issuer.rs256("rsa-2").token(ANN), "a key (kid) that is not known");
        refused(tokens, Issuer.rs256("rsa-1").token(ANN), "signature is not right");
        refused(tokens, HS.token(ANN), "accepted: ES256, RS256");
    }

    @Test
    void aFileThatIsReplacedCountsWithoutARestart() throws IOException {
        Tokens tokens = tokens("auth.jwt-jwks", file(Issuer.jwks(RS)).toString());
        believed(tokens, RS.token(ANN));
        refused(tokens, ES.token(ANN), "not accepted");
        replace(Issuer.jwks(ES));
        await().untilAsserted(() -> believed(tokens, ES.token(ANN)));
        refused(tokens, RS.token(ANN), "not accepted");
    }

    @Test
    void aFileThatIsBrokenOrGoneLeavesTheKeysInForce() throws IOException {
        Path file = file(Issuer.jwks(RS));
        Tokens tokens = tokens("auth.jwt-jwks", file.toString());
        replace("{\"keys\":[");
        believedFor(1_500, tokens);
        Files.delete(file);
        believedFor(1_500, tokens);
        file(Issuer.jwks(ES));
        await().untilAsserted(() -> believed(tokens, ES.token(ANN)));
    }

    private static void believedFor(long millis, Tokens tokens) {
        await().during(Duration.ofMillis(millis))
                .atMost(Duration.ofMillis(2 * millis))
                .untilAsserted(() -> believed(tokens, RS.token(ANN)));
    }

    // ---- keys that cannot be used ---------------------------------------------------------------------------------

    private static void useless(String key, String value, String words) {
        assertThatThrownBy(() -> tokens(key, value))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(key + ": ")
                .hasMessageContaining(words)
                .hasMessageNotContaining("BEGIN RSA PRIVATE KEY-----M");
    }

    @Test
    void aKeyThatCannotBeUsedStopsTheStartInWords() throws IOException {
        String pem = "auth.jwt-public-key";
        useless(pem, "/no/such/file", "no file that can be read");
        useless(pem, "-----BEGIN PUBLIC KEY-----\n????\n-----END PUBLIC KEY-----", "no PEM");
        useless(pem, Issuer.pem("PUBLIC KEY", new byte[] {1, 2, 3}), "neither an RSA key nor");
        useless(pem, Issuer.pem("PRIVATE KEY", new byte[300]), "private key");
        useless(pem, Issuer.pem("CERTIFICATE", new byte[300]), "CERTIFICATE");
        useless(pem, Issuer.rs256("weak", 1024).pem(), "2048 bits");
        useless(pem, Issuer.es("p384", Curve.P_384, JWSAlgorithm.ES384).pem(), "P-256");
        String jwks = "auth.jwt-jwks";
        useless(jwks, "/no/such/file", "cannot be read");
        useless(jwks, file("nonsense").toString(), "no JSON Web Key Set");
        useless(jwks, file("{\"keys\":[]}").toString(), "no key for");
        useless(
                jwks,
                file(Issuer.jwks(Issuer.es("p384", Curve.P_384, JWSAlgorithm.ES384)))
                        .toString(),
                "no key for");
        useless(jwks, file("x".repeat((1 << 20) + 1)).toString(), "too large");
    }

    @Test
    void aKeyMayBeGivenAsAFileAndOnOneLine() throws IOException {
        believed(tokens("auth.jwt-public-key", file(RS.pem()).toString()), RS.token(ANN));
        believed(tokens("auth.jwt-public-key", ES.pem().replace("\n", "\\n")), ES.token(ANN));
    }
}
