package dev.baton.room;

import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;

/**
 * A snapshot that does not fit into one message, as the frames that carry it. Each frame is made when it is first asked
 * for, and then serves everybody who joins. Confined to the rooms' context.
 */
final class LargeSnapshot {

    /** What a frame takes beside the piece, in bytes: the names of its fields and of the longest document. */
    private static final int FRAME = 512;

    /** The most bytes that a character of JSON text takes in a JSON string, in UTF-8. */
    private static final int WORST = 3;

    private final String document;
    private final long seq;
    private final String data;
    private final int piece;
    private final String[] frames;

    private LargeSnapshot(String document, long seq, String data, int piece) {
        this.document = document;
        this.seq = seq;
        this.data = data;
        this.piece = piece;
        this.frames = new String[(data.length() + piece - 1) / piece];
    }

    /** Whether a snapshot is larger than a message of so many bytes. */
    static boolean isLarge(String data, int message) {
        return data.length() > message || ((long) WORST * data.length() > message && Json.bytes(data) > message);
    }

    /**
     * Of that content.
     *
     * @param message the most bytes of a frame, at least 1 KiB
     */
    static LargeSnapshot of(String document, long seq, String data, int message) {
        return new LargeSnapshot(document, seq, data, Math.max(1, (message - FRAME) / WORST));
    }

    /** Whether it is that very content. */
    boolean is(long otherSeq, String otherData) {
        return seq == otherSeq && data.equals(otherData);
    }

    /** How many characters it has. */
    int size() {
        return data.length();
    }

    /** How many frames there are. */
    int parts() {
        return frames.length;
    }

    /** A frame, counted from 1. */
    String frame(int part) {
        if (frames[part - 1] == null) {
            frames[part - 1] = Frames.snapshotPart(document, part, data.substring(from(part), from(part + 1)));
        }
        return frames[part - 1];
    }

    /** Where a piece begins: not within a surrogate pair, whose halves have no encoding. */
    private int from(int part) {
        int at = Math.min(data.length(), (part - 1) * piece);
        boolean within = at > 0 && at < data.length() && Character.isLowSurrogate(data.charAt(at));
        return within ? at + 1 : at;
    }
}
