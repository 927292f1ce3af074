package dev.baton.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import java.io.Serial;
import java.io.Serializable;

/**
 * A sign of life on its way to another member, the answer to one, or the last of a node that leaves. Run over there, it
 * tells whoever {@link BeatLine#hear hears} beats; where nobody does, it is lost.
 */
final class Beat implements Runnable, HazelcastInstanceAware, Serializable {
    @Serial
    private static final long serialVersionUID = 1;

    private final String from;
    private final long sent;
    private final boolean answer;
    private final boolean last;

    /** 0 from a node of a version that has none. */
    private final long incarnation;

    /** Absent in what a node of an earlier version sends. */
    private final String store;

    private transient HazelcastInstance there;

    private Beat(String from, long sent, boolean answer, boolean last, long incarnation, String store) {
        this.from = from;
        this.sent = sent;
        this.answer = answer;
        this.last = last;
        this.incarnation = incarnation;
        this.store = store;
    }

    /** Of that node, sent at that time of its own clock; it works in that incarnation of that store. */
    static Beat of(String node, long sent, long incarnation, String store) {
        return new Beat(node, sent, false, false, incarnation, store);
    }

    /** The farewell of that node. To a node that does not know of farewells it is a beat like others. */
    static Beat lastOf(String node, long sent) {
        return new Beat(node, sent, false, true, 0, "");
    }

    /** What that node answers to this one. */
    Beat answeredBy(String node, long itsIncarnation, String itsStore) {
        return new Beat(node, sent, true, false, itsIncarnation, itsStore);
    }

    /** The name of the node that sent it. */
    String from() {
        return from;
    }

    /** When the beat was sent, by the clock of who sent it; in an answer, when that was sent which it answers. */
    long sent() {
        return sent;
    }

    /** The incarnation of the store that its sender works in; 0 when it works in none. */
    long incarnation() {
        return incarnation;
    }

    /** The id of its sender's store; empty when it does not say. */
    String store() {
        return store == null ? "" : store;
    }

    /** Whether it is an answer. */
    boolean isAnswer() {
        return answer;
    }

    /** Whether its sender leaves of its own will, and acts for nobody any more. */
    boolean isLast() {
        return last;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        there = member;
    }

    @Override
    public void run() {
        BeatLine.take(there, this);
    }
}
