package dev.baton.log;

import java.util.Locale;

/**
 * Why the store does not write.
 *
 * @param cause for counting
 * @param words for people, with the database's own code; without anything that users wrote
 */
record Refusal(Cause cause, String words) {
    /** The kinds of reasons. */
    enum Cause {
        /** No space left, on its disk or by a limit. */
        FULL,
        /** Somebody else holds a lock for too long. */
        LOCKED,
        /** It takes too long, for example as a synchronous standby does not answer. */
        SLOW,
        /** A standby, or made read-only. */
        READ_ONLY,
        /** Nothing answers. */
        UNREACHABLE,
        /** The file is not the one that was opened. */
        MOVED,
        /** Whatever else; the words say it. */
        FAILED;

        /** For metrics and for the health's answer. */
        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What a transaction that does not come back is called. */
    static final Refusal SLOW = new Refusal(Cause.SLOW, "a transaction does not come to its end");

    /** The cause and the words, as the health tells them. */
    @Override
    public String toString() {
        return cause.word() + ": " + words;
    }
}
