package dev.baton.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Operations on one document on their way to the log. One at a time is with the node: were there two, the first could be
 * put off while the second is taken, and their order would be lost. Confined to the client's context.
 */
final class Outbox {

    /** How many operations may wait. */
    static final int LARGEST = 1000;

    private static final int TOO_LARGE = 1009;
    private static final long RETRY_MILLIS = 1000;

    /** An operation: an edit, under its epoch, or a message, under none. */
    record Operation(String document, OptionalLong epoch, String id, Object data, Promise<Outcome> outcome) {
        Future<Outcome> send(BatonClient client) {
            return epoch.isPresent()
                    ? client.update(document, epoch.getAsLong(), id, data)
                    : client.say(document, id, data).map(applied -> (Outcome) applied);
        }

        Draft draft(boolean uncertain) {
            return new Draft(document, epoch.orElse(0), id, data, uncertain);
        }
    }

    /** Lets something happen later, on the same context. */
    @FunctionalInterface
    interface Later {
        void run(long millis, Runnable action);
    }

    private final Later later;
    private final Consumer<Draft> drafts;
    private final Deque<Operation> waiting = new ArrayDeque<>();
    private Optional<BatonClient> client = Optional.empty();
    private boolean inFlight;
    private boolean pausing;
    /** Whether the first in line has been with the node before, so that it may be in the log. */
    private boolean firstWasSent;

    Outbox(Later later, Consumer<Draft> drafts) {
        this.later = later;
        this.drafts = drafts;
    }

    void add(Operation operation) {
        if (waiting.size() >= LARGEST) {
            operation.outcome.fail(new BatonException(
                    "busy", LARGEST + " operations wait for the connection already", OptionalLong.of(RETRY_MILLIS)));
            return;
        }
        waiting.add(operation);
        pump();
    }

    /** The document is joined on this connection, by the session of before: what waits goes out, in order. */
    void resume(BatonClient connected) {
        boolean another = client.filter(now -> now == connected).isEmpty();
        client = Optional.of(connected);
        inFlight = inFlight && !another;
        pump();
    }

    /**
     * The document is joined by a new session. The node cannot tell that session's operations from repeated ones, and it
     * does not hold the pen: what may have been stored is looked up, edits come back as drafts, messages go out.
     */
    void startAnew(BatonClient connected, String formerSession, Joined joined) {
        List<Operation> all = List.copyOf(waiting);
        boolean sent = firstWasSent;
        waiting.clear();
        firstWasSent = false;
        for (Operation operation : all) {
            Optional<Entry> stored = joined.entries().stream()
                    .filter(entry ->
                            entry.session().equals(formerSession) && entry.id().equals(operation.id))
                    .findFirst();
            boolean uncertain = sent && !(joined.recovered() && joined.complete());
            sent = false;
            if (stored.isPresent()) {
                long seq = stored.get().seq();
                operation.outcome.complete(new Outcome.Applied(operation.document, operation.id, seq));
            } else if (operation.epoch.isPresent()) {
                drafts.accept(operation.draft(uncertain));
                operation.outcome.complete(new Outcome.Fenced(
                        operation.document,
                        operation.id,
                        joined.rights().epoch(),
                        joined.rights().holder()));
            } else if (uncertain) {
                operation.outcome.fail(new ConnectionClosed(Connection.ABNORMAL, "whether it was said is not known"));
            } else {
                waiting.add(operation);
            }
        }
        resume(connected);
    }

    /** The connection is lost: everything waits. */
    void pause() {
        client = Optional.empty();
        inFlight = false;
    }

    /** It is over: nothing of what waits will be sent. */
    void end(Throwable cause) {
        pause();
        boolean sent = firstWasSent;
        for (Operation operation : List.copyOf(waiting)) {
            if (operation.epoch.isPresent()) {
                drafts.accept(operation.draft(sent));
            }
            sent = false;
            operation.outcome.fail(cause);
        }
        waiting.clear();
    }

    private void pump() {
        if (client.isEmpty() || inFlight || pausing || waiting.isEmpty()) {
            return;
        }
        inFlight = true;
        firstWasSent = true;
        BatonClient connected = client.get();
        Operation operation = waiting.element();
        operation.send(connected).onComplete(answer -> {
            if (!operation.equals(waiting.peek())) {
                return;
            }
            if (answer.succeeded()) {
                settled(operation, answer.result());
            } else {
                failed(operation, answer.cause());
            }
        });
    }

    private void settled(Operation operation, Outcome outcome) {
        if (outcome instanceof Outcome.Fenced) {
            drafts.accept(operation.draft(false));
        }
        next();
        operation.outcome.complete(outcome);
        pump();
    }

    private void failed(Operation operation, Throwable cause) {
        boolean ended = cause instanceof ConnectionClosed;
        if (ended) {
            pause();
        }
        if (cause instanceof ConnectionClosed closed && closed.code() != TOO_LARGE) {
            return;
        }
        if (cause instanceof BatonException error && Comeback.passing(error)) {
            pausing = true;
            inFlight = false;
            later.run(error.retryMillis().orElse(RETRY_MILLIS), () -> {
                pausing = false;
                pump();
            });
            return;
        }
        // Sent again, an operation that is too large would end every connection to come.
        if (operation.epoch.isPresent()) {
            drafts.accept(operation.draft(ended));
        }
        next();
        operation.outcome.fail(cause);
        pump();
    }

    private void next() {
        waiting.remove();
        inFlight = false;
        firstWasSent = false;
    }
}
