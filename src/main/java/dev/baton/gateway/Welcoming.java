package dev.baton.gateway;

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

    /** Empty when the hello names nobody: no session to resume, and no user for a new one. */
    Future<Optional<Sessions.Connected>> welcome(ClientMessage.Hello hello) {
        Optional<ResumeSecret> secret = hello.resume().flatMap(ResumeSecret::parse);
        if (secret.isEmpty()) {
            return fresh(hello);
        }
        return sessions.resume(secret.get(), hello.user(), replaced)
                .compose(resumed -> resumed.isPresent()
                        ? Future.succeededFuture(resumed)
                        : remembered(hello, secret.get())
                                .compose(known -> known.isPresent() ? Future.succeededFuture(known) : fresh(hello)));
    }

    private Future<Optional<Sessions.Connected>> fresh(ClientMessage.Hello hello) {
        return hello.user().isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : sessions.create(hello.user().get()).map(Optional::of);
    }

    /**
     * After the whole cluster was restarted nobody knows the sessions any more; but the store knows who held which pen, and
     * has the hash of what the holder resumes with.
     */
    private Future<Optional<Sessions.Connected>> remembered(ClientMessage.Hello hello, ResumeSecret secret) {
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
                    return holder.filter(user -> sameAs(user, hello)).isPresent()
                            ? sessions.adopt(holder.get(), secret, documents)
                                    .map(record -> Optional.of(new Sessions.Connected(record, secret, true)))
                            : Future.succeededFuture(Optional.empty());
                });
    }

    private static boolean sameAs(User user, ClientMessage.Hello hello) {
        return hello.user().map(User::id).orElse(user.id()).equals(user.id());
    }
}
