package dev.baton.room;

import java.util.List;

/** The event loop that some sockets live on: one hop carries a frame to all of them. Safe from any thread. */
public interface Lane {
    /** Writes the frame to each, on the loop, after everything that was delivered before. The list is not changed later. */
    void deliver(List<Outbox> to, String frame);
}
