package dev.baton.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import java.io.Serial;
import java.io.Serializable;

/**
 * A sign of life on its way to another member, or the answer to one. Run over there, it tells whoever {@link BeatLine#hear
 * hears} beats; where nobody does, it is lost.
 */
final class Beat implements Runnable, HazelcastInstanceAware, Serializable {
    @Serial
    private static final long serialVersionUID = 1;

    private final String from;
    private final long sent;
    private final boolean answer;
    private transient HazelcastInstance there;

    private Beat(String from, long sent, boolean answer) {
        this.from = from;
        this.sent = sent;
        this.answer = answer;
    }

    /** Of that node, sent at that time of its own clock. */
    static Beat of(String node, long sent) {
        return new Beat(node, sent, false);
    }

    /** What that node answers to this one. */
    Beat answeredBy(String node) {
        return new Beat(node, sent, true);
    }

    /** The name of the node that sent it. */
    String from() {
        return from;
    }

    /** When the beat was sent, by the clock of who sent it; in an answer, when that was sent which it answers. */
    long sent() {
        return sent;
    }

    /** Whether it is an answer. */
    boolean isAnswer() {
        return answer;
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
