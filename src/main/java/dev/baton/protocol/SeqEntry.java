package dev.baton.protocol;

/**
 * An entry of the log as it goes on the wire: written once, however many it goes to.
 *
 * @param seq its place
 * @param text its JSON
 */
public record SeqEntry(long seq, Json text) {}
