package dev.baton.log;

/**
 * The connection that a write came on.
 *
 * @param session whose
 * @param generation which of the session's connections, counted from 1
 */
public record Sender(String session, long generation) {}
