package dev.baton.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;

/** Somebody who gives out tokens: one key, and whatever claims a test wants. */
public final class Issuer {
    private final JWK key;
    private final JWSAlgorithm algorithm;

    private Issuer(JWK key, JWSAlgorithm algorithm) {
        this.key = key;
        this.algorithm = algorithm;
    }

    /** Signs with a secret. */
    public static Issuer hs256(String secret) {
        return new Issuer(
                new OctetSequenceKey.Builder(secret.getBytes(StandardCharsets.UTF_8)).build(), JWSAlgorithm.HS256);
    }

    /** Signs with a new RSA key of that name. */
    public static Issuer rs256(String id) {
        return rs256(id, 2048);
    }

    static Issuer rs256(String id, int bits) {
        try {
            return new Issuer(new RSAKeyGenerator(bits, true).keyID(id).generate(), JWSAlgorithm.RS256);
        } catch (JOSEException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Signs with a new key of the curve P-256 of that name. */
    public static Issuer es256(String id) {
        return es(id, Curve.P_256, JWSAlgorithm.ES256);
    }

    static Issuer es(String id, Curve curve, JWSAlgorithm algorithm) {
        try {
            return new Issuer(new ECKeyGenerator(curve).keyID(id).generate(), algorithm);
        } catch (JOSEException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** The same key, which signs by another algorithm. */
    Issuer by(JWSAlgorithm other) {
        return new Issuer(key, other);
    }

    /** A token with those claims and no others. */
    public String token(JsonObject claims) {
        return sign(
                new JWSHeader.Builder(algorithm)
                        .type(JOSEObjectType.JWT)
                        .keyID(key.getKeyID())
                        .build(),
                claims.encode());
    }

    /** A token for somebody for an hour. */
    public String tokenFor(String user, JsonObject documents) {
        return token(claims(user, 3_600).put("documents", documents));
    }

    /** What a token of an hour or less claims at least. */
    public static JsonObject claims(String user, long seconds) {
        return new JsonObject().put("sub", user).put("exp", System.currentTimeMillis() / 1_000 + seconds);
    }

    String sign(JWSHeader header, String payload) {
        JWSObject token = new JWSObject(header, new Payload(payload));
        try {
            token.sign(signer());
        } catch (JOSEException failed) {
            throw new IllegalStateException(failed);
        }
        return token.serialize();
    }

    private JWSSigner signer() throws JOSEException {
        if (key instanceof RSAKey rsa) {
            return new RSASSASigner(rsa.toPrivateKey());
        }
        return key instanceof ECKey ec ? new ECDSASigner(ec) : new MACSigner((OctetSequenceKey) key);
    }

    /** Its public key. */
    public String pem() {
        return pem("PUBLIC KEY", publicKey().getEncoded());
    }

    static String pem(String kind, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }

    PublicKey publicKey() {
        try {
            return key instanceof RSAKey rsa ? rsa.toPublicKey() : ((ECKey) key).toPublicKey();
        } catch (JOSEException failed) {
            throw new IllegalStateException(failed);
        }
    }

    JWK key() {
        return key;
    }

    /** The public keys of several, as a set. */
    public static String jwks(Issuer... issuers) {
        return new JWKSet(List.of(issuers).stream().map(issuer -> issuer.key).toList()).toString(true);
    }

    /** A token that nobody signed. */
    public static String unsigned(JsonObject claims) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return base64.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64.encodeToString(claims.encode().getBytes(StandardCharsets.UTF_8)) + ".";
    }
}
