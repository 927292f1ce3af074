package dev.baton.log;

/**
 * How far a document has come.
 *
 * @param seq its last entry; 0 when there is none
 * @param epoch its epoch; 0 when nobody ever held the pen
 */
public record Head(long seq, long epoch) {
    /** Of a document that nobody wrote to. */
    public static final Head NONE = new Head(0, 0);
}
