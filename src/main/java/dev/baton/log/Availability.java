package dev.baton.log;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import java.util.Optional;

/** Whether the store answers in time, and who wants to know. Any thread. */
final class Availability {
    private enum State {
        UP,
        /** A transaction takes suspiciously long: no new writes, while reads may still work. */
        SLOW,
        DOWN
    }

    private record Listener(Context context, Handler<Boolean> handler) {}

    private final String url;
    private State state = State.UP;
    private Optional<Listener> listener = Optional.empty();

    Availability(String shownUrl) {
        this.url = shownUrl;
    }

    synchronized boolean isUp() {
        return state == State.UP;
    }

    synchronized boolean isDown() {
        return state == State.DOWN;
    }

    void up() {
        become(State.UP);
    }

    /** Leaves a store that is down as it is. */
    synchronized void slow() {
        if (state == State.UP) {
            become(State.SLOW);
        }
    }

    void down() {
        become(State.DOWN);
    }

    synchronized void listen(Context context, Handler<Boolean> handler) {
        listener = Optional.of(new Listener(context, handler));
    }

    synchronized LogException failure() {
        return LogException.unavailable(
                state == State.SLOW
                        ? "the store at " + url + " is too slow to answer"
                        : "the store at " + url + " cannot be reached or refuses to write");
    }

    private synchronized void become(State next) {
        boolean was = state == State.UP;
        boolean is = next == State.UP;
        state = next;
        if (was != is) {
            listener.ifPresent(
                    l -> l.context().runOnContext(nothing -> l.handler().handle(is)));
        }
    }
}
