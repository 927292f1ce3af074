package dev.baton.documents;

import dev.baton.cluster.ClusterNode;
import dev.baton.log.DocumentLog;
import dev.baton.log.DocumentState;
import dev.baton.log.LogException;
import dev.baton.log.Tenant;
import dev.baton.presence.Roster;
import dev.baton.presence.RosterKey;
import dev.baton.presence.Seat;
import dev.baton.protocol.DocumentName;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.RightsState;
import dev.baton.protocol.User;
import dev.baton.rights.LockRecord;
import dev.baton.rights.Locks;
import dev.baton.rights.Tenure;
import dev.baton.room.Moderation;
import dev.baton.room.RoomVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers for any document of the cluster, from any of its nodes: where it stands, who is in it; gives its pen to
 * somebody, and takes somebody out. Any context; futures complete on the caller's, with JSON, and fail with
 * {@link DeskException} alone.
 */
public final class DocumentDesk {

    /** The most documents that {@link #list} names at a time. */
    public static final int PAGE = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(DocumentDesk.class);

    private final Vertx vertx;
    private final ClusterNode node;
    private final Locks locks;
    private final DocumentLog log;
    private final Moderation moderation;

    /** A desk on that node. */
    public DocumentDesk(Vertx vertx, ClusterNode node, Locks locks, DocumentLog log, Moderation moderation) {
        this.vertx = vertx;
        this.node = node;
        this.locks = locks;
        this.log = log;
        this.moderation = moderation;
    }

    /**
     * The documents that somebody is in, on any node, by name: {@code {documents, more}}. Looks through all of them,
     * off the event loop, so not meant to be asked often.
     *
     * @param after only names behind this one
     * @param limit 1 to {@link #PAGE}
     */
    public Future<JsonObject> list(String after, int limit) {
        if (limit < 1 || limit > PAGE) {
            return Future.failedFuture(new DeskException(DeskException.BAD, "limit must be from 1 to " + PAGE));
        }
        return locks.documents()
                .map(names -> {
                    List<String> rest = names.stream()
                            .filter(name -> name.compareTo(after) > 0)
                            .sorted()
                            .limit(limit + 1L)
                            .toList();
                    return new JsonObject()
                            .put(
                                    "documents",
                                    new JsonArray(rest.stream().limit(limit).toList()))
                            .put("more", rest.size() > limit);
                })
                .recover(this::explain);
    }

    /**
     * Where a document stands: {@code {document, log, seq, snapshot, epoch, holder, state, until, queue, cause}}, as
     * members are told it, with the store's epoch and head.
     */
    public Future<JsonObject> state(String document) {
        return named(document)
                .compose(name -> log.state(name)
                        .compose(stored -> locks.find(name).map(record -> {
                            if (record.isEmpty() && stored.head() == 0 && stored.epoch() == 0) {
                                throw unknown(name);
                            }
                            return Describe.rights(rights(stored, record))
                                    .put("log", log.id())
                                    .put("seq", stored.head())
                                    .put("snapshot", stored.snapshotSeq());
                        })))
                .recover(this::explain);
    }

    /** As the lock has it; after a loss of the lock, as the store does: reserved for whoever had the pen. */
    private RightsState rights(DocumentState stored, Optional<LockRecord> record) {
        if (record.isPresent() && !(record.get().lock().tenure() instanceof Tenure.Unloaded)) {
            return record.get().lock().view(stored.document(), node.now());
        }
        Optional<Member> holder = stored.holder().map(DocumentDesk::away);
        return new RightsState(stored.document(), stored.epoch(), holder, OptionalLong.empty(), List.of(), "recovered");
    }

    private static Member away(Tenant tenant) {
        return new Member(tenant.session(), User.parse(tenant.user()), Mode.EDIT, 0, false);
    }

    /** Who is in a document, on whichever node: {@code {document, members, count}}, those who came first first. */
    public Future<JsonObject> members(String document) {
        return named(document)
                .compose(name -> locks.find(name).compose(record -> {
                    List<Future<Optional<Roster>>> rosters = record.map(LockRecord::audience).orElse(List.of()).stream()
                            .map(peer -> roster(name, peer))
                            .toList();
                    return Future.all(rosters).map(all -> describe(name, all.list()));
                }))
                .recover(this::explain);
    }

    private Future<Optional<Roster>> roster(String document, String peer) {
        return ClusterNode.future(
                        vertx.getOrCreateContext(),
                        node.<RosterKey, Roster>map(RoomVerticle.ROSTERS).getAsync(new RosterKey(document, peer)))
                .map(Optional::ofNullable);
    }

    private static JsonObject describe(String document, List<Optional<Roster>> rosters) {
        Map<String, Seat> seats = new LinkedHashMap<>();
        rosters.stream()
                .flatMap(Optional::stream)
                .flatMap(roster -> roster.seats().values().stream())
                .forEach(seat ->
                        seats.merge(seat.member().session(), seat, (one, other) -> other.outranks(one) ? other : one));
        List<JsonObject> members = seats.values().stream()
                .map(Seat::member)
                .sorted(Comparator.comparingLong(Member::since).thenComparing(Member::session))
                .map(Describe::member)
                .toList();
        return new JsonObject()
                .put("document", document)
                .put("members", new JsonArray(members))
                .put("count", members.size());
    }

    /** {@link Moderation#handOver}; answers like {@link #state}, without what the store has. */
    public Future<JsonObject> handOver(String document, String session) {
        return named(document)
                .compose(name -> moderation.handOver(name, session))
                .map(outcome -> Describe.rights(outcome.settled().lock().view(document, node.now())))
                .recover(this::explain);
    }

    /** {@link Moderation#remove}; answers {@code {document, session, user, documents}}. */
    public Future<JsonObject> remove(String document, String session) {
        return named(document)
                .compose(name -> moderation.remove(name, session))
                .map(record -> new JsonObject()
                        .put("document", document)
                        .put("session", record.id())
                        .put("user", Describe.user(record.user()))
                        .put(
                                "documents",
                                new JsonArray(record.documents().keySet().stream()
                                        .sorted()
                                        .toList())))
                .recover(this::explain);
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    private static Future<String> named(String document) {
        return DocumentName.isValid(document)
                ? Future.succeededFuture(document)
                : Future.failedFuture(new DeskException(
                        DeskException.BAD,
                        "document must be 1 to " + DocumentName.LONGEST + " characters of A-Z a-z 0-9 . _ ~ / -"));
    }

    private static DeskException unknown(String document) {
        return new DeskException(DeskException.ABSENT, "there is no document " + document);
    }

    private <T> Future<T> explain(Throwable failure) {
        if (failure instanceof DeskException already) {
            return Future.failedFuture(already);
        }
        if (failure instanceof Moderation.Refused refused) {
            int code =
                    switch (refused.reason()) {
                        case ABSENT -> DeskException.ABSENT;
                        case AWAY, VIEWER, MOVING -> DeskException.CONFLICT;
                    };
            return Future.failedFuture(new DeskException(code, refused.getMessage()));
        }
        if (failure instanceof LogException) {
            // In words of our own: the log's are for the operator, and name the store.
            return Future.failedFuture(new DeskException(DeskException.UNAVAILABLE, "the store does not answer"));
        }
        LOG.error("a request at the desk failed", failure);
        return Future.failedFuture(
                new DeskException(DeskException.INTERNAL, "the node could not do that; it is in its log"));
    }
}
