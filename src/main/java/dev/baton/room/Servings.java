package dev.baton.room;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Queue;

/**
 * Has each connection served {@value Outbox#ASKED} large documents at a time and no more: whoever opens fifty over a slow link gets them one after
 * another, and none of them waits in this node's memory meanwhile. Confined to the rooms' context.
 */
final class Servings {

    /** So many joins of one connection may wait for that, of some hundred bytes each; who asks for more tries again. */
    static final int WAITING = 500;

    private final IdentityHashMap<Outbox, Table> tables = new IdentityHashMap<>();

    /** One connection's. */
    private static final class Table {
        private int served;
        private boolean calling;
        private final Queue<Promise<Serving>> waiting = new ArrayDeque<>();
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

    /** Begins one, unless as many as may be are under way. */
    Optional<Serving> tryBegin(Outbox outbox) {
        Table table = tables.computeIfAbsent(outbox, some -> new Table());
        return table.served < Outbox.ASKED ? Optional.of(begin(outbox, table)) : Optional.empty();
    }

    /** Begins one when those before it have ended. Empty when too many wait already. */
    Optional<Future<Serving>> whenFree(Outbox outbox) {
        Optional<Serving> free = tryBegin(outbox);
        if (free.isPresent()) {
            return free.map(Future::succeededFuture);
        }
        Table table = tables.get(outbox);
        if (table.waiting.size() >= WAITING) {
            return Optional.empty();
        }
        Promise<Serving> turn = Promise.promise();
        table.waiting.add(turn);
        return Optional.of(turn.future());
    }

    /** Connections that are being served. */
    int size() {
        return tables.size();
    }

    private Serving begin(Outbox outbox, Table table) {
        table.served++;
        return new Serving(Optional.of(() -> ended(outbox, table)));
    }

    private void ended(Outbox outbox, Table table) {
        table.served--;
        if (table.calling) {
            return; // who was called has ended at once; the call that goes on calls the next
        }
        table.calling = true;
        while (table.served < Outbox.ASKED && !table.waiting.isEmpty()) {
            table.waiting.remove().complete(begin(outbox, table));
        }
        table.calling = false;
        if (table.served == 0) {
            tables.remove(outbox);
        }
    }
}
