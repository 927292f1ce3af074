package dev.baton.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Keeps every event with its time, for tests to look at and to wait for. Any thread. */
public final class EventLog implements Consumer<NodeEvent> {

    /**
     * One event.
     *
     * @param nanos when it was told, as {@link System#nanoTime()} counts
     */
    public record Recorded(long nanos, NodeEvent event) {
        /** How long after a moment of {@link System#nanoTime()} this was. */
        public Duration since(long start) {
            return Duration.ofNanos(nanos - start);
        }
    }

    private final List<Recorded> all = new ArrayList<>();

    @Override
    public synchronized void accept(NodeEvent event) {
        all.add(new Recorded(System.nanoTime(), event));
        notifyAll();
    }

    /** All so far, oldest first. */
    public synchronized List<Recorded> all() {
        return List.copyOf(all);
    }

    /** All so far of a kind, oldest first. */
    public synchronized <T extends NodeEvent> List<T> all(Class<T> kind) {
        return all.stream()
                .map(Recorded::event)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** The newest of a kind. */
    public <T extends NodeEvent> Optional<T> last(Class<T> kind) {
        List<T> some = all(kind);
        return some.isEmpty() ? Optional.empty() : Optional.of(some.get(some.size() - 1));
    }

    /** Everything a document's log told here, in the order told. */
    public List<Entry> entries(String document) {
        return all(NodeEvent.Entries.class).stream()
                .filter(told -> told.document().equals(document))
                .flatMap(told -> told.entries().stream())
                .toList();
    }

    /** Forgets what was, so that the next wait is for what comes. */
    public synchronized void clear() {
        all.clear();
    }

    /**
     * The first event, past or to come, of which something is true; an {@link AssertionError} when none comes in time.
     */
    public synchronized Recorded await(Predicate<? super NodeEvent> wanted, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                Optional<Recorded> found =
                        all.stream().filter(told -> wanted.test(told.event())).findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("not told within " + atMost + "; told was " + all);
                }
                wait(left / 1_000_000 + 1);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    /** The first event of a kind, past or to come, of which something is true. */
    public <T extends NodeEvent> T await(Class<T> kind, Predicate<? super T> wanted, Duration atMost) {
        Predicate<NodeEvent> matching = event -> kind.isInstance(event) && wanted.test(kind.cast(event));
        return kind.cast(await(matching, atMost).event());
    }
}
