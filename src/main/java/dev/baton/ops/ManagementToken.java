package dev.baton.ops;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * The secret that the management port asks for. Programs send it as a bearer token (RFC 6750), browsers as the password
 * of any user (RFC 7617). Takes the same time whether a guess is close or not. Immutable; any thread.
 */
final class ManagementToken {
    /** What an answer 401 offers. */
    static final String CHALLENGE = "Basic realm=\"baton\", charset=\"UTF-8\"";

    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";

    private final byte[] digest;

    ManagementToken(String token) {
        this.digest = digest(token);
    }

    /** Whether the value of an {@code Authorization} header shows the secret. */
    boolean admits(Optional<String> authorization) {
        return authorization
                .flatMap(ManagementToken::shown)
                .filter(shown -> MessageDigest.isEqual(digest(shown), digest))
                .isPresent();
    }

    private static Optional<String> shown(String authorization) {
        String scheme = authorization.toLowerCase(Locale.ROOT);
        if (scheme.startsWith(BEARER)) {
            return Optional.of(authorization.substring(BEARER.length()).strip());
        }
        if (!scheme.startsWith(BASIC)) {
            return Optional.empty();
        }
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(authorization.substring(BASIC.length()).strip());
            String[] userAndPassword = new String(decoded, StandardCharsets.UTF_8).split(":", 2);
            return Arrays.stream(userAndPassword).skip(1).findFirst();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** Of one length, so that the comparison says nothing of the secret's. */
    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
