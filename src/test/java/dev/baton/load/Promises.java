package dev.baton.load;

import java.time.Duration;

/**
 * What a node is held to.
 *
 * @param tolerance by which share of the interval a ping may be early or late
 * @param outside which share of the pings may be off by more
 * @param share the most of an interval's pings that may come in any 100 ms
 * @param late how long after its timeout the close of a silent socket may come
 * @param lost how many sockets that do answer may be closed
 */
record Promises(double tolerance, double outside, double share, Duration late, int lost) {

    static final Promises DEFAULT = new Promises(0.1, 0, 0.04, Duration.ofMillis(250), 0);
}
