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
        long after = reading.last();
        (reading.log().isPresent()
                        ? on.join(
                                document,
                                Mode.VIEW,
                                reading.last(),
                                reading.log().get())
                        : on.join(document, Mode.VIEW))
                .onSuccess(joined -> {
                    if (current(on)) {
                        joined(document);
                        reading.joined(joined, after);
                        read = reading.last();
                    }
                })
                .onFailure(refused -> {
                    notJoined(document, refused);
                    later(on, () -> arrived(on));
                });
    }

    @Override
    void heard(NodeEvent event) {
        if (event instanceof NodeEvent.Entries entries && entries.document().equals(document)) {
            reading.entries(entries.entries());
            read = reading.last();
        }
    }

    @Override
    void left() {
        // What it has read counts on the next connection.
    }
}
