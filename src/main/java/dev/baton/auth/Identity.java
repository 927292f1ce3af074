package dev.baton.auth;

import dev.baton.protocol.User;
import java.util.OptionalLong;

/**
 * Somebody who was believed.
 *
 * @param user who it is
 * @param roles what that one may do where
 * @param until when it must show another token, in milliseconds since 1970; empty: never
 */
public record Identity(User user, Roles roles, OptionalLong until) {

    /** Somebody on a node that asks for no token: may edit everything, for ever. */
    public static Identity believed(User user) {
        return new Identity(user, Roles.EDIT_ALL, OptionalLong.empty());
    }
}
