package dev.baton.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether this node still acts for the cluster, or may have been given up by the others: because it stood still, or
 * because it is cut off from them. No I/O and no clock: all times are monotonic milliseconds that the caller passes in.
 * Confined to one context.
 *
 * <p>Other nodes answer this one's beats. Who has not answered any for the <em>limit</em>, which is a fifth below the
 * lease, is silent. Silence alone does not say who is at fault, so it is held against the roll that all nodes sign in
 * the store: a silent node that has not signed for half a lease is dead or stands still, and no concern of this one; a
 * silent node that signs is alive beyond a link that is cut. Then the larger side goes on; of two equal ones that with
 * the lowest name. Who has just left without having been silent is in question until the roll tells: a node that died
 * signs no more, one that others have parted from this one does, and may have left because it was told of something
 * that this node has not heard yet. If those in question would be the larger side, this node waits for the roll. Who
 * said farewell is forgotten as it leaves. Where the roll cannot be read either, nothing is certain, and this node
 * waits. Has neither any other node nor the store answered for a whole lease in which this node looked, and fell others
 * silent without having left, then one thing has happened to this node rather than several to all others: it is cut
 * off.
 *
 * <p>Giving up is early by design: the limit counts from when a beat was <em>sent</em>, and the others count a whole
 * lease from when they last <em>received</em> something, so that this node stops before they take over.
 */
final class NodeLease {

    /** What this node may do. */
    enum Standing {
        /** All that a node does. */
        SOUND,
        /** It cannot tell just now: it neither grants nor acknowledges, and keeps its sockets. */
        DOUBTFUL,
        /**
         * The others act for its sessions, or are about to, as far as it can tell: it sends its clients away and takes
         * no new ones.
         */
        GIVEN_UP
    }

    private static final class Peer {
        private long answered;
        private boolean member;
        private boolean heard;
        private boolean left;
        private long lost;
        private boolean told;
        private boolean alive;
        private boolean farewell;

        Peer(long now) {
            this.answered = now;
        }

        /** It has left, and the roll has not told yet whether it lives. */
        private boolean inQuestion() {
            return left && heard && !told;
        }

        private void comes(long now) {
            member = true;
            left = false;
            told = false;
            alive = false;
            answered = now;
        }

        private void goes(boolean silent, long now) {
            member = false;
            left = !silent;
            lost = now;
        }

        /** What the roll tells of it: when it signed before {@code asked}; empty when it has struck itself off. */
        private void rolled(OptionalLong age, long asked, long resigned) {
            if (!inQuestion()) {
                return;
            }
            boolean since = age.isPresent() && asked - age.getAsLong() > lost;
            alive = since;
            told = since || age.isEmpty() || asked - lost >= resigned;
        }
    }

    private final String self;
    private final long lease;
    private final long limit;
    private final long resigned;
    private final Map<String, Peer> peers = new HashMap<>();
    private long turned;
    private boolean lapsed;
    private long mute;
    private Set<String> signers = Set.of();
    private long signed;

    /**
     * A lease that begins.
     *
     * @param self this node's name
     * @param lease how long the others wait for a silent node before they act for its sessions
     */
    NodeLease(String self, long lease, long now) {
        this.self = self;
        this.lease = lease;
        this.limit = lease - lease / 5;
        this.resigned = lease * 3 / 20;
        this.turned = now;
        this.signed = now - lease;
    }

    /** How long this node acts without being certain. */
    long limit() {
        return limit;
    }

    /** The timer has turned, and the cluster says who else is a member. */
    void turn(Set<String> members, long now) {
        if (now - turned > limit) {
            lapsed = true;
        }
        // While it stood still, what others sent waits to be read.
        mute += Math.min(now - turned, lease / 5);
        turned = now;
        for (String name : members) {
            Peer peer = peers.computeIfAbsent(name, fresh -> new Peer(now));
            if (!peer.member) {
                peer.comes(now);
            }
        }
        peers.forEach((name, peer) -> {
            if (peer.member && !members.contains(name)) {
                peer.goes(silent(peer, now), now);
            }
        });
        forgetWhoSaidFarewell();
        settle(now);
    }

    /**
     * A node has answered a beat.
     *
     * @param sent when that beat was sent
     */
    void answered(String name, long sent, long now) {
        Peer peer = peers.get(name);
        if (peer != null) {
            peer.answered = Math.max(peer.answered, sent);
            peer.heard = true;
            mute = 0;
            settle(now);
        }
    }

    /**
     * A node leaves of its own will, or has just left so: from when it is no member it is not missed, nor asked about.
     */
    void farewell(String name) {
        Peer peer = peers.get(name);
        if (peer != null) {
            peer.farewell = true;
            forgetWhoSaidFarewell();
        }
    }

    private void forgetWhoSaidFarewell() {
        peers.values().removeIf(peer -> peer.farewell && !peer.member);
    }

    /**
     * Who signed the store's roll how many milliseconds ago.
     *
     * @param asked when the store was asked
     */
    void roll(Map<String, Long> ages, long asked, long now) {
        Set<String> fresh = new HashSet<>();
        ages.forEach((name, age) -> {
            if (age <= lease / 2) {
                fresh.add(name);
            }
        });
        peers.forEach((name, peer) -> {
            Long age = ages.get(name);
            peer.rolled(age == null ? OptionalLong.empty() : OptionalLong.of(age), asked, resigned);
        });
        signers = fresh;
        signed = asked;
        mute = 0;
        settle(now);
    }

    /** Forgets who is dead, and that this node stood still once nobody is missing. */
    private void settle(long now) {
        if (rollIsFresh(now)) {
            peers.entrySet()
                    .removeIf(entry -> !entry.getValue().member
                            && silent(entry.getValue(), now)
                            && !signers.contains(entry.getKey()));
        }
        if (peers.values().stream().noneMatch(peer -> silent(peer, now) || peer.inQuestion() || peer.alive)) {
            lapsed = false;
        }
    }

    /** Whether there is anybody to answer to, so that the roll is worth signing. */
    boolean alone() {
        return peers.isEmpty();
    }

    /** How many nodes this one is certain of, itself among them. */
    int certain(long now) {
        return 1 + reachable(now).size();
    }

    /** What this node may do {@code now}, if the timer has turned in time. */
    Standing standing(long now) {
        if (now - turned > limit && !alone()) {
            return Standing.DOUBTFUL;
        }
        boolean somebodyIsSilent = peers.values().stream().anyMatch(peer -> silent(peer, now));
        if (somebodyIsSilent && !rollIsFresh(now)) {
            return hearsNothing() ? Standing.GIVEN_UP : Standing.DOUBTFUL;
        }
        Set<String> beyond = beyond(now);
        if (estranged(beyond, now)) {
            return Standing.GIVEN_UP;
        }
        peers.forEach((name, peer) -> {
            if (peer.inQuestion()) {
                beyond.add(name);
            }
        });
        return estranged(beyond, now) ? Standing.DOUBTFUL : Standing.SOUND;
    }

    /** Whether nobody and nothing has answered for so long that it is this node that is cut off. */
    private boolean hearsNothing() {
        return mute >= lease && peers.values().stream().anyMatch(peer -> peer.heard && !peer.left);
    }

    /** Who is alive beyond a cut link; not who has just joined, and signs before it answers. */
    private Set<String> beyond(long now) {
        Set<String> beyond = new TreeSet<>();
        peers.forEach((name, peer) -> {
            if (peer.heard && (peer.alive || silent(peer, now)) && signers.contains(name)) {
                beyond.add(name);
            }
        });
        return beyond;
    }

    /** Whether those go on without this node. */
    private boolean estranged(Set<String> beyond, long now) {
        if (beyond.isEmpty()) {
            return false;
        }
        TreeSet<String> here = new TreeSet<>(reachable(now));
        here.add(self);
        return lapsed
                || beyond.size() > here.size()
                || (beyond.size() == here.size() && beyond.iterator().next().compareTo(here.first()) < 0);
    }

    private Set<String> reachable(long now) {
        Set<String> reachable = new HashSet<>();
        peers.forEach((name, peer) -> {
            if (peer.member && !silent(peer, now)) {
                reachable.add(name);
            }
        });
        return reachable;
    }

    private boolean silent(Peer peer, long now) {
        return now - peer.answered > limit;
    }

    private boolean rollIsFresh(long now) {
        return now - signed <= lease / 2;
    }
}
