package dev.baton.room;

import dev.baton.auth.Role;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.Mode;
import java.util.Optional;

/** Which role a request takes in its document. Pure. */
final class NeededRole {

    private NeededRole() {}

    /** Empty when everybody may, as everybody may leave. */
    static Optional<Role> of(ClientMessage.OfDocument message) {
        if (message instanceof ClientMessage.Leave) {
            return Optional.empty();
        }
        if (message instanceof ClientMessage.HandOver || message instanceof ClientMessage.Remove) {
            return Optional.of(Role.MODERATE);
        }
        boolean looks = message instanceof ClientMessage.Signal
                || (message instanceof ClientMessage.Join join && join.mode() == Mode.VIEW);
        return Optional.of(looks ? Role.VIEW : Role.EDIT);
    }
}
