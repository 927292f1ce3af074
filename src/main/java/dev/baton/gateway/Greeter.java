package dev.baton.gateway;

import dev.baton.auth.Identity;
import dev.baton.auth.TokenRefused;
import dev.baton.config.Settings;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.room.SessionRef;
import dev.baton.session.Sessions;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/**
 * Lets a client in: who it is, whether there is room for one more of its sockets, and which session that makes. Any
 * context; every failure is a {@link Refusal} or says that the cluster does not answer.
 */
final class Greeter {

    /** Checks a token; fails with {@link TokenRefused} when it is not believed. */
    @FunctionalInterface
    interface TokenCheck extends Function<String, Future<Identity>> {}

    /**
     * Somebody who was let in. Its socket counts as one of its user's until {@link #left}.
     *
     * @param connected its session
     * @param identity who it is
     */
    record Guest(Sessions.Connected connected, Identity identity) {
        private String user() {
            return connected.record().user().id();
        }
    }

    private final Settings settings;
    private final Optional<TokenCheck> tokens;
    private final Welcoming welcoming;
    private final Sessions sessions;
    private final Connections connections;

    /** {@code tokens} checks what is shown; empty on a node that believes whoever comes. */
    Greeter(
            Settings settings,
            Optional<TokenCheck> tokens,
            Welcoming welcoming,
            Sessions sessions,
            Connections connections) {
        this.settings = settings;
        this.tokens = tokens;
        this.welcoming = welcoming;
        this.sessions = sessions;
        this.connections = connections;
    }

    // ---- the first hello ------------------------------------------------------------------------------------------

    /** Lets the client in that said this. */
    Future<Guest> greet(ClientMessage.Hello hello) {
        return identify(hello).compose(who -> who.isPresent() ? welcome(hello, who.get()) : resume(hello));
    }

    /** Empty when the client leaves it to the session that it resumes. */
    private Future<Optional<Identity>> identify(ClientMessage.Hello hello) {
        return tokens.isEmpty()
                ? Future.succeededFuture(hello.user().map(Identity::believed))
                : check(hello, tokens.get()).map(Optional::of);
    }

    private static Future<Identity> check(ClientMessage.Hello hello, TokenCheck tokens) {
        if (hello.token().isEmpty()) {
            return Future.failedFuture(
                    Refusal.unknown(ErrorCode.FORBIDDEN, "token is missing: this node lets nobody in without one"));
        }
        return tokens.apply(hello.token().get())
                .recover(failure -> Future.failedFuture(
                        failure instanceof TokenRefused
                                ? Refusal.unknown(ErrorCode.FORBIDDEN, failure.getMessage())
                                : failure));
    }

    private Future<Guest> welcome(ClientMessage.Hello hello, Identity who) {
        String user = who.user().id();
        if (!hasRoom(user)) {
            return welcoming
                    .resume(hello, Optional.of(who))
                    .compose(resumed -> resumed.isPresent()
                            ? Future.succeededFuture(counted(resumed.get(), who))
                            : Future.failedFuture(full()));
        }
        return welcoming
                .welcome(hello, Optional.of(who))
                .map(connected -> new Guest(connected.orElseThrow(), who))
                .onFailure(failure -> connections.users().closed(user));
    }

    /** The secret alone says who it is. */
    private Future<Guest> resume(ClientMessage.Hello hello) {
        return welcoming
                .resume(hello, Optional.empty())
                .compose(resumed -> resumed.isPresent()
                        ? Future.succeededFuture(counted(
                                resumed.get(),
                                Identity.believed(resumed.get().record().user())))
                        : Future.failedFuture(nobody()));
    }

    /**
     * A session that goes on was let in before, and its new connection takes the place of the one it had, here or
     * elsewhere: the limit of a user's sockets does not shut it out, be the former connection half open or on a node
     * that is gone.
     */
    private Guest counted(Sessions.Connected connected, Identity who) {
        connections.users().opened(connected.record().user().id());
        return new Guest(connected, who);
    }

    private boolean hasRoom(String user) {
        return connections.users().tryOpen(user, settings.limits().userSockets());
    }

    private static Refusal nobody() {
        return Refusal.unknown(ErrorCode.BAD_MESSAGE, "user is missing: {id, name}, or a resume that is valid");
    }

    private Refusal full() {
        connections.limits().reached(Limit.USER_SOCKETS);
        return Refusal.full(
                "this user has " + settings.limits().userSockets() + " sockets on this node, which is all there may be;"
                        + " close one first",
                settings.heartbeat().timeout().toMillis());
    }

    /** The guest's connection is over. */
    void left(Guest guest) {
        connections.users().closed(guest.user());
    }

    // ---- another one on the same socket ---------------------------------------------------------------------------

    /** Looks at a token that is to take the place of the one before; it must be the same user's. */
    Future<Identity> again(ClientMessage.Hello hello, SessionRef ref) {
        if (tokens.isEmpty()) {
            return Future.failedFuture(Refusal.idle("hello was said already"));
        }
        return check(hello, tokens.get())
                .compose(who -> who.user().id().equals(ref.user().id())
                        ? sessions.authorize(ref.session(), ref.generation(), who.roles())
                                .map(who)
                        : Future.failedFuture(Refusal.unknown(ErrorCode.FORBIDDEN, "the token is another user's")));
    }
}
