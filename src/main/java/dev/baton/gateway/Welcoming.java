package dev.baton.gateway;

import dev.baton.auth.Identity;
import dev.baton.auth.Roles;
import dev.baton.log.DocumentLog;
import dev.baton.log.DocumentState;
import dev.baton.log.Tenant;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import dev.baton.session.ResumeSecret;
import dev.baton.session.Sessions;
import dev.baton.session.Standing;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Turns a {@code hello} into a session: the one that is resumed, or a new one. Any context. */
final class Welcoming {
    private final Sessions sessions;
    private final DocumentLog log;
    private final Consumer<Sessions.Replaced> replaced;

    /** {@code replaced} is told of the connection that a resumed session had before. */
    Welcoming(Sessions sessions, DocumentLog log, Consumer<Sessions.Replaced> replaced) {
        this.sessions = sessions;
        this.log = log;
        this.replaced = replaced;
    }

    /**
     * The session of whoever said that.
     *
     * @param who that is, as far as is known; a session that is resumed must be that one's
     * @return empty when that names nobody: no session to resume, and nobody for a new one
     */
    Future<Optional<Sessions.Connected>> welcome(ClientMessage.Hello hello, Optional<Identity> who) {
        return resume(hello, who)
                .compose(resumed -> resumed.isPresent() ? Future.succeededFuture(resumed) : fresh(who));
    }

    /** The session that is resumed by that; empty when there is none, and then nothing has changed. */
    Future<Optional<Sessions.Connected>> resume(ClientMessage.Hello hello, Optional<Identity> who) {
        Optional<ResumeSecret> secret = hello.resume().flatMap(ResumeSecret::parse);
        if (secret.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return sessions.resume(secret.get(), who.map(Identity::user), roles(who), replaced)
                .compose(resumed ->
                        resumed.isPresent() ? Future.succeededFuture(resumed) : remembered(who, secret.get()));
    }

    private Future<Optional<Sessions.Connected>> fresh(Optional<Identity> who) {
        return who.isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : sessions.create(who.get().user(), who.get().roles()).map(Optional::of);
    }

    /**
     * After the whole cluster was restarted nobody knows the sessions any more; but the store knows who held which pen,
     * and has the hash of what the holder resumes with.
     */
    private Future<Optional<Sessions.Connected>> remembered(Optional<Identity> who, ResumeSecret secret) {
        return log.heldBy(secret.session())
                .recover(unavailable -> Future.succeededFuture(List.of()))
                .compose(held -> {
                    Map<String, Standing> documents = new TreeMap<>();
                    Optional<User> holder = Optional.empty();
                    for (DocumentState state : held) {
                        Tenant tenant = state.holder().orElseThrow();
                        if (ResumeSecret.matches(secret.hash(), tenant.keep())) {
                            holder = Optional.of(User.parse(tenant.user()));
                            documents.put(state.document(), new Standing(Mode.EDIT, System.currentTimeMillis()));
                        }
                    }
                    return holder.filter(user -> isSame(user, who)).isPresent()
                            ? sessions.adopt(holder.get(), roles(who), secret, documents, replaced)
                            : Future.succeededFuture(Optional.empty());
                });
    }

    /** Whoever is nobody yet has shown no token, so is on a node that asks for none. */
    private static Roles roles(Optional<Identity> who) {
        return who.map(Identity::roles).orElse(Roles.EDIT_ALL);
    }

    private static boolean isSame(User user, Optional<Identity> who) {
        return who.map(one -> one.user().id()).orElse(user.id()).equals(user.id());
    }
}
