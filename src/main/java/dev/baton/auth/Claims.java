package dev.baton.auth;

import dev.baton.protocol.DocumentName;
import dev.baton.protocol.Names;
import dev.baton.protocol.User;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides whether what a token claims lets its bearer in, and as whom. Pure; the signature has been checked before.
 *
 * @param issuer what {@code iss} has to be, where given
 * @param audience what {@code aud} has to be or hold, where given
 * @param leeway how far the clocks may be apart
 * @param documents the claim that holds the roles
 * @param longestName that is shown of a user, in code points; a longer one is cut
 */
record Claims(Optional<String> issuer, Optional<String> audience, Duration leeway, String documents, int longestName) {

    /** A time later than this is not one that anybody means; it keeps sums from running over. In seconds since 1970. */
    private static final double LATEST = 1e15;

    /**
     * Who it is.
     *
     * @param claims the token's payload
     * @param now in milliseconds since 1970
     */
    Identity identify(Map<String, Object> claims, long now) throws TokenRefused {
        OptionalLong expires = time(claims, "exp");
        if (expires.isEmpty()) {
            throw new TokenRefused("the token has no exp: it must say when it expires");
        }
        long until = expires.getAsLong() + leeway.toMillis();
        if (now >= until) {
            throw new TokenRefused("the token has expired");
        }
        OptionalLong from = time(claims, "nbf");
        if (from.isPresent() && now < from.getAsLong() - leeway.toMillis()) {
            throw new TokenRefused("the token is not valid yet");
        }
        if (issuer.isPresent() && !issuer.get().equals(claims.get("iss"))) {
            throw new TokenRefused("the token is of another issuer: iss must be " + issuer.get());
        }
        if (audience.isPresent() && !isFor(claims.get("aud"), audience.get())) {
            throw new TokenRefused("the token is for another audience: aud must hold " + audience.get());
        }
        return new Identity(user(claims), roles(claims), OptionalLong.of(until));
    }

    private static boolean isFor(Object claimed, String wanted) {
        return claimed instanceof Collection<?> several ? several.contains(wanted) : wanted.equals(claimed);
    }

    private static OptionalLong time(Map<String, Object> claims, String name) throws TokenRefused {
        Object value = claims.get(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value instanceof Number number && Math.abs(number.doubleValue()) <= LATEST) {
            return OptionalLong.of((long) (number.doubleValue() * 1000));
        }
        throw new TokenRefused("the token's " + name + " is no time in seconds since 1970");
    }

    // ---- who ------------------------------------------------------------------------------------------------------

    private User user(Map<String, Object> claims) throws TokenRefused {
        if (claims.get("sub") == null) {
            throw new TokenRefused("the token has no sub: it must say who it is for");
        }
        if (!(claims.get("sub") instanceof String id)) {
            throw new TokenRefused("the token's sub must be a string");
        }
        Optional<String> fault = Names.fault(id);
        if (fault.isPresent()) {
            throw new TokenRefused("the token's sub " + fault.get());
        }
        String name = claims.get("name") instanceof String given ? given : id;
        return new User(id, Names.shown(name, id, longestName));
    }

    // ---- what it may do -------------------------------------------------------------------------------------------

    private Roles roles(Map<String, Object> claims) throws TokenRefused {
        Object value = claims.get(documents);
        if (value == null) {
            return new Roles(Map.of());
        }
        if (!(value instanceof Map<?, ?> granted)) {
            throw new TokenRefused("the token's " + documents + " must be an object of patterns and roles");
        }
        if (granted.size() > Roles.MOST) {
            throw new TokenRefused("the token's " + documents + " must not hold more than " + Roles.MOST + " patterns");
        }
        Map<String, Role> roles = new HashMap<>();
        for (Map.Entry<?, ?> entry : granted.entrySet()) {
            String pattern = String.valueOf(entry.getKey());
            if (!isPattern(pattern)) {
                throw new TokenRefused("the token's " + documents
                        + " has a pattern that is neither a document's name nor the beginning of one and a *");
            }
            roles.put(
                    pattern,
                    Role.of(String.valueOf(entry.getValue()))
                            .orElseThrow(() -> new TokenRefused(
                                    "the token's " + documents + " must give " + pattern + " view, edit or moderate")));
        }
        return new Roles(roles);
    }

    private static boolean isPattern(String pattern) {
        boolean open = pattern.endsWith(Roles.REST);
        String name = open ? pattern.substring(0, pattern.length() - Roles.REST.length()) : pattern;
        return (open && name.isEmpty()) || DocumentName.isValid(name);
    }
}
