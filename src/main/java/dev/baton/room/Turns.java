package dev.baton.room;

import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Has what concerns a session's place in a document done one after another, in the order in which it came: a
 * {@code leave} that is sent right behind a {@code join}, or a token that allows less, must not be through before the
 * join that it is about. Others do not wait for it. Confined to the rooms' context.
 */
final class Turns {
    private record Place(String session, String document) {}

    private final Map<Place, Future<?>> last = new HashMap<>();

    /** Does that when what came before it, for the same session and document, is done or has failed. */
    <T> Future<T> next(String session, String document, Supplier<Future<T>> action) {
        Place place = new Place(session, document);
        Future<?> before = last.get(place);
        Future<T> done = before == null
                ? action.get()
                : before.mapEmpty().otherwiseEmpty().compose(v -> action.get());
        last.put(place, done);
        done.onComplete(end -> last.remove(place, done));
        return done;
    }

    /** How many places something is being done about. */
    int size() {
        return last.size();
    }
}
