package dev.baton.client;

/**
 * The whole content of a document at one point of its log.
 *
 * @param seq the last entry that is in it
 * @param data the content, as Vert.x reads JSON; {@code null} stands for JSON's null
 */
public record Snapshot(long seq, Object data) {}
