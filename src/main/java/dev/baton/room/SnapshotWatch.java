package dev.baton.room;

import dev.baton.protocol.SeqEntry;

/** Counts what lies behind the last snapshot, to know when the next is wanted. Pure; confined to one context. */
final class SnapshotWatch {

    /** A snapshot is wanted when this many entries lie behind the last one. */
    static final long ENTRIES = 500;

    /** Or when they hold this many characters. */
    static final long SIZE = 1 << 20;

    private long snapshot;
    private long asked;
    private long size;

    /** A snapshot up to there exists. */
    void seen(long seq) {
        if (seq > snapshot) {
            snapshot = seq;
            size = 0;
        }
    }

    /** An entry was written. */
    void grew(SeqEntry entry) {
        size += entry.text().text().length();
    }

    /** Whether to ask for one now; says yes once until as much again has been written. */
    boolean due(long head) {
        boolean due = (head - snapshot >= ENTRIES || size >= SIZE) && head - asked >= ENTRIES / 2;
        if (due) {
            asked = head;
        }
        return due;
    }
}
