package dev.baton.auth;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;

/**
 * Which role somebody has in which documents. A document has the role of the most specific pattern that matches it: its
 * own name, else the longest beginning; no role without one. Immutable.
 *
 * @param patterns names of documents, or beginnings of names with a {@code *} at the end
 */
public record Roles(Map<String, Role> patterns) implements Serializable {

    /** More than this are not taken: each message looks through them. */
    public static final int MOST = 200;

    /** Ends a pattern that stands for all names that begin so. */
    static final String REST = "*";

    /** What everybody has where nobody is asked for a token. */
    public static final Roles EDIT_ALL = new Roles(Map.of(REST, Role.EDIT));

    /** Keeps the map immutable. */
    public Roles {
        patterns = Map.copyOf(patterns);
    }

    /** The role in a document; empty when there is no access. */
    public Optional<Role> in(String document) {
        Role exact = patterns.get(document);
        if (exact != null) {
            return Optional.of(exact);
        }
        int longest = -1;
        Optional<Role> role = Optional.empty();
        for (Map.Entry<String, Role> entry : patterns.entrySet()) {
            String pattern = entry.getKey();
            int length = pattern.length() - REST.length();
            if (pattern.endsWith(REST) && length > longest && document.regionMatches(0, pattern, 0, length)) {
                longest = length;
                role = Optional.of(entry.getValue());
            }
        }
        return role;
    }

    /** Whether somebody with these may do in a document what that role may. */
    public boolean allow(String document, Role needed) {
        return in(document).filter(role -> role.covers(needed)).isPresent();
    }
}
