package dev.baton.log;

import java.util.List;
import java.util.Optional;

/**
 * What someone who joins a document needs, all read at one moment.
 *
 * <p>An opening is bounded ({@link LogSettings#pageEntries()}, {@link LogSettings#pageBytes()}). When {@code more}, the
 * tail goes on: read on with {@link DocumentLog#read} after {@link #last()} until {@code head} is reached.
 *
 * @param log id of the store and its incarnation, to be given back with {@code after} at the next opening
 * @param state where the document stands
 * @param recovered whether {@code entries}, read on to the end, hold everything after the {@code after} that was asked
 *     for. Never partly: otherwise the joiner starts from nothing with {@code snapshot} and {@code entries}
 * @param snapshot what the entries build on; empty when recovered, or when there is none and the entries begin at 1
 * @param entries in seq order, without gaps
 * @param more whether there are more entries up to {@code state.head()} than these
 */
public record Opening(
        String log,
        DocumentState state,
        boolean recovered,
        Optional<Content> snapshot,
        List<Entry> entries,
        boolean more) {

    /** What an entry takes beside its data and its author. */
    private static final int ENTRY = 150;

    /**
     * A stored snapshot.
     *
     * @param seq the last entry it contains
     * @param data raw JSON
     */
    public record Content(long seq, String data) {}

    /** The incarnation of the store that this was read in. */
    public long incarnation() {
        int dot = log.lastIndexOf('.');
        return dot < 0 ? 0 : Long.parseLong(log.substring(dot + 1));
    }

    /** About how many characters it takes to tell this. */
    public long size() {
        long size = snapshot.map(content -> content.data().length()).orElse(0);
        for (Entry entry : entries) {
            size += ENTRY + entry.data().length() + entry.user().length();
        }
        return size;
    }

    /**
     * The seq to read on from: of the last entry here, or of the snapshot, or the head when there is nothing to add.
     */
    public long last() {
        if (!entries.isEmpty()) {
            return entries.get(entries.size() - 1).seq();
        }
        return state.head();
    }
}
