package dev.baton.room;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes something down that changes, one writing at a time: two on their way at once could arrive the wrong way round
 * while records move from node to node. What changes meanwhile is written once more, in the end, as it is by then.
 * Confined to one context, on which the futures of {@code write} have to complete.
 */
final class Keeping {
    private final Supplier<Future<Void>> write;
    private Optional<Promise<Void>> underWay = Optional.empty();
    private boolean changed;

    /** {@code write} writes what there is by then; a failure is left for the next change to mend. */
    Keeping(Supplier<Future<Void>> write) {
        this.write = write;
    }

    /** It has changed. */
    void keep() {
        if (underWay.isPresent()) {
            changed = true;
            return;
        }
        Promise<Void> written = Promise.promise();
        underWay = Optional.of(written);
        // Composed, so that what cannot even be begun, as when the cluster is being left, is a failure like any other.
        Future.<Void>succeededFuture().compose(v -> write.get()).onComplete(done -> {
            underWay = Optional.empty();
            if (changed) {
                changed = false;
                keep();
            }
            written.complete();
        });
    }

    /** Writes nothing that is not being written already; completes when that is done, or has failed. */
    Future<Void> rest() {
        changed = false;
        return underWay.map(Promise::future).orElseGet(Future::succeededFuture);
    }
}
