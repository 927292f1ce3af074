package dev.baton.gateway;

import dev.baton.auth.Identity;
import dev.baton.auth.TokenRefused;
import dev.baton.config.Settings;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.room.SessionRef;
import dev.baton.session.ResumeSecret;
import dev.baton.session.SessionRecord;
import dev.baton.session.Sessions;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Lets a client in: who it is, whether there is room for one more of its sockets, and which session that makes. Any context;
 * every failure is a {@link Refusal} or says that the cluster does not answer.
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
            return Future.failedFuture(full());
        }
        return welcoming
                .welcome(hello, Optional.of(who))
                .map(connected -> new Guest(connected.orElseThrow(), who))
                .onFailure(failure -> connections.users().closed(user));
    }

    /**
     * The secret alone says who it is. The session's record is looked at first, since resuming one for which there turns
     * out to be no room would have closed its other socket already.
     */
    private Future<Guest> resume(ClientMessage.Hello hello) {
        Optional<String> session = hello.resume().flatMap(ResumeSecret::parse).map(ResumeSecret::session);
        if (session.isEmpty()) {
            return Future.failedFuture(nobody());
        }
        return sessions.find(List.of(session.get()))
                .compose(found -> resume(hello, Optional.ofNullable(found.get(session.get()))));
    }

    private Future<Guest> resume(ClientMessage.Hello hello, Optional<SessionRecord> known) {
        Optional<String> user = known.map(record -> record.user().id());
        if (user.isPresent() && !hasRoom(user.get())) {
            return Future.failedFuture(full());
        }
        return welcoming
                .welcome(hello, Optional.empty())
                .compose(
                        connected -> connected.isPresent() ? let(connected.get(), user) : Future.failedFuture(nobody()))
                .onFailure(
                        failure -> user.ifPresent(counted -> connections.users().closed(counted)));
    }

    /** A session that only the store knew was not counted yet. */
    private Future<Guest> let(Sessions.Connected connected, Optional<String> counted) {
        SessionRecord record = connected.record();
        if (counted.isEmpty() && !hasRoom(record.user().id())) {
            sessions.lose(record.id(), record.generation(), "closed");
            return Future.failedFuture(full());
        }
        return Future.succeededFuture(new Guest(connected, Identity.believed(record.user())));
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
