package dev.baton.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which other nodes have been silent for a whole lease. No I/O and no clock: all times are monotonic milliseconds that
 * the caller passes in. Confined to one context.
 *
 * <p>A silence counts for as long as this node looked. While it stood still itself it heard nobody, and whatever they
 * sent waits to be read: of a gap between two looks no more than two periods count, so that nobody is given up for a
 * pause of this node.
 */
final class SilentNodes {
    private final long lease;
    private final long period;
    private final Map<String, Long> silent = new HashMap<>();
    private long looked;

    /**
     * Nobody is silent yet.
     *
     * @param lease for how long a node may be silent
     * @param period how often one is going to look
     */
    SilentNodes(long lease, long period, long now) {
        this.lease = lease;
        this.period = period;
        this.looked = now;
    }

    /**
     * One look.
     *
     * @param silences how long ago each other node was last heard of
     * @return those whose lease has ended since the look before
     */
    Set<String> look(Map<String, Long> silences, long now) {
        long watched = Math.min(now - looked, 2 * period);
        looked = now;
        silent.keySet().retainAll(silences.keySet());
        Set<String> over = new HashSet<>();
        silences.forEach((node, silence) -> {
            long before = silent.getOrDefault(node, 0L);
            long after = Math.min(silence, before + watched);
            silent.put(node, after);
            if (before < lease && after >= lease) {
                over.add(node);
            }
        });
        return over;
    }
}
