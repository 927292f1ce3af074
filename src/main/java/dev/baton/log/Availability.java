package dev.baton.log;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import java.util.Optional;

/** Whether the store answers in time, and who wants to know. Any thread. */
final class Availability {
    private enum State {
        UP,
        /** A transaction takes suspiciously long, or writes are refused: no new ones, while reads may still work. */
        SLOW,
        DOWN
    }

    private record Listener(Context context, Handler<Boolean> handler) {}

    private final String url;
    private State state = State.UP;
    private Optional<Refusal> refusal = Optional.empty();
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

    /** Why nothing is written now; empty while the store is up. */
    synchronized Optional<Refusal> refusal() {
        return refusal;
    }

    void up() {
        become(State.UP, Optional.empty());
    }

    /** Leaves a store that is down as it is. */
    synchronized void slow() {
        if (state == State.UP) {
            become(State.SLOW, Optional.of(Refusal.SLOW));
        }
    }

    /** Writes are refused, while reads may still work. */
    void refuses(Refusal why) {
        become(State.SLOW, Optional.of(why));
    }

    void down(Refusal why) {
        become(State.DOWN, Optional.of(why));
    }

    synchronized void listen(Context context, Handler<Boolean> handler) {
        listener = Optional.of(new Listener(context, handler));
    }

    synchronized LogException failure() {
        return LogException.unavailable(
                state == State.SLOW
                        ? "the store at " + url + " is too slow to answer, or refuses to write"
                        : "the store at " + url + " cannot be reached or refuses to write");
    }

    private synchronized void become(State next, Optional<Refusal> why) {
        boolean was = state == State.UP;
        boolean is = next == State.UP;
        state = next;
        refusal = why;
        if (was != is) {
            listener.ifPresent(
                    l -> l.context().runOnContext(nothing -> l.handler().handle(is)));
        }
    }
}
