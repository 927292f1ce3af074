package dev.baton.room;

import dev.baton.log.Opening;
import dev.baton.protocol.Json;
import dev.baton.room.Servings.Serving;
import java.util.Optional;

/**
 * A member on its way in: the log was read for it, and it is told at the next flush.
 *
 * @param ref whose
 * @param outbox where
 * @param request the {@code ref} of its {@code join}
 * @param opening what it is told of the content
 * @param large the snapshot that the opening speaks of, when it is larger than a message; the opening itself does not
 *     hold it then
 * @param serving ends when it reads like the others, or will not
 */
record Joiner(
        SessionRef ref,
        Outbox outbox,
        Optional<Json> request,
        Opening opening,
        Optional<LargeSnapshot> large,
        Serving serving) {}
