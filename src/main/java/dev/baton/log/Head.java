package dev.baton.log;

import java.util.Optional;

/**
 * How far a document has come.
 *
 * @param seq its last entry; 0 when there is none
 * @param epoch its epoch; 0 when nobody ever held the pen
 * @param holder the session that holds it at that epoch
 */
public record Head(long seq, long epoch, Optional<String> holder) {
    /** Of a document that nobody wrote to. */
    public static final Head NONE = new Head(0, 0, Optional.empty());

    /** See {@link DocumentRow#under}. */
    Head under(long incarnation) {
        return epoch > incarnation || incarnation == 0 ? this : new Head(seq, incarnation, Optional.empty());
    }
}
