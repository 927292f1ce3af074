package dev.baton.rights;

/** Takes how long hand-overs took, on the node that saw each part of them. Any thread; must not block. */
public interface HandOverMeters {

    /** The parts of a hand-over, in order. A reservation, where there is one, lies between the first and the second. */
    enum Phase {
        /**
         * From the loss of the holder until the lock knew of it: for a node that fell silent from its last sign of
         * life, for a client that did from when that was found, which is {@code heartbeat.timeout} after it was last
         * heard.
         */
        DETECTION,
        /** From when the pen could move until the store was asked. */
        DECISION,
        /** The store's answer. */
        CLAIM,
        /** From the grant until the new holder's node sent it on. */
        DELIVERY
    }

    /** A hand-over that this node completed, and milliseconds since what caused it. */
    void completed(String cause, long millis);

    /** A part of one, in nanoseconds. What was measured by the cluster's clock is exact to a millisecond or two. */
    void took(Phase phase, long nanos);
}
