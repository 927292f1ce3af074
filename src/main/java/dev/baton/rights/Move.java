package dev.baton.rights;

import java.io.Serializable;
import java.util.Optional;

/**
 * The pen on its way: from whom, and why.
 *
 * @param last the session that had it, or {@link #NOBODY}
 * @param cause what moved it
 * @param since when that happened, in milliseconds of cluster time
 */
public record Move(String last, String cause, long since) implements Serializable {

    /** No session has this id. */
    public static final String NOBODY = "";

    /** The session that had it. */
    public Optional<String> from() {
        return last.equals(NOBODY) ? Optional.empty() : Optional.of(last);
    }
}
