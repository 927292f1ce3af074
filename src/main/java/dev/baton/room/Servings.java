package dev.baton.room;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Has each connection served one large document at a time: whoever opens fifty over a slow link gets them one after
 * another, and none of them waits in this node's memory meanwhile. Confined to the rooms' context.
 */
final class Servings {

    /** So many joins of one connection may wait for that, of some hundred bytes each; who asks for more tries again. */
    static final int WAITING = 500;

    private final Executor later;

    /** Those that are being served, and who waits for each. */
    private final IdentityHashMap<Outbox, Queue<Promise<Serving>>> waiting = new IdentityHashMap<>();

    /**
     * Calls who waited through {@code later}, which runs a task on the rooms' context, but not at once: one may end as
     * it begins.
     */
    Servings(Executor later) {
        this.later = later;
    }

    /** One document on its way to one connection, until it is there or will not be. */
    static final class Serving {
        private Optional<Runnable> end;

        private Serving(Optional<Runnable> end) {
            this.end = end;
        }

        /** That of a small document, for which nobody has to wait. */
        static Serving small() {
            return new Serving(Optional.empty());
        }

        /** The next one may begin. Once is enough, more do no harm. */
        void end() {
            Optional<Runnable> once = end;
            end = Optional.empty();
            once.ifPresent(Runnable::run);
        }
    }

    /** Begins one, unless another one is under way. */
    Optional<Serving> tryBegin(Outbox outbox) {
        return waiting.putIfAbsent(outbox, new ArrayDeque<>()) == null ? Optional.of(begin(outbox)) : Optional.empty();
    }

    /** Begins one when those before it have ended. Empty when too many wait already. */
    Optional<Future<Serving>> whenFree(Outbox outbox) {
        Optional<Serving> free = tryBegin(outbox);
        if (free.isPresent()) {
            return free.map(Future::succeededFuture);
        }
        Queue<Promise<Serving>> line = waiting.get(outbox);
        if (line.size() >= WAITING) {
            return Optional.empty();
        }
        Promise<Serving> turn = Promise.promise();
        line.add(turn);
        return Optional.of(turn.future());
    }

    /** Connections that are being served. */
    int size() {
        return waiting.size();
    }

    private Serving begin(Outbox outbox) {
        return new Serving(Optional.of(() -> ended(outbox)));
    }

    private void ended(Outbox outbox) {
        Promise<Serving> next = waiting.get(outbox).poll();
        if (next == null) {
            waiting.remove(outbox);
        } else {
            later.execute(() -> next.complete(begin(outbox)));
        }
    }
}
