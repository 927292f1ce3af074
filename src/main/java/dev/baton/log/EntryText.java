package dev.baton.log;

import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import dev.baton.protocol.LogEntry;
import dev.baton.protocol.SeqEntry;

/** Entries as they go on the wire. Pure. */
public final class EntryText {
    private EntryText() {}

    /** The entry's JSON, with its place. */
    public static SeqEntry of(Entry entry) {
        return Frames.entry(new LogEntry(
                entry.seq(),
                entry.kind().word(),
                entry.epoch(),
                entry.session(),
                new Json(entry.user()),
                entry.id(),
                entry.at(),
                new Json(entry.data())));
    }
}
