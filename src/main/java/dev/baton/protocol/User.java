package dev.baton.protocol;

import java.io.Serializable;

/**
 * Who is behind a session, as shown to others.
 *
 * @param id the stable name of the person, 1 to 64 characters
 * @param name what others read, 1 to 64 characters without control characters
 */
public record User(String id, String name) implements Serializable {}
