package dev.baton.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a client shows to get its session back: the session's public id, a dot, and 256 random bits. Only its hash is
 * kept; the bits are random, so a plain hash is as good as a slow one.
 *
 * @param session the session's public id
 * @param text the whole secret, as the client keeps it
 */
public record ResumeSecret(String session, String text) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;

    /** 96 bits: enough that no two sessions ever share one, short enough for every frame. */
    private static final int ID_BYTES = 12;

    /** The longest text that can be a secret of ours; longer ones are not looked at. */
    private static final int LONGEST = 128;

    /**
     * Base64 for URLs, a dot, the same again: the session's half is looked up in the store, which does not take any
     * text.
     */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

    /** A new session's secret. */
    public static ResumeSecret fresh() {
        String session = random(ID_BYTES);
        return new ResumeSecret(session, session + "." + random(SECRET_BYTES));
    }

    /** What a client showed, if it has the form of a secret; whether it is right is another matter. */
    public static Optional<ResumeSecret> parse(String text) {
        if (text.length() > LONGEST || !FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        return Optional.of(new ResumeSecret(text.substring(0, text.indexOf('.')), text));
    }

    /** What is kept of it: SHA-256 over the whole text, in Base64. */
    public String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /** Whether {@code kept} is the hash of this; takes as long for a near miss as for a far one. */
    public static boolean matches(String hash, String kept) {
        return MessageDigest.isEqual(hash.getBytes(StandardCharsets.UTF_8), kept.getBytes(StandardCharsets.UTF_8));
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ResumeSecret[" + session + "]";
    }
}
