package dev.baton.client;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** What a {@link ReconnectingClient} tells. */
public sealed interface LinkEvent {

    /** A node has welcomed the client; its documents are being joined again. */
    record Online(Welcome welcome) implements LinkEvent {}

    /**
     * The connection is lost, or could not be made; another attempt follows.
     *
     * @param code the close code, or the HTTP status of a handshake that was turned down
     */
    record Offline(int code, String reason, Duration retryIn) implements LinkEvent {}

    /** It is over: closed from this side, or for a reason that coming back does not mend. The last event. */
    record Ended(int code, String reason) implements LinkEvent {}

    /**
     * A document was joined, the first time or again, or the store went back to an earlier state of it. With
     * {@code recovered}, its entries follow on what was told before; without, what was built from it must be built anew
     * from this.
     */
    record CaughtUp(Joined joined) implements LinkEvent {}

    /**
     * Whether this session may write to a document has changed. It may not any more also when the node has not been
     * heard for as long as it surely keeps the lock; what is written then waits, and is stored or comes back.
     *
     * @param epoch the epoch to write under; empty when nothing may be written
     */
    record Writable(String document, OptionalLong epoch) implements LinkEvent {}

    /** A document could not be joined (again), and is given up. */
    record Dropped(String document, BatonException cause) implements LinkEvent {}

    /** News of the node's. Entries are told exactly once, in order, without a gap, over all connections. */
    record Told(NodeEvent event) implements LinkEvent {}

    /**
     * Edits come back, to be kept by the listener: one that the node did not take, and all that were made behind it.
     *
     * @param drafts in the order in which they were made
     */
    record Drafted(List<Draft> drafts) implements LinkEvent {}
}
