package dev.baton.rights;

import java.io.Serializable;

/**
 * A request to the holder that is not answered yet.
 *
 * @param session who asks
 * @param since when it asked, in milliseconds of cluster time
 * @param until when silence counts as yes
 */
public record Ask(String session, long since, long until) implements Serializable {}
