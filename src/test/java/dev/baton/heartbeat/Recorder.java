package dev.baton.heartbeat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A visitor that keeps what it was told, and can do something at each. */
final class Recorder<T> implements Visitor<T> {

    final List<T> pings = new ArrayList<>();
    final List<T> silent = new ArrayList<>();
    Consumer<T> onPing = subject -> {};
    Consumer<T> onSilent = subject -> {};

    @Override
    public void ping(T subject) {
        pings.add(subject);
        onPing.accept(subject);
    }

    @Override
    public void silent(T subject) {
        silent.add(subject);
        onSilent.accept(subject);
    }
}
