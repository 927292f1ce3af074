package dev.baton.session;

import dev.baton.protocol.Mode;
import java.io.Serializable;

/**
 * How a session takes part in one document.
 *
 * @param mode whether it wants the pen
 * @param since when it joined, in milliseconds of cluster time
 */
public record Standing(Mode mode, long since) implements Serializable {}
