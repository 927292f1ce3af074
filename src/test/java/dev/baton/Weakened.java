package dev.baton;

import dev.baton.cluster.Lease;
import dev.baton.log.Append;
import dev.baton.log.DocumentLog;
import dev.baton.rights.HolderLoss;
import dev.baton.session.Liveness;
import io.vertx.core.Future;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * A node without some of its protections, named in the environment variable {@code WEAKENED} with commas between: what
 * checkers must notice.
 */
public final class Weakened extends NodeVerticle {

    /** An update is written under whatever epoch and holder there are, whoever sends it. */
    public static final String NO_EPOCHS = "epochs";

    /** What was written is not recognised when it is sent again. */
    public static final String NO_IDS = "ids";

    /** The node never gives itself up. */
    public static final String NO_LEASE = "lease";

    /** Nobody looks for what no news told of. */
    public static final String NO_SWEEP = "sweep";

    /** No news of who comes and goes arrives, and the locks of those who go are not told by themselves. */
    public static final String NO_NEWS = "news";

    private static final Set<String> WITHOUT = Set.of(System.getenv("WEAKENED").split(",", -1));

    @Override
    public Future<?> start() {
        if (WITHOUT.contains(NO_NEWS)) {
            vertx.eventBus().addInboundInterceptor(delivery -> {
                if (!delivery.message().address().equals(Liveness.ADDRESS)) {
                    delivery.next();
                }
            });
        }
        return super.start();
    }

    @Override
    protected DocumentLog guarded(DocumentLog opened) {
        if (WITHOUT.contains(NO_EPOCHS)) {
            return appending(opened, append -> opened.state(append.document())
                    .map(state -> new Append(
                            append.document(),
                            append.kind(),
                            state.epoch(),
                            state.holder().map(holder -> holder.session()).orElse(append.session()),
                            append.user(),
                            append.id(),
                            append.data(),
                            append.at())));
        }
        if (WITHOUT.contains(NO_IDS)) {
            return appending(
                    opened,
                    append -> Future.succeededFuture(new Append(
                            append.document(),
                            append.kind(),
                            append.epoch(),
                            append.session(),
                            append.user(),
                            append.id() + UUID.randomUUID(),
                            append.data(),
                            append.at())));
        }
        return opened;
    }

    @Override
    protected Lease lease(int minimum) {
        return WITHOUT.contains(NO_LEASE)
                ? new Lease(minimum) {
                    @Override
                    public boolean sound() {
                        return true;
                    }

                    @Override
                    public boolean mayWrite() {
                        return enoughNodes();
                    }

                    @Override
                    public boolean givenUp() {
                        return false;
                    }
                }
                : super.lease(minimum);
    }

    @Override
    protected HolderLoss losses(HolderLoss locks) {
        return WITHOUT.contains(NO_NEWS)
                ? (document, session, generation, cause, since) -> Future.succeededFuture()
                : super.losses(locks);
    }

    @Override
    protected Duration sweep() {
        return WITHOUT.contains(NO_SWEEP) ? Duration.ofDays(1) : super.sweep();
    }

    private static DocumentLog appending(DocumentLog log, Function<Append, Future<Append>> change) {
        return (DocumentLog) Proxy.newProxyInstance(
                Weakened.class.getClassLoader(), new Class<?>[] {DocumentLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append")) {
                        return change.apply((Append) arguments[0]).compose(log::append);
                    }
                    try {
                        return method.invoke(log, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }
}
