package dev.baton.load;

import java.util.Arrays;
import java.util.OptionalDouble;

/** How many pings came when, in pieces of 10 ms since the swarm began. */
final class Timeline {

    private static final long PIECE = 10_000;
    private static final int WINDOW = 10;

    private int[] pieces = new int[1024];

    void add(long micros) {
        int piece = (int) (micros / PIECE);
        if (piece >= pieces.length) {
            pieces = Arrays.copyOf(pieces, Math.max(piece + 1, 2 * pieces.length));
        }
        pieces[piece]++;
    }

    void addAll(Timeline other) {
        if (other.pieces.length > pieces.length) {
            pieces = Arrays.copyOf(pieces, other.pieces.length);
        }
        for (int i = 0; i < other.pieces.length; i++) {
            pieces[i] += other.pieces[i];
        }
    }

    /**
     * The most pings that came in any 100 ms, as a share of those that come in an interval on average; empty when less
     * than an interval was watched, or nothing came. All times in microseconds.
     */
    OptionalDouble largestShare(long from, long to, long interval) {
        int first = (int) Math.min(pieces.length, (from + PIECE - 1) / PIECE);
        int end = (int) Math.min(pieces.length, to / PIECE);
        long all = 0;
        long window = 0;
        long most = 0;
        for (int i = first; i < end; i++) {
            all += pieces[i];
            window += pieces[i];
            if (i - WINDOW >= first) {
                window -= pieces[i - WINDOW];
            }
            most = Math.max(most, window);
        }
        if (to - from < interval || all == 0) {
            return OptionalDouble.empty();
        }
        double perInterval = all * (double) interval / (to - from);
        return OptionalDouble.of(most / perInterval);
    }
}
