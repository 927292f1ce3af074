package dev.baton.session;

import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicate;
import dev.baton.auth.Roles;
import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Reader;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of the cluster. Every change is an entry processor on the session's record, so two nodes that want to
 * change one session are put in order, and exactly one of them is told that it did; that one publishes the news.
 *
 * <p>Any context; futures complete on the caller's. A future fails when Hazelcast cannot answer, which it retries by
 * itself while partitions move.
 */
public final class Sessions {

    /**
     * The type of the message to a node's inbox that says that a {@code session} goes on elsewhere, with that
     * {@code generation}: its earlier connection there is closed for good.
     */
    public static final String REPLACED = "replaced";

    /** The name of the shared map. */
    public static final String MAP = "baton.sessions";

    /** What travels between the nodes on behalf of sessions. */
    public static final List<Class<?>> TRAVELLING =
            List.of(SessionRecord.class, SessionProcessor.class, SessionProcessor.Outcome.class, ConnectedTo.class);

    /** The generation of a new session. */
    private static final long FIRST = 1;

    /** So many records are asked for one by one, without a thread that waits. */
    private static final int FEW = 32;

    /**
     * A node whose end was noticed sooner than this was seen to end; its silence is that of the beats between. In ms.
     */
    private static final long TOLD_OFF = 1_500;

    /**
     * How long an ended session is remembered: longer than any node takes to compare its members with their sessions.
     */
    private static final long LINGERS = 10_000;

    /**
     * A session that has just been connected.
     *
     * @param record as it is now
     * @param secret what to resume it with
     * @param resumed whether it was there before
     */
    public record Connected(SessionRecord record, ResumeSecret secret, boolean resumed) {}

    /**
     * The connection that a resumed session had before; what came on it may still be on its way into the log.
     *
     * @param session the session
     * @param node where that connection is
     * @param generation which one it is
     */
    public record Replaced(String session, String node, long generation) {}

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final Vertx vertx;
    private final ClusterNode node;
    private final IMap<String, SessionRecord> map;
    private final Reader many;
    private final Reader overdue;
    private final Reader connected;
    private final Duration expiry;
    private final Comings comings = new Comings();
    private final Takeovers takeovers;
    private volatile Set<String> removed = Set.of();

    /**
     * The sessions as seen from a node.
     *
     * @param expiry how long an offline session can be resumed
     */
    public Sessions(Vertx vertx, ClusterNode node, Duration expiry) {
        this.vertx = vertx;
        this.node = node;
        this.map = node.map(MAP);
        this.many = node.reader();
        this.overdue = node.reader();
        this.connected = node.reader();
        this.expiry = expiry;
        this.takeovers = new Takeovers(vertx, node);
    }

    /** How often sessions came and went. */
    public Comings comings() {
        return comings;
    }

    /** Sessions that go on here, and whose earlier connections are not done with. */
    public Takeovers takeovers() {
        return takeovers;
    }

    /** Those sessions were removed, as the store knows: none of them is resumed or put back here. */
    public void removed(Set<String> sessions) {
        removed = sessions;
    }

    /** A new session of that user, connected to this node. */
    public Future<Connected> create(User user, Roles roles) {
        ResumeSecret secret = ResumeSecret.fresh();
        SessionRecord record = fresh(user, roles, secret, Map.of(), FIRST);
        return future(() -> map.setAsync(record.id(), record)).map(v -> {
            publish(record, Liveness.State.ONLINE, "hello");
            return new Connected(record, secret, false);
        });
    }

    /**
     * A session that the cluster has forgotten and the store has not: connected to this node, away from no document.
     * Locks and rosters may remember earlier connections of it; its generation goes on from the cluster's time in
     * milliseconds, which no count of connections reaches. Where somebody else has just done the same, or put it back,
     * it is resumed like any other. Empty when the cluster remembers that it was removed.
     *
     * @param replaced is told of the connection that the session had by then
     */
    public Future<Optional<Connected>> adopt(
            User user, Roles roles, ResumeSecret secret, Map<String, Standing> documents, Consumer<Replaced> replaced) {
        if (removed.contains(secret.session())) {
            return Future.succeededFuture(Optional.empty());
        }
        SessionRecord record = fresh(user, roles, secret, documents, node.now());
        return submit(record.id(), new SessionEvent.Adopt(record)).compose(outcome -> {
            if (outcome.after().isEmpty()) {
                return resume(secret, Optional.empty(), roles, replaced);
            }
            publish(record, Liveness.State.ONLINE, "resumed");
            return Future.succeededFuture(Optional.of(new Connected(record, secret, true)));
        });
    }

    private SessionRecord fresh(
            User user, Roles roles, ResumeSecret secret, Map<String, Standing> documents, long generation) {
        return new SessionRecord(
                secret.session(),
                user,
                secret.hash(),
                node.id(),
                generation,
                new SessionRecord.Online(),
                documents,
                roles);
    }

    /**
     * Takes a session up again on this node.
     *
     * @param user if given, the session must be this user's
     * @param roles what that user may do from now on
     * @return empty when there is no such session, the secret is wrong, or it has expired
     */
    public Future<Optional<Connected>> resume(
            ResumeSecret secret, Optional<User> user, Roles roles, Consumer<Replaced> replaced) {
        if (removed.contains(secret.session())) {
            return Future.succeededFuture(Optional.empty());
        }
        var event = new SessionEvent.Resume(
                secret.hash(),
                user.map(User::id).orElse(SessionEvent.Resume.ANY_USER),
                node.id(),
                roles,
                ThreadLocalRandom.current().nextLong());
        return submit(secret.session(), event).map(outcome -> {
            outcome.before()
                    .filter(before -> !before.takenUpBy(event.attempt()))
                    .ifPresent(
                            before -> replaced.accept(new Replaced(before.id(), before.node(), before.generation())));
            outcome.after().ifPresent(after -> publish(after, Liveness.State.ONLINE, "resumed"));
            return outcome.after().map(after -> new Connected(after, secret, true));
        });
    }

    /**
     * The connection of that generation was lost. Whoever gets a record back was the one to notice, and has told all.
     */
    public Future<Optional<SessionRecord>> lose(String session, long generation, String cause) {
        return lose(session, generation, cause, node.now());
    }

    private Future<Optional<SessionRecord>> lose(String session, long generation, String cause, long since) {
        return submit(session, new SessionEvent.Lose(generation, cause, since, expiry.toMillis()))
                .map(outcome -> {
                    outcome.after().ifPresent(after -> publish(after, Liveness.State.OFFLINE, cause));
                    return outcome.after();
                });
    }

    /**
     * Ends a session, connected or not: it cannot be resumed, and everybody is told that it is gone. Its socket is the
     * caller's to close. Empty when there is no such session.
     */
    public Future<Optional<SessionRecord>> remove(String session) {
        return submit(session, new SessionEvent.Remove(LINGERS)).map(outcome -> {
            outcome.after().ifPresent(after -> publish(after, Liveness.State.GONE, SessionRecord.REMOVED));
            return outcome.after();
        });
    }

    /**
     * The client on that connection ends its session: it cannot be resumed, and everybody is told that it is gone.
     * Empty when the session goes on elsewhere, or has ended.
     */
    public Future<Optional<SessionRecord>> leave(String session, long generation) {
        return submit(session, new SessionEvent.Leave(generation, LINGERS)).map(outcome -> {
            outcome.after().ifPresent(after -> publish(after, Liveness.State.GONE, SessionRecord.LEFT));
            return outcome.after();
        });
    }

    /** The user on that connection of the session has other roles from now on. Empty when the session is elsewhere. */
    public Future<Optional<SessionRecord>> authorize(String session, long generation, Roles roles) {
        return submit(session, new SessionEvent.Authorize(generation, roles)).map(SessionProcessor.Outcome::after);
    }

    /** The session takes part in a document. Empty when the session is connected elsewhere by now. */
    public Future<Optional<SessionRecord>> enter(
            String session, long generation, String document, Mode mode, long since) {
        return submit(session, new SessionEvent.Enter(generation, document, new Standing(mode, since)))
                .map(SessionProcessor.Outcome::after);
    }

    /** The session takes part in a document no longer. */
    public Future<Optional<SessionRecord>> exit(String session, long generation, String document) {
        return submit(session, new SessionEvent.Exit(generation, document)).map(SessionProcessor.Outcome::after);
    }

    /** The sessions of those ids, as far as there are any. Reads many at once, off the event loop. */
    public Future<Map<String, SessionRecord>> find(Collection<String> ids) {
        if (ids.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        Set<String> asked = Set.copyOf(ids);
        return asked.size() <= FEW ? findFew(asked) : many.read(() -> map.getAll(asked));
    }

    /**
     * The ids of all sessions that are connected to a node, as far as the cluster knows. Looks at all records, off the
     * event loop.
     */
    Future<Set<String>> connectedTo(String place) {
        return connected.read(() -> map.keySet(new ConnectedTo(place)));
    }

    /**
     * Puts together what the answers hold, not what was noted as they came: the last note may come after the last
     * answer.
     */
    private Future<Map<String, SessionRecord>> findFew(Set<String> ids) {
        List<Future<SessionRecord>> answers =
                ids.stream().map(id -> future(() -> map.getAsync(id))).toList();
        return Future.all(answers).map(all -> answers.stream()
                .map(Future::result)
                .filter(Objects::nonNull)
                .collect(Collectors.toMap(SessionRecord::id, Function.identity())));
    }

    /**
     * Puts a record back that the cluster has lost together with its members, also where an earlier connection of the
     * session was put back before; does nothing when this one is there, or a later one, or the session was removed.
     */
    public Future<Void> restore(SessionRecord record) {
        return removed.contains(record.id())
                ? Future.succeededFuture()
                : submit(record.id(), new SessionEvent.Restore(record)).mapEmpty();
    }

    /**
     * {@link #restore}s a session of which all were told that it is gone, and tells them that it is not, also where it
     * was put back before that was heard. Whether it is there, on that connection.
     */
    public Future<Boolean> recall(SessionRecord record) {
        return restore(record).compose(v -> find(List.of(record.id()))).map(found -> {
            Optional<SessionRecord> there = Optional.ofNullable(found.get(record.id()))
                    .filter(known -> known.online() && known.generation() == record.generation());
            there.ifPresent(known -> publish(known, Liveness.State.ONLINE, "resumed"));
            return there.isPresent();
        });
    }

    /** Ends what has expired, and takes offline what hung on a dead node, among the sessions this node acts for. */
    Future<Void> sweep() {
        long now = node.now();
        Set<String> alive = node.nodes();
        return overdue.read(() -> map.localKeySet(new Overdue(now, alive))).compose(found -> {
            for (String session : found) {
                settle(session, alive);
            }
            return Future.succeededFuture();
        });
    }

    private void settle(String session, Set<String> alive) {
        future(() -> map.getAsync(session)).onSuccess(record -> {
            if (record == null) {
                return;
            }
            if (!record.online()) {
                submit(session, new SessionEvent.Expire()).onSuccess(outcome -> outcome.after()
                        .filter(after -> !after.ended())
                        .ifPresent(after -> publish(after, Liveness.State.GONE, "expired")));
            } else if (!alive.contains(record.node())) {
                lose(session, record.generation(), "node-lost", lostSince(record.node()));
            }
        });
    }

    /**
     * When a node was lost: now, as it was told off at once; or, as silence is only seen in the end, when that began.
     */
    private long lostSince(String lost) {
        long silence = node.silence(lost);
        return node.now() - (silence < TOLD_OFF ? 0 : silence);
    }

    private void publish(SessionRecord record, Liveness.State state, String cause) {
        comings.count(state, cause);
        LOG.debug("session {} is {} ({}), generation {}", record.id(), state, cause, record.generation());
        node.publish(
                Liveness.ADDRESS, Liveness.of(record, state, cause, node.now()).toJson());
    }

    private Future<SessionProcessor.Outcome> submit(String session, SessionEvent event) {
        return future(() -> map.submitToKey(session, new SessionProcessor(event, node.now())));
    }

    private <T> Future<T> future(Supplier<CompletionStage<T>> operation) {
        Context context = vertx.getOrCreateContext();
        return ClusterNode.future(context, operation.get());
    }

    /** Sessions that have expired or hang on a node that is not there. */
    private record Overdue(long now, Set<String> alive) implements Predicate<String, SessionRecord>, Serializable {
        @Override
        public boolean apply(Map.Entry<String, SessionRecord> entry) {
            SessionRecord record = entry.getValue();
            return record.link() instanceof SessionRecord.Offline offline
                    ? now >= offline.until()
                    : !alive.contains(record.node());
        }
    }

    /** Sessions that are connected to a node. */
    private record ConnectedTo(String node) implements Predicate<String, SessionRecord>, Serializable {
        @Override
        public boolean apply(Map.Entry<String, SessionRecord> entry) {
            SessionRecord record = entry.getValue();
            return record.online() && record.node().equals(node);
        }
    }
}
