package dev.baton.auth;

import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** Checks tokens: signed JSON Web Tokens, by HS256, RS256 or ES256. Thread-safe; blocks, so not for an event loop. */
public final class Tokens {
    private final LongFunction<KeyRing> keys;
    private final Claims claims;

    private Tokens(LongFunction<KeyRing> keys, Claims claims) {
        this.keys = keys;
        this.claims = claims;
    }

    /**
     * Checks by those settings; reads the key.
     *
     * @param longestName that is shown of a user, in code points; a longer one is cut
     * @throws SettingsException naming the setting whose key cannot be used, and why
     */
    public static Tokens of(Settings.Jwt settings, int longestName) {
        Claims claims = new Claims(
                settings.issuer(), settings.audience(), settings.leeway(), settings.documentsClaim(), longestName);
        return new Tokens(source(settings), claims);
    }

    private static LongFunction<KeyRing> source(Settings.Jwt settings) {
        if (settings.secret().isPresent()) {
            KeyRing ring = named(
                    "auth.jwt-secret", () -> KeyRing.ofSecret(settings.secret().get()));
            return now -> ring;
        }
        if (settings.publicKey().isPresent()) {
            KeyRing ring = named(
                    "auth.jwt-public-key",
                    () -> KeyRing.ofPem(pem(settings.publicKey().get())));
            return now -> ring;
        }
        KeyFile file =
                named("auth.jwt-jwks", () -> new KeyFile(path(settings.jwks().orElseThrow()), monotonic()));
        return file::keys;
    }

    private static <T> T named(String setting, Supplier<T> key) {
        try {
            return key.get();
        } catch (IllegalArgumentException unusable) {
            throw new SettingsException(setting + ": " + unusable.getMessage());
        }
    }

    private static String pem(String given) {
        if (given.contains(Pem.BEGIN)) {
            return given;
        }
        try {
            return Files.readString(path(given));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("it is no PEM, and no file that can be read");
        }
    }

    private static Path path(String given) {
        try {
            return Path.of(given);
        } catch (InvalidPathException impossible) {
            throw new IllegalArgumentException("no file can be called so");
        }
    }

    /**
     * Who showed that token.
     *
     * @param now in milliseconds since 1970
     * @throws TokenRefused saying why it is not believed
     */
    public Identity verify(String token, long now) throws TokenRefused {
        SignedJWT jwt = parse(token);
        keys.apply(monotonic()).check(jwt);
        Map<String, Object> payload = jwt.getPayload().toJSONObject();
        if (payload == null) {
            throw new TokenRefused("the token's payload is no JSON object");
        }
        return claims.identify(payload, now);
    }

    private static SignedJWT parse(String token) throws TokenRefused {
        JWT jwt;
        try {
            jwt = JWTParser.parse(token);
        } catch (ParseException | IllegalArgumentException notOne) {
            throw new TokenRefused("the token is no JSON Web Token");
        }
        if (jwt instanceof SignedJWT signed) {
            return signed;
        }
        throw new TokenRefused(
                jwt instanceof EncryptedJWT
                        ? "the token is encrypted; a signed one is needed"
                        : "the token is not signed");
    }

    private static long monotonic() {
        return System.nanoTime() / 1_000_000;
    }
}
