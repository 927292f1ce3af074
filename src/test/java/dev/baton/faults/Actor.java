package dev.baton.faults;

import dev.baton.client.BatonClient;
import dev.baton.client.BatonException;
import dev.baton.client.ClientOptions;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Rights;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A client that comes back: connects to some node, resumes its session, and does what its kind does. Confined to a
 * context of its own; the methods that others call say so.
 */
abstract class Actor {

    /** Where it lives: which nodes there are, and who takes notes. */
    record World(Vertx vertx, History history, int nodes, IntFunction<String> uri) {}

    final World world;
    final String name;
    final Random random;
    private final Context context;
    private Optional<BatonClient> client = Optional.empty();
    private Optional<String> secret = Optional.empty();
    private String session = "";
    private int node = -1;
    private long away;
    private boolean ended;

    /** Read from other threads. */
    private volatile boolean connected;

    private volatile String knownSession = "";
    private volatile int knownNode = -1;

    Actor(World world, String name, long seed) {
        this.world = world;
        this.name = name;
        this.random = new Random(seed);
        this.context = ((VertxInternal) world.vertx()).createEventLoopContext();
    }

    // ---- for others, any thread -----------------------------------------------------------------------------------

    final void start() {
        context.runOnContext(v -> connect());
    }

    /** Says goodbye, and does not come back. */
    final Future<Void> end() {
        return onContext(() -> {
            ended = true;
            return client.map(BatonClient::close).orElse(Future.succeededFuture());
        });
    }

    /** Its connection breaks, and it stays away for so long. */
    final void vanish(Duration stay) {
        context.runOnContext(v -> {
            stayAway(stay);
            client.ifPresent(BatonClient::abort);
        });
    }

    /** When its connection breaks next, it stays away for so long. */
    final void stayAway(Duration stay) {
        away = stay.toMillis();
    }

    final void hideWhenCutOff(Duration stay) {
        context.runOnContext(v -> stayAway(stay));
    }

    /** When its connection breaks next, it comes back as soon as it can. */
    final void hideNoMore() {
        hideWhenCutOff(Duration.ZERO);
    }

    /** It answers nothing any more, with its connection open; some time later that is given up. */
    final void freeze(Duration stay) {
        context.runOnContext(v -> client.ifPresent(frozen -> {
            stayAway(Duration.ofMillis(100));
            frozen.freeze();
            world.vertx().setTimer(stay.toMillis(), id -> frozen.abort());
        }));
    }

    final boolean connected() {
        return connected;
    }

    final String session() {
        return knownSession;
    }

    /** The node it is on, or was last. */
    final int node() {
        return knownNode;
    }

    final void run(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    final <T> Future<T> onContext(Supplier<Future<T>> action) {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> action.get().onComplete(done));
        return done.future();
    }

    // ---- its life -------------------------------------------------------------------------------------------------

    private void connect() {
        if (ended) {
            return;
        }
        int chosen = random.nextInt(world.nodes());
        ClientOptions plain = ClientOptions.to(world.uri().apply(chosen))
                .withUser(name, name)
                .withConnectTimeout(Duration.ofSeconds(1))
                .withEvents(this::event);
        ClientOptions options = secret.map(plain::withResume).orElse(plain);
        BatonClient.connect(world.vertx(), options)
                .onSuccess(fresh -> welcomed(fresh, chosen))
                .onFailure(refused -> soon());
    }

    private void welcomed(BatonClient fresh, int chosen) {
        client = Optional.of(fresh);
        node = chosen;
        secret = Optional.of(fresh.welcome().resume());
        session = fresh.session();
        knownSession = session;
        knownNode = node;
        world.history()
                .add(new Event.Connected(
                        System.nanoTime(), name, session, node, fresh.welcome().resumed()));
        if (!fresh.isOpen()) {
            lost(0);
            return;
        }
        connected = true;
        arrived(fresh);
    }

    private void event(NodeEvent event) {
        if (event instanceof NodeEvent.Closed closed) {
            if (client.isPresent()) {
                lost(closed.code());
            }
            return;
        }
        if (event instanceof NodeEvent.RightsChanged changed) {
            note(changed.rights());
        }
        heard(event);
    }

    /** It takes part now, as it asked at {@code began}, or was told then. */
    private void joined(long began, Joined joined, String answer) {
        world.history()
                .add(new Event.Joined(
                        began,
                        System.nanoTime(),
                        name,
                        session,
                        node,
                        joined.document(),
                        joined.seq(),
                        joined.recovered(),
                        joined.log(),
                        answer));
    }

    private void notJoined(long began, String document, Throwable refused) {
        world.history()
                .add(new Event.Joined(
                        began, System.nanoTime(), name, session, node, document, 0, false, "", refused.toString()));
    }

    final void note(Rights rights) {
        world.history()
                .add(new Event.Told(
                        System.nanoTime(),
                        name,
                        session,
                        node,
                        rights.document(),
                        rights.epoch(),
                        rights.you(),
                        rights.holder().map(holder -> holder.session()),
                        rights.queue()));
    }

    private void lost(int code) {
        client = Optional.empty();
        connected = false;
        world.history().add(new Event.Closed(System.nanoTime(), name, session, node, code));
        left();
        soon();
    }

    private void soon() {
        if (!ended) {
            long wait = Math.max(away, 50 + random.nextInt(250));
            away = 0;
            world.vertx().setTimer(wait, id -> context.runOnContext(v -> connect()));
        }
    }

    /** The connection that is open now. */
    final Optional<BatonClient> client() {
        return client;
    }

    /** Whether that one is still the connection. */
    final boolean current(BatonClient one) {
        return client.filter(now -> now == one).isPresent();
    }

    /** Something failed that may work a little later, on the same connection. */
    final void later(BatonClient on, Runnable action) {
        world.vertx()
                .setTimer(
                        50 + random.nextInt(200),
                        id -> context.runOnContext(v -> {
                            if (current(on)) {
                                action.run();
                            }
                        }));
    }

    // ---- what the kinds do ----------------------------------------------------------------------------------------

    /** It takes part in a document, knowing what it has read of it; asks again until it does. */
    final void join(BatonClient on, Mode mode, History.Reading reading, Consumer<Joined> done) {
        long after = reading.last();
        long began = System.nanoTime();
        String document = reading.document();
        reading.log()
                .map(log -> on.join(document, mode, after, log))
                .orElseGet(() -> on.join(document, mode))
                .onSuccess(joined -> {
                    if (current(on)) {
                        joined(began, joined, Event.Joined.ANSWERED);
                        reading.joined(joined, after);
                        done.accept(joined);
                    }
                })
                .onFailure(refused -> {
                    notJoined(began, document, refused);
                    later(on, () -> join(on, mode, reading, done));
                });
    }

    /** Whether the node said so; otherwise nobody said anything, or that it could not be known. */
    static boolean wasNotDone(Throwable failure) {
        return failure instanceof BatonException refused
                && !refused.code().equals("unavailable")
                && !refused.code().equals("internal");
    }

    /** It was told a document anew, of which it has read something. */
    final void reset(Joined joined, History.Reading reading) {
        joined(System.nanoTime(), joined, Event.Joined.TOLD);
        reading.joined(joined, 0);
    }

    /** It is connected. */
    abstract void arrived(BatonClient on);

    /** It is told something. */
    abstract void heard(NodeEvent event);

    /** Its connection is over. */
    abstract void left();
}
