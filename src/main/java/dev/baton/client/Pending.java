package dev.baton.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Requests that wait for their answers, by {@code ref}. Confined to the client's context. */
final class Pending {
    private final Map<Long, Waiting<?>> waiting = new HashMap<>();
    private long last;

    /** Numbers a request, and gives what its answer will be. */
    <T> Future<T> add(JsonObject request, Function<JsonObject, T> read) {
        long ref = ++last;
        Waiting<T> entry = new Waiting<>(Promise.promise(), read);
        waiting.put(ref, entry);
        request.put("ref", ref);
        return entry.promise.future();
    }

    /** Settles the request that a frame answers; false when it answers none. */
    boolean settle(JsonObject frame) {
        if (!(frame.getValue("ref") instanceof Number)) {
            return false;
        }
        Waiting<?> entry = waiting.remove(frame.getNumber("ref").longValue());
        if (entry == null) {
            return false;
        }
        entry.settle(frame);
        return true;
    }

    /** Fails all that wait. */
    void failAll(Throwable cause) {
        List<Waiting<?>> all = new ArrayList<>(waiting.values());
        waiting.clear();
        all.forEach(entry -> entry.promise.tryFail(cause));
    }

    private record Waiting<T>(Promise<T> promise, Function<JsonObject, T> read) {
        void settle(JsonObject frame) {
            if ("error".equals(frame.getValue("type"))) {
                promise.tryFail(FrameReader.error(frame));
                return;
            }
            T answer;
            try {
                answer = read.apply(frame);
            } catch (FrameReader.Unreadable | ClassCastException unreadable) {
                promise.tryFail(new IllegalStateException("unreadable answer: " + unreadable.getMessage()));
                return;
            }
            promise.tryComplete(answer);
        }
    }
}
