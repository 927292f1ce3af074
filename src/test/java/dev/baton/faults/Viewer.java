package dev.baton.faults;

import dev.baton.client.BatonClient;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;

/** Reads one document and writes nothing. */
final class Viewer extends Actor {
    private final String document;
    private final History.Reading reading;
    private volatile long read;

    Viewer(World world, String name, String document, long seed) {
        super(world, name, seed);
        this.document = document;
        this.reading = world.history().new Reading(name, document);
    }

    String document() {
        return document;
    }

    /** The last seq it was told. Any thread. */
    long read() {
        return read;
    }

    @Override
    void arrived(BatonClient on) {
        join(on, Mode.VIEW, reading, joined -> read = reading.last());
    }

    @Override
    void heard(NodeEvent event) {
        if (event instanceof NodeEvent.Entries entries && entries.document().equals(document)) {
            reading.entries(entries.entries());
        } else if (event instanceof NodeEvent.Reset reset) {
            reset(reset.joined(), reading);
        }
        read = reading.last();
    }

    @Override
    void left() {
        // What it has read counts on the next connection.
    }
}
