package dev.baton.faults;

import dev.baton.client.BatonClient;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Writes a document of its own, gives the lock back and leaves, has the document deleted in the store, and begins again
 * under the same name: nothing of the deleted one may come back, and its epochs go on.
 */
final class Eraser extends Actor {
    private static final int UPDATES = 3;

    /** So long it waits until the rooms of the document have closed. */
    private static final int CLOSED = 3_000;

    /** A document that was deleted, and the log that it was in. */
    private record Deleted(long at, String log, long head, long epoch) {}

    private final String document;
    private final Callable<Void> delete;
    private Optional<Deleted> deleted = Optional.empty();
    private String log = "";
    private int number;
    private boolean writing;

    /** {@code delete} deletes the document in the store; blocks. */
    Eraser(World world, String name, String document, Callable<Void> delete, long seed) {
        super(world, name, seed);
        this.document = document;
        this.delete = delete;
    }

    @Override
    void arrived(BatonClient on) {
        writing = false;
        deleted.map(was -> on.join(document, Mode.EDIT, was.head(), was.log()))
                .orElseGet(() -> on.join(document, Mode.EDIT))
                .onSuccess(joined -> {
                    if (current(on)) {
                        look(joined);
                        told(on, joined.rights());
                    }
                })
                .onFailure(refused -> later(on, () -> arrived(on)));
    }

    private void look(Joined joined) {
        log = joined.log();
        deleted.filter(was -> was.log().equals(log)).ifPresent(was -> {
            if (joined.recovered() || joined.seq() < was.head()) {
                back(
                        was,
                        "recovered " + joined.recovered() + " at " + joined.seq() + " into " + document
                                + ", which was deleted at " + was.head());
            }
            joined.entries().stream()
                    .filter(entry -> entry.seq() <= was.head())
                    .findFirst()
                    .ifPresent(entry -> back(was, entry + " is back in " + document));
        });
    }

    private void back(Deleted was, String words) {
        world.history().add(new Event.Back(was.at(), System.nanoTime(), words));
    }

    @Override
    void heard(NodeEvent event) {
        if (event instanceof NodeEvent.RightsChanged changed) {
            client().ifPresent(on -> told(on, changed.rights()));
        } else if (event instanceof NodeEvent.Reset reset) {
            log = reset.joined().log();
            client().ifPresent(on -> told(on, reset.joined().rights()));
        }
    }

    @Override
    void left() {
        writing = false;
    }

    private void told(BatonClient on, Rights rights) {
        if (rights.you() != Rights.Place.HOLDER || writing) {
            return;
        }
        writing = true;
        deleted.filter(was -> was.log().equals(log) && rights.epoch() <= was.epoch())
                .ifPresent(was ->
                        back(was, "epoch " + rights.epoch() + " of " + document + ", deleted under " + was.epoch()));
        write(on, rights.epoch(), UPDATES);
    }

    private void write(BatonClient on, long epoch, int left) {
        if (!current(on)) {
            return;
        }
        on.update(document, epoch, name + "-" + number++, left).onComplete(done -> {
            if (!current(on)) {
                return;
            }
            if (done.failed() || !(done.result() instanceof Outcome.Applied applied)) {
                writing = false;
                later(on, () -> arrived(on));
            } else if (left > 1) {
                write(on, epoch, left - 1);
            } else {
                leave(on, new Deleted(0, log, applied.seq(), epoch));
            }
        });
    }

    private void leave(BatonClient on, Deleted last) {
        on.leave(document)
                .onSuccess(gone -> world.vertx().setTimer(CLOSED, fired -> world.vertx()
                        .executeBlocking(delete)
                        .onSuccess(done -> run(() -> deleted =
                                Optional.of(new Deleted(System.nanoTime(), last.log(), last.head(), last.epoch()))))
                        .onComplete(
                                any -> run(() -> client().filter(this::current).ifPresent(this::arrived)))))
                .onFailure(refused -> later(on, () -> arrived(on)));
    }
}
