package dev.baton.client;

/**
 * One entry of a document's log.
 *
 * @param seq its place, dense within one log
 * @param kind {@link #UPDATE}, {@link #MESSAGE}, {@link #RIGHTS}, or a word this client does not know yet
 * @param epoch the pen's epoch when it was written
 * @param session who wrote it; empty when nobody did
 * @param user that session's user; both fields empty when there was none
 * @param id the writer's operation id; empty when it had none
 * @param at when, in milliseconds since 1970 by the node's clock
 * @param data what was written, as Vert.x reads JSON; {@code null} stands for JSON's null
 */
public record Entry(long seq, String kind, long epoch, String session, User user, String id, long at, Object data) {
    /** The kind of an edit. */
    public static final String UPDATE = "update";
    /** The kind of a message that was said. */
    public static final String MESSAGE = "message";
    /** The kind of a change of hands. */
    public static final String RIGHTS = "rights";
}
