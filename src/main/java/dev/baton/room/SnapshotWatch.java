package dev.baton.room;

import dev.baton.protocol.SeqEntry;

/** Counts what lies behind the last snapshot, to know when the next is wanted. Pure; confined to one context. */
final class SnapshotWatch {

    /** A snapshot is wanted when this many entries lie behind the last one. */
    static final long ENTRIES = 500;

    /** Or when they hold this many characters. */
    static final long SIZE = 1 << 20;

    private long snapshot;
    private long size;

    /** Where the head stood, and how much lay behind the snapshot, when it was last asked for. */
    private long askedAt;

    private long askedSize;

    /** A snapshot up to there exists. */
    void seen(long seq) {
        if (seq > snapshot) {
            snapshot = seq;
            size = 0;
            askedSize = 0;
        }
    }

    /** All that was known is of another history: a snapshot up to there exists, and nothing behind it was counted. */
    void reset(long seq) {
        snapshot = seq;
        size = 0;
        askedAt = 0;
        askedSize = 0;
    }

    /** An entry was written. */
    void grew(SeqEntry entry) {
        size += entry.text().text().length();
    }

    /** Whether to ask for one now; says yes once until half as much again has been written. */
    boolean due(long head) {
        boolean wanted = head - snapshot >= ENTRIES || size >= SIZE;
        boolean again = head - askedAt >= ENTRIES / 2 || size - askedSize >= SIZE / 2;
        if (wanted && again) {
            askedAt = head;
            askedSize = size;
        }
        return wanted && again;
    }
}
