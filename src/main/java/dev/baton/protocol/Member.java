package dev.baton.protocol;

import java.io.Serializable;

/**
 * One session in a document, as others see it.
 *
 * @param session the session's public id
 * @param user who is behind it
 * @param mode whether it wants the pen
 * @param since when it joined, in milliseconds since 1970
 * @param online false while its session waits to be resumed
 */
public record Member(String session, User user, Mode mode, long since, boolean online) implements Serializable {

    /** This member, taking part in another way. */
    public Member as(Mode other) {
        return new Member(session, user, other, since, online);
    }

    /** This member, there or away. */
    public Member present(boolean there) {
        return new Member(session, user, mode, since, there);
    }
}
