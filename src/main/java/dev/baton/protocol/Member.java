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
 * @param kept JSON of the last signal that is kept for those who come later; empty when there is none
 */
public record Member(String session, User user, Mode mode, long since, boolean online, String kept)
        implements Serializable {

    /** A record that a node wrote before there was anything to be kept has nothing there. */
    @SuppressWarnings("NullableProblems")
    public Member {
        kept = kept == null ? "" : kept;
    }

    /** One with nothing kept. */
    public Member(String session, User user, Mode mode, long since, boolean online) {
        this(session, user, mode, since, online, "");
    }

    /** This member, with another signal kept. */
    public Member keeping(String signal) {
        return new Member(session, user, mode, since, online, signal);
    }

    /** This member, taking part in another way. */
    public Member as(Mode other) {
        return new Member(session, user, other, since, online, kept);
    }

    /** This member, there or away. */
    public Member present(boolean there) {
        return new Member(session, user, mode, since, there, kept);
    }
}
