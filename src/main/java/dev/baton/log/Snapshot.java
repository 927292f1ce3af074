package dev.baton.log;

/**
 * The whole content of a document as of an entry.
 *
 * @param document whose
 * @param epoch the fencing token it is stored under
 * @param session the holder at that epoch
 * @param seq the last entry it contains, from 1
 * @param data raw JSON
 * @param at now, in milliseconds since 1970
 */
public record Snapshot(String document, long epoch, String session, long seq, String data, long at) {
    /** Refuses what could not be stored. */
    public Snapshot {
        Text.requireName("document", document);
        Text.requireName("session", session);
        Text.require("data", data);
        if (seq < 1) {
            throw new IllegalArgumentException("seq must be 1 or more, but is " + seq);
        }
    }
}
