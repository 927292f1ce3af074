package dev.baton.gateway;

import dev.baton.protocol.BadMessage;
import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Frames;
import io.vertx.core.Future;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one client that come in parts: keeps the parts, and hands the message on, or an error back, when the
 * last one has come. Confined to the connection's loop.
 */
final class PartsIntake {
    private static final Logger LOG = LoggerFactory.getLogger(PartsIntake.class);

    /** When a client that was told {@code busy} may begin again, in milliseconds. */
    private static final long RETRY = 1_000;

    /** The connection that the parts come in on. */
    interface Owner {
        /** Whether it has ended. */
        boolean over();

        /** Whether its session holds the lock of that document, as far as is known here. */
        boolean holds(String document);

        /** The client says that; to be called in the order in which it did. */
        void document(ClientMessage.OfDocument message);

        /** Answers the client. */
        void write(String frame);

        /** Has something done in so many milliseconds, unless the connection has ended by then. */
        void later(long millis, Runnable action);

        /**
         * Does what takes long off the loop, and handles nothing of the client's until it is done; completes on the
         * loop.
         */
        <T> Future<T> meanwhile(Callable<T> work);
    }

    private final Owner owner;
    private final GatewayServices on;
    private final Parts parts;
    private boolean watched;

    PartsIntake(Owner owner, GatewayServices on) {
        this.owner = owner;
        this.on = on;
        this.parts = new Parts(
                on.reader()::largest,
                (long) on.allowed().snapshot() + on.allowed().data(),
                on.connections().parts());
    }

    /** A part has come. Only a holder's are kept: what anybody else writes is refused whole, so its first part is. */
    void take(ClientMessage.Part part) {
        parts.begins(part).ifPresent(this::abandon);
        if (part.part() == 1 && !owner.holds(part.document())) {
            parts.refuse(part);
            owner.document(part);
            return;
        }
        Parts.Outcome outcome = parts.take(part, Loop.now());
        if (outcome instanceof Parts.Outcome.Failed failed) {
            if (failed.code() == ErrorCode.TOO_LARGE) {
                on.connections().limits().reached(Limit.DATA);
            }
            OptionalLong retry = failed.code() == ErrorCode.BUSY ? OptionalLong.of(RETRY) : OptionalLong.empty();
            owner.write(Frames.error(part.ref(), failed.code(), failed.message(), retry));
        } else if (outcome instanceof Parts.Outcome.Whole whole) {
            putTogether(whole);
        } else if (outcome instanceof Parts.Outcome.Kept) {
            watch();
        }
    }

    private void putTogether(Parts.Outcome.Whole whole) {
        owner.meanwhile(() -> on.reader().whole(whole.last(), whole.text())).onComplete(read -> {
            if (owner.over()) {
                return;
            }
            if (read.succeeded()) {
                owner.document(read.result());
            } else if (read.cause() instanceof BadMessage bad) {
                owner.write(Frames.error(bad.ref(), bad.code(), bad.getMessage()));
            } else {
                LOG.error("parts could not be put together", read.cause());
                owner.write(Frames.error(whole.last().ref(), ErrorCode.INTERNAL, "internal error; see the server log"));
            }
        });
    }

    private void watch() {
        if (!watched && parts.unfinished()) {
            watched = true;
            owner.later(Parts.PATIENCE, () -> {
                watched = false;
                parts.expire(Loop.now()).forEach(this::abandon);
                watch();
            });
        }
    }

    private void abandon(Parts.Abandoned series) {
        owner.write(Frames.error(series.ref(), ErrorCode.BAD_MESSAGE, series.message()));
    }

    /** The session leaves a document, and its parts there with it. */
    void forget(String document) {
        parts.forget(document);
    }

    /** The connection has ended. */
    void clear() {
        parts.clear();
    }
}
