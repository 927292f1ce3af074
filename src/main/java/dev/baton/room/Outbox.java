package dev.baton.room;

/** The way to one connection. Safe from any thread; what is sent after the connection closed is dropped. */
public interface Outbox {
    /** The loop that the connection lives on. */
    Lane lane();

    /** Writes a frame, after everything sent before. */
    void send(String frame);

    /**
     * Writes a frame that the client asked for and that may be large, after everything sent before. It does not count
     * as unread: whoever catches up is not let go for what it catches up on. One such frame at a time; another one is
     * as any other.
     *
     * @param taken is run, on the connection's loop, when the system has taken all of it, or when the connection has
     *     ended
     */
    void sendAsked(String frame, Runnable taken);

    /**
     * Closes the connection with 1001: the cluster does not count its session as connected any more, and its client is
     * to resume it, here or elsewhere.
     */
    void sendAway();

    /** Whether the connection is still there, as far as is known now. */
    boolean open();

    /** Tells the connection that its session holds, or no longer holds, the pen of a document. */
    void editing(String document, boolean holds);
}
