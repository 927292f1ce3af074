package dev.baton.client;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Operations on one document on their way to the log. Several are with the node at a time, and each edit names the one
 * before it that is not answered yet, so that the node stores none behind one that it refused. What is put off is sent
 * again once nothing is with the node any more; when an edit is refused, all edits behind it come back with it.
 * Confined to the client's context.
 */
final class Outbox {

    /** How many operations may wait, those with the node included. */
    static final int LARGEST = 1000;

    /** How many operations may be with the node at once. */
    static final int WINDOW = 64;

    private static final int TOO_LARGE = 1009;
    private static final long RETRY_MILLIS = 1000;

    /** An operation: an edit, under its epoch, or a message, under none. */
    static final class Operation {
        private final String document;
        private final OptionalLong epoch;
        private final String id;
        private final Object data;
        private final Promise<Outcome> outcome;
        private boolean flying;
        /** It has been with the node, so that it may be in the log; and whether that was so before the last time. */
        private boolean sent;

        private boolean sentBefore;

        Operation(String document, OptionalLong epoch, String id, Object data, Promise<Outcome> outcome) {
            this.document = document;
            this.epoch = epoch;
            this.id = id;
            this.data = data;
            this.outcome = outcome;
        }

        private boolean isEdit() {
            return epoch.isPresent();
        }

        private Future<Outcome> send(BatonClient client, Optional<String> follows) {
            return isEdit()
                    ? client.update(document, epoch.getAsLong(), id, data, follows)
                    : client.say(document, id, data).map(applied -> (Outcome) applied);
        }

        private Draft draft() {
            return new Draft(document, epoch.orElse(0), id, data, sent);
        }
    }

    /** Lets something happen later, on the same context. */
    @FunctionalInterface
    interface Later {
        void run(long millis, Runnable action);
    }

    /** Why edits come back: the lock is elsewhere, or something else. */
    private sealed interface Verdict {
        record Fenced(long epoch, Optional<Member> holder) implements Verdict {}

        record Failed(Throwable cause) implements Verdict {}
    }

    private final Later later;
    private final Consumer<List<Draft>> drafts;
    private final List<Operation> waiting = new ArrayList<>();
    private Optional<BatonClient> client = Optional.empty();
    /** Why edits come back, once the node has answered all that it has. */
    private Optional<Verdict> verdict = Optional.empty();

    private int connection;
    private boolean full;
    private boolean putOff;
    private boolean timed;

    Outbox(Later later, Consumer<List<Draft>> drafts) {
        this.later = later;
        this.drafts = drafts;
    }

    /** Takes an operation, or gives it back: once too many wait, until half of them are through. */
    void add(Operation operation) {
        if (full) {
            String words = LARGEST + " operations wait for the connection already";
            Throwable busy = new BatonException("busy", words, OptionalLong.of(RETRY_MILLIS));
            giveBack(List.of(operation), new Verdict.Failed(busy));
            return;
        }
        waiting.add(operation);
        full = waiting.size() >= LARGEST;
        pump();
    }

    /** The document is joined on this connection, by the session of before: what waits goes out, in order. */
    void resume(BatonClient connected) {
        if (client.filter(now -> now == connected).isEmpty()) {
            pause(Connection.ABNORMAL);
            client = Optional.of(connected);
        }
        pump();
    }

    /**
     * The document is joined by a new session. The node cannot tell that session's operations from repeated ones, and
     * it does not hold the lock: what may have been stored is looked up, edits come back as drafts, messages go out.
     */
    void startAnew(BatonClient connected, String formerSession, Joined joined) {
        pause(Connection.ABNORMAL);
        List<Operation> edits = new ArrayList<>();
        for (Operation operation : List.copyOf(waiting)) {
            Optional<Entry> stored = joined.entries().stream()
                    .filter(entry ->
                            entry.session().equals(formerSession) && entry.id().equals(operation.id))
                    .findFirst();
            operation.sent = operation.sent && !(joined.recovered() && joined.complete());
            if (stored.isPresent()) {
                remove(operation);
                long seq = stored.get().seq();
                operation.outcome.complete(new Outcome.Applied(operation.document, operation.id, seq));
            } else if (operation.isEdit()) {
                edits.add(operation);
            } else if (operation.sent) {
                remove(operation);
                operation.outcome.fail(new ConnectionClosed(Connection.ABNORMAL, "whether it was said is not known"));
            }
        }
        giveBack(
                edits,
                new Verdict.Fenced(joined.rights().epoch(), joined.rights().holder()));
        resume(connected);
    }

    /** The connection is lost: everything waits. */
    void pause(int closeCode) {
        boolean hadSome = waiting.stream().anyMatch(operation -> operation.flying);
        client = Optional.empty();
        connection++;
        putOff = false;
        timed = false;
        waiting.forEach(operation -> operation.flying = false);
        if (hadSome && closeCode == TOO_LARGE) {
            // Sent again, it would end every connection to come.
            refuse(new Verdict.Failed(new ConnectionClosed(TOO_LARGE, "the node calls it too large")));
        }
        giveBackWhenQuiet();
    }

    /** It is over: nothing of what waits will be sent. */
    void end(Throwable cause) {
        pause(Connection.ABNORMAL);
        giveBack(List.copyOf(waiting), new Verdict.Failed(cause));
    }

    private void pump() {
        int flying = 0;
        Optional<String> before = Optional.empty();
        for (Operation operation : List.copyOf(waiting)) {
            if (client.isEmpty() || verdict.isPresent() || putOff) {
                return;
            }
            if (!operation.flying) {
                if (flying >= WINDOW) {
                    return;
                }
                launch(client.get(), operation, before);
                if (!operation.flying) {
                    return; // answered already: not by the node
                }
            }
            flying++;
            before = operation.isEdit() ? Optional.of(operation.id) : before;
        }
    }

    private void launch(BatonClient connected, Operation operation, Optional<String> follows) {
        int turn = connection;
        operation.flying = true;
        operation.sentBefore = operation.sent;
        operation.sent = true;
        operation.send(connected, follows).onComplete(answer -> {
            if (turn == connection && operation.flying) {
                operation.flying = false;
                answered(operation, answer);
            }
        });
    }

    private void answered(Operation operation, AsyncResult<Outcome> answer) {
        if (answer.failed()) {
            failed(operation, answer.cause());
        } else if (answer.result() instanceof Outcome.Fenced fenced) {
            operation.sent = false;
            refuse(new Verdict.Fenced(fenced.epoch(), fenced.holder()));
        } else {
            boolean early = operation.isEdit() && isBehindOneThatWasPutOff(operation);
            remove(operation);
            operation.outcome.complete(answer.result());
            if (early) {
                String words = "an edit behind it was stored first";
                refuse(new Verdict.Failed(new BatonException("out-of-order", words, OptionalLong.empty())));
            }
        }
        goOn();
    }

    private boolean isBehindOneThatWasPutOff(Operation operation) {
        return waiting.subList(0, waiting.indexOf(operation)).stream()
                .anyMatch(before -> before.isEdit() && !before.flying);
    }

    private void failed(Operation operation, Throwable cause) {
        if (cause instanceof ConnectionClosed) {
            operation.flying = true; // the connection's end pauses this box
        } else if (cause instanceof BatonException error && Comeback.passing(error)) {
            operation.sent = operation.sentBefore || Comeback.doubtful(error);
            putOff(error.retryMillis().orElse(RETRY_MILLIS));
        } else if (operation.isEdit()) {
            operation.sent = operation.sentBefore;
            refuse(new Verdict.Failed(cause));
        } else {
            remove(operation);
            operation.outcome.fail(cause);
        }
    }

    private void putOff(long millis) {
        if (putOff) {
            return;
        }
        int turn = connection;
        putOff = true;
        timed = true;
        later.run(millis, () -> {
            if (turn == connection) {
                timed = false;
                goOn();
            }
        });
    }

    /** Once nothing is with the node, what was put off goes out again, or edits go back. */
    private void goOn() {
        giveBackWhenQuiet();
        if (putOff && !timed && waiting.stream().noneMatch(operation -> operation.flying)) {
            putOff = false;
        }
        pump();
    }

    private void refuse(Verdict why) {
        verdict = Optional.of(verdict.orElse(why));
    }

    private void giveBackWhenQuiet() {
        List<Operation> edits = waiting.stream().filter(Operation::isEdit).toList();
        if (verdict.isPresent() && edits.stream().noneMatch(edit -> edit.flying)) {
            Verdict why = verdict.get();
            verdict = Optional.empty();
            // With them goes what was to be tried again.
            putOff = putOff && waiting.size() > edits.size();
            giveBack(edits, why);
        }
    }

    private void giveBack(List<Operation> operations, Verdict why) {
        List<Draft> told = operations.stream()
                .filter(Operation::isEdit)
                .map(Operation::draft)
                .toList();
        operations.forEach(this::remove);
        if (!told.isEmpty()) {
            drafts.accept(told);
        }
        for (Operation operation : operations) {
            if (why instanceof Verdict.Fenced fenced) {
                operation.outcome.complete(
                        new Outcome.Fenced(operation.document, operation.id, fenced.epoch(), fenced.holder()));
            } else if (why instanceof Verdict.Failed failed) {
                operation.outcome.fail(failed.cause());
            }
        }
    }

    private void remove(Operation operation) {
        waiting.remove(operation);
        full = full && waiting.size() > LARGEST / 2;
    }
}
