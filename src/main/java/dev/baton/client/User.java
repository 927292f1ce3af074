package dev.baton.client;

/**
 * Who is behind a session.
 *
 * @param id the stable name of the person
 * @param name what others read
 */
public record User(String id, String name) {}
