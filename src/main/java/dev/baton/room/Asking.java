package dev.baton.room;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import java.util.Optional;

/** One client's request: who asks, and how it is answered. */
record Asking(SessionRef ref, Outbox outbox, Optional<Json> mark) {
    String session() {
        return ref.session();
    }

    void error(ErrorCode code, String message) {
        outbox.send(Frames.error(mark, code, message));
    }
}
