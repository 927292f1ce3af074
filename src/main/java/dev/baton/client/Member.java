package dev.baton.client;

import java.util.Optional;

/**
 * One session in a document, as its members see it.
 *
 * @param session the session's public id
 * @param user who is behind it
 * @param mode whether it wants the pen
 * @param since when it joined, in milliseconds since 1970 by the node's clock
 * @param online false while its session waits to be resumed
 * @param kept its last signal with {@code keep}, as Vert.x reads JSON; only of those who were there at the {@code join}
 *     and of those who have come since
 */
public record Member(String session, User user, Mode mode, long since, boolean online, Optional<Object> kept) {

    /** One that keeps no signal. */
    public Member(String session, User user, Mode mode, long since, boolean online) {
        this(session, user, mode, since, online, Optional.empty());
    }
}
