package dev.baton.client;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * One session that outlives its connections: it comes back with jittered back-off, resumes, joins its documents where
 * they were left, and sends again what was not answered, under the same ids, in order. What the lock no longer covers
 * comes back as {@link Draft}s. It does not come back after 1002, 1003, 1007, 1008, 4401 and 4500 to 4999; with
 * {@link ClientOptions#withTokens} it does after 4503, and once after 4401.
 *
 * <p>Every method may be called on any thread; the listener is called and futures complete on one context: that of the
 * caller of {@code start}, or a new one.
 */
public final class ReconnectingClient {
    private final Vertx vertx;
    private final Context context;
    private final Backoff backoff;
    private final Consumer<? super LinkEvent> listener;
    /** How long to wait for the log to show that the lock is here before asking, in milliseconds. */
    private static final long PROOF = 400;

    /** Epochs are larger: what was not asked for proves nothing of the lock. */
    private static final long NOTHING = -1;

    private final Map<String, Seat> seats = new ConcurrentHashMap<>();
    private final LockWatch locks;
    private ClientOptions options;
    private String session = "";
    private volatile Optional<BatonClient> current = Optional.empty();
    private final TokenRenewal tokens;
    private int attempt;
    private int turn;
    private long onlineSince;
    private long timer = -1;
    private boolean ended;
    private boolean connecting;

    private ReconnectingClient(
            Vertx vertx, ClientOptions options, Backoff backoff, Consumer<? super LinkEvent> listener) {
        this.vertx = vertx;
        this.context = Connection.contextOf(vertx);
        this.options = options;
        this.backoff = backoff;
        this.listener = listener;
        this.locks = new LockWatch(vertx, seats::values, this::standing);
        this.tokens = new TokenRenewal(vertx, context, options);
    }

    /** Starts, with the usual back-off. The first connection is made at once, and tried again like any other. */
    public static ReconnectingClient start(Vertx vertx, ClientOptions options, Consumer<? super LinkEvent> listener) {
        return start(vertx, options, Backoff.DEFAULT, listener);
    }

    /** Starts, with a back-off of one's own. */
    public static ReconnectingClient start(
            Vertx vertx, ClientOptions options, Backoff backoff, Consumer<? super LinkEvent> listener) {
        ReconnectingClient client = new ReconnectingClient(vertx, options, backoff, listener);
        client.context.runOnContext(go -> client.connect());
        return client;
    }

    /**
     * The connection of now, for requests that make no sense later: asking for the pen, answering, releasing, signals,
     * snapshots. Empty while there is none.
     */
    public Optional<BatonClient> current() {
        return current;
    }

    /** Takes part in a document, on this connection and all to come, until {@link #leave}. Done when first joined. */
    public Future<Joined> join(String document, Mode mode) {
        Promise<Joined> done = Promise.promise();
        onContext(() -> {
            if (ended) {
                done.fail(new ConnectionClosed(Connection.ABNORMAL, "this client has ended"));
                return;
            }
            Seat seat =
                    seats.computeIfAbsent(document, name -> new Seat(name, mode, new Outbox(this::later, this::draft)));
            boolean changed = seat.mode() != mode;
            seat.mode(mode);
            seat.first().future().onComplete(done);
            current.filter(client -> changed || !seat.isJoined()).ifPresent(client -> rejoin(client, seat));
        });
        return done.future();
    }

    /** Takes part no longer. What still waits for the log fails; its edits come back as drafts. */
    public Future<Void> leave(String document) {
        Promise<Void> done = Promise.promise();
        onContext(() -> {
            Seat seat = seats.remove(document);
            if (seat != null) {
                seat.outbox().end(new ConnectionClosed(Connection.ABNORMAL, "left the document"));
            }
            // Without a connection there is nothing to leave: the next one does not join it.
            current.map(client -> client.leave(document).recover(lost -> Future.succeededFuture()))
                    .orElse(Future.succeededFuture())
                    .onComplete(done);
        });
        return done.future();
    }

    /**
     * Writes an edit, now or when the connection is back, after all that was written before. {@code Applied} comes
     * once, however often it had to be sent; {@code Fenced} comes with a {@link LinkEvent.Drafted}. Fails with
     * {@link BatonException} when the node does not take it ({@code busy}: too many wait already), with
     * {@link ConnectionClosed} when this client ends before.
     */
    public Future<Outcome> update(String document, long epoch, String id, Object data) {
        return operation(document, OptionalLong.of(epoch), id, data);
    }

    /** Says something, now or when the connection is back; see {@link #update}. */
    public Future<Outcome> say(String document, String id, Object data) {
        return operation(document, OptionalLong.empty(), id, data);
    }

    /**
     * The epoch to write under: this session holds the lock of the document, has been told all that was written before,
     * and has heard from the node lately. Empty when nothing may be written. Each change is told as
     * {@link LinkEvent.Writable}.
     */
    public OptionalLong writable(String document) {
        return Optional.ofNullable(seats.get(document)).map(Seat::writable).orElse(OptionalLong.empty());
    }

    /** Does not wait for the next attempt: for whoever knows that the network is back. */
    public void reconnectNow() {
        onContext(() -> {
            if (!ended && !connecting && current.isEmpty()) {
                vertx.cancelTimer(timer);
                connect();
            }
        });
    }

    /** Ends for good. What waits fails; its edits come back as drafts. Done when the connection is closed. */
    public Future<Void> close() {
        Promise<Void> done = Promise.promise();
        onContext(() -> {
            Optional<BatonClient> open = current;
            end(1000, "");
            open.map(BatonClient::close).orElse(Future.succeededFuture()).onComplete(done);
        });
        return done.future();
    }

    /**
     * Ends for good, and the session with it: its locks go to the next at once. What waits fails; its edits come back
     * as drafts. Done when the connection is closed.
     */
    public Future<Void> bye() {
        Promise<Void> done = Promise.promise();
        onContext(() -> {
            Optional<BatonClient> open = current;
            end(1000, "");
            open.map(BatonClient::bye).orElse(Future.succeededFuture()).onComplete(done);
        });
        return done.future();
    }

    private Future<Outcome> operation(String document, OptionalLong epoch, String id, Object data) {
        Promise<Outcome> done = Promise.promise();
        onContext(() -> {
            Seat seat = seats.get(document);
            if (seat == null) {
                done.fail(new BatonException("not-joined", "join " + document + " first", OptionalLong.empty()));
            } else {
                seat.outbox().add(new Outbox.Operation(document, epoch, id, data, done));
            }
        });
        return done.future();
    }

    private void connect() {
        connecting = true;
        List<URI> uris = options.uris();
        URI uri = uris.get(turn % uris.size());
        tokens.next(options)
                .compose(fresh -> {
                    options = fresh;
                    return BatonClient.connect(vertx, fresh.withUri(uri).withEvents(this::told));
                })
                .onComplete(this::connected);
    }

    private void connected(AsyncResult<BatonClient> made) {
        connecting = false;
        if (made.failed()) {
            lost(Comeback.after(made.cause()));
        } else if (ended) {
            made.result().close();
        } else if (made.result().isOpen()) {
            welcomed(made.result());
        } else {
            lost(Comeback.after(Connection.ABNORMAL, "closed right after the welcome"));
        }
    }

    private void welcomed(BatonClient client) {
        Welcome welcome = client.welcome();
        session = welcome.session();
        options = options.withResume(welcome.resume());
        current = Optional.of(client);
        onlineSince = System.nanoTime();
        tokens.welcomed(client, options);
        locks.welcomed(client);
        listener.accept(new LinkEvent.Online(welcome));
        for (Seat seat : List.copyOf(seats.values())) {
            rejoin(client, seat);
        }
    }

    private void rejoin(BatonClient client, Seat seat) {
        seat.joining();
        long knowing = seat.standing().epoch();
        Future<Joined> answer = seat.log()
                .map(log -> client.join(seat.document(), seat.mode(), seat.after(), log))
                .orElseGet(() -> client.join(seat.document(), seat.mode()));
        answer.onComplete(joined -> {
            if (seats.get(seat.document()) != seat || !isCurrent(client)) {
                return;
            }
            if (joined.succeeded()) {
                joined(client, seat, joined.result(), knowing);
            } else if (joined.cause() instanceof BatonException error) {
                refused(client, seat, error);
            }
        });
    }

    private void joined(BatonClient client, Seat seat, Joined answer, long knowing) {
        String former = seat.session();
        Joined joined = seat.took(answer, session, knowing);
        listener.accept(new LinkEvent.CaughtUp(joined));
        seat.first().tryComplete(joined);
        standing(seat);
        if (former.isEmpty() || former.equals(session)) {
            seat.outbox().resume(client);
        } else {
            seat.outbox().startAnew(client, former, answer);
        }
    }

    private void refused(BatonClient client, Seat seat, BatonException error) {
        if (Comeback.passing(error)) {
            long wait = error.retryMillis().orElse(backoff.delay(2, chance()).toMillis());
            later(wait, () -> {
                if (seats.get(seat.document()) == seat && isCurrent(client)) {
                    rejoin(client, seat);
                }
            });
            return;
        }
        seats.remove(seat.document());
        seat.outbox().end(error);
        seat.first().tryFail(error);
        listener.accept(new LinkEvent.Dropped(seat.document(), error));
    }

    private void told(NodeEvent event) {
        if (event instanceof NodeEvent.Closed closed) {
            if (current.isPresent() && !current.get().isOpen()) {
                lost(Comeback.after(closed.code(), closed.reason()));
            }
        } else if (event instanceof NodeEvent.Entries entries) {
            entries(entries);
        } else if (event instanceof NodeEvent.Reset reset) {
            reset(reset.joined());
        } else if (!ended) {
            Optional<Seat> moved = event instanceof NodeEvent.RightsChanged news
                    ? Optional.ofNullable(seats.get(news.rights().document())).filter(Seat::isJoined)
                    : Optional.empty();
            if (event instanceof NodeEvent.RightsChanged news) {
                moved.ifPresent(seat -> seat.stands(news.rights()));
            }
            listener.accept(new LinkEvent.Told(event));
            moved.ifPresent(this::standing);
        }
    }

    /** Before the answer to a join there is nothing to reset: the answer tells the content that counts. */
    private void reset(Joined joined) {
        Optional.ofNullable(seats.get(joined.document())).filter(Seat::isJoined).ifPresent(seat -> {
            listener.accept(new LinkEvent.CaughtUp(seat.took(joined, session, NOTHING)));
            standing(seat);
        });
    }

    private void entries(NodeEvent.Entries told) {
        Seat seat = seats.get(told.document());
        // Before the answer to the join, entries are among those that it brings.
        if (seat == null || !seat.isJoined()) {
            return;
        }
        Optional<List<Entry>> fresh = seat.fresh(told.entries());
        if (fresh.isEmpty()) {
            current.ifPresent(client -> rejoin(client, seat));
        } else if (!fresh.get().isEmpty()) {
            listener.accept(new LinkEvent.Told(new NodeEvent.Entries(told.document(), fresh.get())));
            standing(seat);
        }
    }

    /** What a session may do with a document may have changed. */
    private void standing(Seat seat) {
        if (seat.standing().holder()) {
            locks.begin();
        }
        if (seat.isJoined() && seat.standing().unproven()) {
            proveLater(seat, seat.standing().epoch());
        }
        if (seat.writableChanged()) {
            listener.accept(new LinkEvent.Writable(seat.document(), seat.writable()));
        }
    }

    private void proveLater(Seat seat, long epoch) {
        later(PROOF, () -> {
            Standing standing = seat.standing();
            if (seats.get(seat.document()) == seat
                    && seat.isJoined()
                    && standing.unproven()
                    && standing.epoch() == epoch) {
                current.ifPresent(client -> rejoin(client, seat));
            }
        });
    }

    private void lost(Comeback comeback) {
        boolean held = current.isPresent()
                && System.nanoTime() - onlineSince > backoff.most().toNanos();
        current = Optional.empty();
        if (ended) {
            return;
        }
        tokens.offline();
        if (!comeback.sensible() && !tokens.helpsAfter(comeback.code())) {
            end(comeback.code(), comeback.reason());
            return;
        }
        seats.values().forEach(seat -> seat.lost(comeback.code()));
        turn++;
        // A node that welcomes and then drops its clients must not be met by all of them at once, again and again.
        attempt = held ? 0 : attempt;
        Duration jittered = backoff.delay(attempt++, chance());
        Duration wait = jittered.compareTo(comeback.notBefore()) < 0
                ? comeback.notBefore().plus(jittered)
                : jittered;
        timer = vertx.setTimer(wait.toMillis(), fired -> connect());
        listener.accept(new LinkEvent.Offline(comeback.code(), comeback.reason(), wait));
    }

    private void end(int code, String reason) {
        if (ended) {
            return;
        }
        ended = true;
        current = Optional.empty();
        vertx.cancelTimer(timer);
        tokens.offline();
        locks.end();
        ConnectionClosed cause = new ConnectionClosed(code, reason);
        for (Seat seat : seats.values()) {
            seat.outbox().end(cause);
            seat.first().tryFail(cause);
        }
        seats.clear();
        listener.accept(new LinkEvent.Ended(code, reason));
    }

    private boolean isCurrent(BatonClient client) {
        return current.filter(now -> now == client).isPresent();
    }

    private void draft(List<Draft> drafts) {
        listener.accept(new LinkEvent.Drafted(drafts));
    }

    private void later(long millis, Runnable action) {
        vertx.setTimer(Math.max(1, millis), fired -> action.run());
    }

    private static double chance() {
        return ThreadLocalRandom.current().nextDouble();
    }

    private void onContext(Runnable action) {
        if (Vertx.currentContext() == context) {
            action.run();
        } else {
            context.runOnContext(go -> action.run());
        }
    }
}
