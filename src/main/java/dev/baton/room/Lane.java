package dev.baton.room;

import java.util.List;

/** The event loop that some sockets live on: one hop carries a frame to all of them. Safe from any thread. */
public interface Lane {
    /**
     * Writes the frame to each, on the loop, after everything that was delivered before. The list is not changed later.
     *
     * @param sent is run on the loop when the frame has been handed to the system for all of them: until then more
     *     frames would only queue up behind it
     */
    void deliver(List<Outbox> to, String frame, Runnable sent);

    /** The same for whoever does not wait for it. */
    default void deliver(List<Outbox> to, String frame) {
        deliver(to, frame, () -> {});
    }
}
