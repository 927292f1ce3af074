package dev.baton.client;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whether the locks held here still are. The node moves the lock of a client that it does not hear; the client cannot
 * be told so then, but knows how long the node waits at least. While a lock is held and the node is silent, it is asked
 * after half that time. Confined to the client's context.
 */
final class LockWatch {

    /** Online, doubts begin after so long a silence at the earliest: an answer takes its time. */
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Supplier<Collection<Seat>> seats;
    private final Consumer<Seat> changed;
    private Optional<BatonClient> client = Optional.empty();
    private long trust = LEAST.toNanos();
    private long timer = -1;
    private boolean asking;

    LockWatch(Vertx vertx, Supplier<Collection<Seat>> seats, Consumer<Seat> changed) {
        this.vertx = vertx;
        this.seats = seats;
        this.changed = changed;
    }

    /** The node is here. */
    void welcomed(BatonClient connected) {
        Welcome welcome = connected.welcome();
        client = Optional.of(connected);
        asking = false;
        Duration silent =
                welcome.timeout().minus(welcome.interval()).plus(welcome.grace().timeout());
        // What moves the lock first: a closed socket, a lost node, or pings that stay unanswered.
        trust = Stream.of(welcome.grace().closed(), welcome.grace().node(), silent)
                .mapToLong(Duration::toNanos)
                .min()
                .orElse(0);
    }

    /** A lock is held. */
    void begin() {
        if (timer < 0) {
            lookIn(trusted() / 2);
        }
    }

    /** No lock is held any more. */
    void end() {
        vertx.cancelTimer(timer);
        timer = -1;
    }

    private void look() {
        timer = -1;
        List<Seat> holders =
                seats.get().stream().filter(seat -> seat.standing().holder()).toList();
        if (client.isEmpty() || holders.isEmpty()) {
            return;
        }
        BatonClient connected = client.get();
        long silence = connected.silence();
        long most = trusted();
        if (silence >= most) {
            holders.forEach(seat -> {
                seat.standing().doubt();
                changed.accept(seat);
            });
        }
        if (connected.isOpen() && silence >= most / 2 && !asking) {
            ask(connected);
        }
        if (connected.isOpen() || silence < most) {
            lookIn(silence < most / 2 ? most / 2 - silence : silence < most ? most - silence : most / 2);
        }
    }

    /**
     * Whoever gets an answer holds what it held when it asked, or has been told otherwise. One that was long on its way
     * proves nothing.
     */
    private void ask(BatonClient connected) {
        long asked = System.nanoTime();
        asking = true;
        connected.ping().onComplete(answer -> {
            asking = false;
            if (answer.succeeded() && System.nanoTime() - asked < trusted()) {
                seats.get().forEach(seat -> {
                    seat.standing().trust();
                    changed.accept(seat);
                });
            }
        });
    }

    private long trusted() {
        boolean online = client.filter(BatonClient::isOpen).isPresent();
        return online ? Math.max(LEAST.toNanos(), trust) : trust;
    }

    private void lookIn(long nanos) {
        timer = vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1), fired -> look());
    }
}
