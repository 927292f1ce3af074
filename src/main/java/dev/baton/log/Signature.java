package dev.baton.log;

/**
 * What a node's line in the store says of it.
 *
 * @param age how long ago it signed, in milliseconds by the store's clock
 * @param validMillis how long a signature counts
 * @param serving whether the node acts for clients; counts only as long as the signature does
 * @param place where and as which process it runs, see {@code dev.baton.cluster}
 * @param cluster the name and address of its cluster, for messages
 */
public record Signature(long age, long validMillis, boolean serving, String place, String cluster) {

    /** Whether the node may be acting for clients now, as far as the store knows. */
    public boolean counts() {
        return serving && age <= validMillis;
    }
}
