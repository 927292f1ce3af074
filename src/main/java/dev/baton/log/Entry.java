package dev.baton.log;

/**
 * One entry of a document's sequence.
 *
 * @param seq its place: 1 for the first, without gaps
 * @param kind what it is
 * @param epoch the epoch that was current when it was written
 * @param session who wrote it; for {@link Kind#RIGHTS} who got the right to edit, or, when nobody did, who gave it up
 * @param user JSON of that session's user
 * @param id the writer's own operation id; empty for {@link Kind#RIGHTS}
 * @param at when, in milliseconds since 1970, by the clock of the node that wrote it
 * @param data raw JSON, as it was handed in; for {@link Kind#RIGHTS}
 *     {@code {"from":session|null,"to":session|null,"cause":text}}
 */
public record Entry(long seq, Kind kind, long epoch, String session, String user, String id, long at, String data) {}
