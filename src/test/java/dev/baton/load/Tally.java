package dev.baton.load;

import java.util.Arrays;

/** Durations, counted in buckets of one width: least and greatest are exact, what lies between is so to the bucket. */
final class Tally {

    private static final int MOST_BUCKETS = 1 << 16;

    private final long width;
    private int[] buckets = new int[256];
    private long count;
    private long least = Long.MAX_VALUE;
    private long greatest = Long.MIN_VALUE;

    /** @param width of a bucket, in microseconds; what is beyond 65,536 of them counts as the greatest */
    Tally(long width) {
        this.width = width;
    }

    void add(long micros) {
        int bucket = (int) Math.max(0, Math.min(MOST_BUCKETS - 1, micros / width));
        if (bucket >= buckets.length) {
            buckets = Arrays.copyOf(buckets, Math.min(MOST_BUCKETS, Math.max(bucket + 1, 2 * buckets.length)));
        }
        buckets[bucket]++;
        count++;
        least = Math.min(least, micros);
        greatest = Math.max(greatest, micros);
    }

    void addAll(Tally other) {
        if (other.buckets.length > buckets.length) {
            buckets = Arrays.copyOf(buckets, other.buckets.length);
        }
        for (int i = 0; i < other.buckets.length; i++) {
            buckets[i] += other.buckets[i];
        }
        count += other.count;
        least = Math.min(least, other.least);
        greatest = Math.max(greatest, other.greatest);
    }

    long count() {
        return count;
    }

    /** Milliseconds below or at which this share of them lies: 0 the least, 1 the greatest. Needs one at least. */
    double millis(double share) {
        if (share <= 0) {
            return least / 1000.0;
        }
        long rank = (long) Math.ceil(share * count);
        long seen = 0;
        for (int i = 0; i < MOST_BUCKETS - 1 && i < buckets.length && rank < count; i++) {
            seen += buckets[i];
            if (seen >= rank) {
                return Math.max(least, Math.min(greatest, (i + 1) * width)) / 1000.0;
            }
        }
        return greatest / 1000.0;
    }
}
