package dev.baton.protocol;

/**
 * One entry of a document's log, as it goes to its members.
 *
 * @param seq its place in the log, dense from 1
 * @param kind {@code update}, {@code message} or {@code rights}
 * @param epoch the pen's epoch when it was written
 * @param session who wrote it
 * @param user that session's user, as JSON
 * @param id the writer's operation id
 * @param at when, in milliseconds since 1970
 * @param data the application's content
 */
public record LogEntry(long seq, String kind, long epoch, String session, Json user, String id, long at, Json data) {}
