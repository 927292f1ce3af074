package dev.baton.auth;

import java.util.Locale;
import java.util.Optional;

/** What somebody may do in a document; each role may do all that the ones before it may. */
public enum Role {
    /** Read, be seen, and signal. */
    VIEW,
    /** Stand in line for the pen, write, and say what lasts. */
    EDIT,
    /** Take the pen at once, give it to others, and remove a session. */
    MODERATE;

    /** The role that a token calls so. */
    static Optional<Role> of(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    /** What tokens call it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this one may do what that one may. */
    public boolean covers(Role other) {
        return compareTo(other) >= 0;
    }
}
