package dev.baton.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The keys that tokens are checked with. Each is good for one algorithm, so that a token cannot have a public key taken
 * for a secret, or choose a weaker check by what its header says. Immutable; any thread.
 */
final class KeyRing {

    /** Below this an RSA key can be broken (RFC 7518, 3.3). */
    private static final int LEAST_RSA_BITS = 2048;

    /** Below this an HS256 secret is weaker than the hash (RFC 7518, 3.2). */
    private static final int LEAST_SECRET_BYTES = 32;

    private record Key(Optional<String> id, JWSAlgorithm algorithm, JWSVerifier verifier) {}

    private final List<Key> keys;

    private KeyRing(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    // ---- where they come from -------------------------------------------------------------------------------------

    /** One secret, for HS256. */
    static KeyRing ofSecret(String secret) {
        return new KeyRing(List.of(secret(Optional.empty(), secret.getBytes(StandardCharsets.UTF_8))));
    }

    /**
     * One public key: RSA for RS256, the curve P-256 for ES256.
     *
     * @throws IllegalArgumentException saying in words why it is neither
     */
    static KeyRing ofPem(String pem) {
        PublicKey key = Pem.publicKey(pem);
        if (key instanceof RSAPublicKey rsa) {
            return new KeyRing(List.of(rsa(Optional.empty(), rsa)));
        }
        if (key instanceof ECPublicKey ec) {
            return new KeyRing(List.of(ec(Optional.empty(), ec)));
        }
        throw new IllegalArgumentException(
                "a key of the kind " + key.getAlgorithm() + " checks neither RS256 nor ES256");
    }

    /**
     * The keys of a JSON Web Key Set that are for signatures by HS256, RS256 or ES256; others are passed over.
     *
     * @throws IllegalArgumentException saying in words why there is none, or what is wrong with one
     */
    static KeyRing ofJwks(String json) {
        List<Key> keys = new ArrayList<>();
        try {
            for (JWK jwk : JWKSet.parse(json).getKeys()) {
                key(jwk).ifPresent(keys::add);
            }
        } catch (ParseException notASet) {
            // In words of our own: the library's may quote what it read.
            throw new IllegalArgumentException("it is no JSON Web Key Set");
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("it holds no key for HS256, RS256 or ES256");
        }
        return new KeyRing(keys);
    }

    private static Optional<Key> key(JWK jwk) {
        Optional<String> id = Optional.ofNullable(jwk.getKeyID());
        if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
            return Optional.empty();
        }
        try {
            if (jwk instanceof RSAKey rsa && isFor(jwk, JWSAlgorithm.RS256)) {
                return Optional.of(rsa(id, rsa.toRSAPublicKey()));
            }
            if (jwk instanceof ECKey ec && ec.getCurve().equals(Curve.P_256) && isFor(jwk, JWSAlgorithm.ES256)) {
                return Optional.of(ec(id, ec.toECPublicKey()));
            }
        } catch (JOSEException noKey) {
            throw new IllegalArgumentException("one of its keys is damaged");
        }
        if (jwk instanceof OctetSequenceKey secret && isFor(jwk, JWSAlgorithm.HS256)) {
            return Optional.of(secret(id, secret.toByteArray()));
        }
        return Optional.empty();
    }

    private static boolean isFor(JWK jwk, JWSAlgorithm algorithm) {
        return jwk.getAlgorithm() == null || jwk.getAlgorithm().equals(algorithm);
    }

    private static Key secret(Optional<String> id, byte[] secret) {
        if (secret.length < LEAST_SECRET_BYTES) {
            throw new IllegalArgumentException("a secret has less than " + LEAST_SECRET_BYTES + " bytes");
        }
        try {
            return new Key(id, JWSAlgorithm.HS256, new MACVerifier(secret));
        } catch (JOSEException unusable) {
            throw new IllegalArgumentException("a secret cannot be used");
        }
    }

    private static Key rsa(Optional<String> id, RSAPublicKey key) {
        if (key.getModulus().bitLength() < LEAST_RSA_BITS) {
            throw new IllegalArgumentException("an RSA key has less than " + LEAST_RSA_BITS + " bits");
        }
        return new Key(id, JWSAlgorithm.RS256, new RSASSAVerifier(key));
    }

    private static Key ec(Optional<String> id, ECPublicKey key) {
        if (!Curve.P_256.equals(Curve.forECParameterSpec(key.getParams()))) {
            throw new IllegalArgumentException("of the elliptic curves only P-256 checks ES256");
        }
        try {
            return new Key(id, JWSAlgorithm.ES256, new ECDSAVerifier(key));
        } catch (JOSEException unusable) {
            throw new IllegalArgumentException("an elliptic curve key cannot be used");
        }
    }

    // ---- what they are for ----------------------------------------------------------------------------------------

    /** Passes when one of the keys signed this, by the algorithm that key is for. */
    void check(JWSObject token) throws TokenRefused {
        JWSHeader header = token.getHeader();
        if (header.getCriticalParams() != null) {
            throw new TokenRefused("the token's header asks for an extension (crit), and none is known here");
        }
        List<Key> fitting = keys.stream()
                .filter(key -> key.algorithm.equals(header.getAlgorithm()))
                .toList();
        if (fitting.isEmpty()) {
            throw new TokenRefused(
                    "the token is signed by an algorithm that is not accepted; accepted: " + algorithms());
        }
        List<Key> named = fitting.stream()
                .filter(key -> header.getKeyID() == null
                        || key.id.isEmpty()
                        || key.id.get().equals(header.getKeyID()))
                .toList();
        if (named.isEmpty()) {
            throw new TokenRefused("the token is signed with a key (kid) that is not known");
        }
        for (Key key : named) {
            if (signed(token, key)) {
                return;
            }
        }
        throw new TokenRefused("the token's signature is not right");
    }

    private static boolean signed(JWSObject token, Key key) {
        try {
            return token.verify(key.verifier);
        } catch (JOSEException malformed) {
            return false;
        }
    }

    private String algorithms() {
        return keys.stream()
                .map(key -> key.algorithm.getName())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** How many keys, and for what; none of them. */
    @Override
    public String toString() {
        return "KeyRing[" + keys.size() + " for " + algorithms() + "]";
    }
}
