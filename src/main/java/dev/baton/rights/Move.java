package dev.baton.rights;

import java.io.Serializable;
import java.util.Optional;

/**
 * The pen on its way: from whom, and why.
 *
 * @param last the session that had it, or {@link #NOBODY}
 * @param cause what moved it
 * @param since when that happened, in milliseconds of cluster time
 * @param due from when on the pen could move: later than {@code since} where it was reserved or an answer was waited
 *     for
 */
public record Move(String last, String cause, long since, long due) implements Serializable {

    /** No session has this id. */
    public static final String NOBODY = "";

    /** A move that nothing holds up. */
    public Move(String last, String cause, long since) {
        this(last, cause, since, since);
    }

    /** The session that had it. */
    public Optional<String> from() {
        return last.equals(NOBODY) ? Optional.empty() : Optional.of(last);
    }
}
