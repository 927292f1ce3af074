package dev.baton.room;

import dev.baton.protocol.SeqEntry;

/** Counts what lies behind the last snapshot, to know when the next is wanted. Pure; confined to one context. */
final class SnapshotWatch {

    /** A snapshot is wanted when this many entries lie behind the last one. */
    static final long ENTRIES = 500;

    /**
     * Or when they hold this many characters, and as many as the last one: a large document is not stored anew for each
     * small change.
     */
    static final long SIZE = 1 << 20;

    /** A snapshot that was wanted so many times, and did not come, will not come by itself. */
    static final int PATIENCE = 3;

    private long snapshot;
    private long snapshotSize;
    private long size;

    /** Where the head stood, and how much lay behind the snapshot, when it was last asked for. */
    private long askedAt;

    private long askedSize;
    private int asked;

    /** A snapshot up to there exists. */
    void seen(long seq) {
        if (seq > snapshot) {
            snapshot = seq;
            size = 0;
            askedSize = 0;
            asked = 0;
        }
    }

    /** All that was known is of another history: a snapshot up to there exists, and nothing behind it was counted. */
    void reset(long seq) {
        snapshot = seq;
        size = 0;
        askedAt = 0;
        askedSize = 0;
        snapshotSize = 0;
        asked = 0;
    }

    /** The last one has so many characters. */
    void size(long characters) {
        snapshotSize = characters;
    }

    /** An entry was written. */
    void grew(SeqEntry entry) {
        size += entry.text().text().length();
    }

    /** At least so many characters lie behind the last snapshot: somebody has read them. */
    void reaches(long characters) {
        size = Math.max(size, characters);
    }

    /** Whether to ask for one now; says yes once until half as much again has been written. */
    boolean due(long head) {
        long most = Math.max(SIZE, snapshotSize);
        boolean wanted = behind(head) >= ENTRIES || size >= most;
        boolean again = head - askedAt >= ENTRIES / 2 || size - askedSize >= most / 2;
        if (wanted && again) {
            askedAt = head;
            askedSize = size;
            asked++;
        }
        return wanted && again;
    }

    /** How many entries lie behind the last snapshot. */
    long behind(long head) {
        return head - snapshot;
    }

    /** How often it was asked for since the last one. */
    int asked() {
        return asked;
    }

    /** Whether to say so in the log: at the third time, the sixth, the twelfth and so on. */
    boolean unheeded() {
        return asked >= PATIENCE && asked % PATIENCE == 0 && Integer.bitCount(asked / PATIENCE) == 1;
    }
}
