package dev.baton.load;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * What a swarm is to do.
 *
 * @param url the node's socket, {@code ws://host:port/path}
 * @param sockets how many stay for the whole time
 * @param rate how many connect a second, at most
 * @param mute which share of those who stay never answers a ping, 0 to 1
 * @param time how long to watch once all are there
 * @param documents what is joined, if anything
 * @param churn who comes and goes meanwhile, if anybody
 * @param editor the pace at which whoever holds a pen is pinged; the ordinary one is told by the node
 * @param threads event loops of the swarm
 */
record Plan(
        URI url,
        int sockets,
        double rate,
        double mute,
        Duration time,
        Optional<Documents> documents,
        Optional<Churn> churn,
        Beat editor,
        int threads) {

    /** So many documents, over which all sockets are dealt one by one. */
    record Documents(int count, String prefix, String mode) {

        String of(int socket) {
            return prefix + "-" + socket % count;
        }
    }

    /** So many at a time that come, stay so long, and close. */
    record Churn(int sockets, Duration stay) {}

    /** Milliseconds between pings, and without a sign of life until a close. */
    record Beat(long interval, long timeout) {}
}
