package dev.baton.log;

/**
 * Something to be written.
 *
 * @param document where
 * @param kind {@link Kind#UPDATE} or {@link Kind#MESSAGE}
 * @param epoch the fencing token an update is written under; a message needs none and this is ignored
 * @param session who writes
 * @param user JSON of the writer's user
 * @param id the writer's operation id, unique for this session in this document across both kinds
 * @param data raw JSON
 * @param at now, in milliseconds since 1970
 */
public record Append(
        String document, Kind kind, long epoch, String session, String user, String id, String data, long at) {
    /** Refuses what could not be stored. */
    public Append {
        Text.requireName("document", document);
        Text.requireName("session", session);
        Text.requireName("id", id);
        Text.require("user", user);
        Text.require("data", data);
        if (kind == Kind.RIGHTS) {
            throw new IllegalArgumentException("entries of kind RIGHTS are written by claim and vacate alone");
        }
    }
}
