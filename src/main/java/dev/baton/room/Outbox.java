package dev.baton.room;

/** The way to one connection. Safe from any thread; what is sent after the connection closed is dropped. */
public interface Outbox {
    /** The loop that the connection lives on. */
    Lane lane();

    /** Writes a frame, after everything sent before. */
    void send(String frame);

    /** Whether the connection is still there, as far as is known now. */
    boolean open();

    /** Tells the connection that its session holds, or no longer holds, the pen of a document. */
    void editing(String document, boolean holds);
}
