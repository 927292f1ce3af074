package dev.baton.client;

/**
 * One session in a document, as its members see it.
 *
 * @param session the session's public id
 * @param user who is behind it
 * @param mode whether it wants the pen
 * @param since when it joined, in milliseconds since 1970 by the node's clock
 * @param online false while its session waits to be resumed
 */
public record Member(String session, User user, Mode mode, long since, boolean online) {}
