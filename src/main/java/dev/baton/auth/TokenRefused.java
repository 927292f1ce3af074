package dev.baton.auth;

/** A token that is not believed; says why, in words for the one who showed it, which never hold the token. */
public final class TokenRefused extends Exception {
    private static final long serialVersionUID = 1L;

    /** For that reason: {@code the token has expired}. */
    TokenRefused(String message) {
        super(message, null, false, false);
    }
}
