package dev.baton.room;

import dev.baton.log.EntryText;
import dev.baton.log.Opening;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import dev.baton.protocol.SeqEntry;
import dev.baton.room.Servings.Serving;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries of one document on their way to the members of this node and to the other nodes: in order, without a gap,
 * and all that came in one turn of the loop in one frame. While the loops are still busy with the last frame for the
 * members here, what comes gathers for the next: a room that is written to faster than its members can be told costs
 * one write a member a round, not one an entry, and where nothing is under way nobody waits. Confined to the rooms'
 * context.
 */
final class RoomEntries {
    private static final Logger LOG = LoggerFactory.getLogger(RoomEntries.class);

    /** How many entries are read from the log at a time. */
    private static final int PAGE = 500;

    /** After a round of telling the members here the next waits as long as it took, but no longer than this, in ms … */
    private static final long LONGEST_REST = 5;

    /** … and not at all when it took less than this: timers are no finer. */
    private static final long SHORTEST_REST = 2;

    private final String document;
    private final RoomServices on;
    private final RoomPen pen;
    private final Fanout watchers;
    private final Fanout readers = new Fanout();
    private final EntryStream stream = new EntryStream();
    private final SnapshotWatch snapshots = new SnapshotWatch();
    private final List<SeqEntry> toPeers = new ArrayList<>();
    private final Gathering toReaders = new Gathering();

    /** Joiners that know more of the log than this room has delivered. */
    private final List<Runnable> ahead = new ArrayList<>();

    /**
     * By session: the latest join, until it reads like the others. What an earlier one still waits for is nobody's any
     * more.
     */
    private final Map<String, Joiner> catching = new HashMap<>();

    /** What to do when entries that are missing here have gone from the log. */
    private final Runnable lost;

    /** The incarnation of the store that these entries are of; entries of another one are not told here. */
    private long incarnation;

    /** Kept by those who are being sent it. */
    private WeakReference<LargeSnapshot> shared = new WeakReference<>(null);

    private boolean sendPlanned;
    private boolean reading;

    RoomEntries(String document, RoomServices on, RoomPen pen, Fanout watchers, Runnable lost) {
        this.document = document;
        this.on = on;
        this.pen = pen;
        this.watchers = watchers;
        this.lost = lost;
    }

    // ---- readers --------------------------------------------------------------------------------------------------

    /**
     * A member was read the log for; it gets no entries before {@link #read}, and none for an earlier join of its own.
     */
    void opened(Joiner joiner) {
        Opening opening = joiner.opening();
        incarnation = Math.max(incarnation, opening.incarnation());
        begin(joiner);
        stream.start(opening.state().head());
        stream.reach(opening.state().head());
        snapshots.seen(opening.state().snapshotSeq());
        opening.snapshot()
                .ifPresent(content -> snapshots.size(joiner.large()
                        .map(LargeSnapshot::size)
                        .orElse(content.data().length())));
        if (!opening.recovered() && !opening.entries().isEmpty()) {
            snapshots.reaches(about(opening));
        }
        catchUp();
    }

    /** About how many characters lie behind the snapshot: what was read, and as much for each entry of what was not. */
    private static long about(Opening opening) {
        long read = opening.entries().stream()
                .mapToLong(entry -> entry.data().length())
                .sum();
        long first = opening.entries().get(0).seq();
        return read * (opening.state().head() - first + 1) / opening.entries().size();
    }

    /** The same for somebody who is told the content anew. */
    void begin(Joiner joiner) {
        remove(joiner.ref().session());
        catching.put(joiner.ref().session(), joiner);
    }

    /** A member gets no entries any more. */
    void remove(String session) {
        readers.remove(session);
        forget(session);
    }

    /** A connection gets no entries any more. */
    void remove(String session, Outbox outbox) {
        readers.remove(session, outbox);
        Joiner joiner = catching.get(session);
        if (joiner != null && joiner.outbox() == outbox) {
            forget(session);
        }
    }

    /**
     * What a joiner is told of the content. A snapshot that is larger than a message is held once for all who join
     * while somebody is still being sent it.
     */
    Joiner joiner(SessionRef ref, Outbox outbox, Optional<Json> request, Opening opening, Serving serving) {
        Optional<Opening.Content> large =
                opening.snapshot().filter(content -> LargeSnapshot.isLarge(content.data(), on.message()));
        if (large.isEmpty()) {
            return new Joiner(ref, outbox, request, opening, Optional.empty(), serving);
        }
        long seq = large.get().seq();
        Opening without = new Opening(
                opening.log(),
                opening.state(),
                opening.recovered(),
                Optional.of(new Opening.Content(seq, "null")),
                opening.entries(),
                opening.more());
        return new Joiner(ref, outbox, request, without, Optional.of(shared(large.get())), serving);
    }

    private LargeSnapshot shared(Opening.Content content) {
        LargeSnapshot before = shared.get();
        if (before != null && before.is(content.seq(), content.data())) {
            return before;
        }
        LargeSnapshot fresh = LargeSnapshot.of(document, content.seq(), content.data(), on.message());
        shared = new WeakReference<>(fresh);
        return fresh;
    }

    /** Whatever it waits for it waits for no longer, and another document may be sent to its connection. */
    private void forget(String session) {
        Joiner joiner = catching.remove(session);
        if (joiner != null) {
            joiner.serving().end();
        }
    }

    /** Sends a joiner what lies between what it has and what this room has delivered; then it reads like the others. */
    void read(Joiner joiner, long last) {
        if (!latest(joiner)) {
            return; // it has left, or joined again, here or on another connection
        }
        if (!joiner.outbox().open()) {
            forget(joiner.ref().session()); // it joins again when it is back
            return;
        }
        if (last > stream.delivered()) {
            // It waits for the others here to have got as far, so that it gets nothing twice.
            ahead.add(() -> read(joiner, last));
            return;
        }
        send(); // what was delivered is out before anybody new listens
        Optional<List<SeqEntry>> rest = stream.since(last);
        if (rest.isPresent()) {
            tellRest(joiner, rest.get());
            return;
        }
        on.log().read(document, last, PAGE).onComplete(page -> {
            if (!latest(joiner)) {
                return;
            }
            if (page.failed() || page.result().isEmpty()) {
                on.vertx().setTimer(RoomVerticle.RETRY, id -> read(joiner, last));
                return;
            }
            if (page.result().get(0).seq() > last + 1) {
                reads(joiner);
                lost.run();
                return;
            }
            give(joiner, page.result().stream().map(EntryText::of).toList());
        });
    }

    private void tellRest(Joiner joiner, List<SeqEntry> rest) {
        if (rest.stream().mapToLong(entry -> entry.text().text().length()).sum() > Joiners.LARGE) {
            give(joiner, rest);
            return;
        }
        if (!rest.isEmpty()) {
            joiner.outbox().send(Frames.entries(document, rest));
        }
        reads(joiner);
    }

    private void give(Joiner joiner, List<SeqEntry> entries) {
        give(
                joiner,
                Frames.entries(document, entries),
                entries.get(entries.size() - 1).seq());
    }

    /** Two joins can ask and be told the same, and are two. */
    @SuppressWarnings("ReferenceEquality")
    private boolean latest(Joiner joiner) {
        return catching.get(joiner.ref().session()) == joiner;
    }

    private void reads(Joiner joiner) {
        forget(joiner.ref().session());
        readers.put(joiner.ref().session(), joiner.outbox());
    }

    /**
     * Sends a joiner what it asked for, up to {@code last}, and reads on when that is out: as fast as the client takes
     * it, and never more than a page ahead of it.
     */
    void give(Joiner joiner, String frame, long last) {
        joiner.outbox().sendAsked(frame, () -> on.context().runOnContext(v -> read(joiner, last)));
    }

    /**
     * Sends a joiner the answer to its join, then the parts of a large snapshot, each when the one before is out, and
     * reads on.
     */
    void welcome(Joiner joiner, String joined, long last) {
        if (joiner.large().isEmpty()) {
            give(joiner, joined, last);
        } else {
            joiner.outbox().sendAsked(joined, () -> on.context().runOnContext(v -> givePart(joiner, 1, last)));
        }
    }

    private void givePart(Joiner joiner, int part, long last) {
        LargeSnapshot large = joiner.large().orElseThrow();
        if (part > large.parts() || !latest(joiner) || !joiner.outbox().open()) {
            read(joiner, last); // which looks at the same
            return;
        }
        joiner.outbox()
                .sendAsked(large.frame(part), () -> on.context().runOnContext(v -> givePart(joiner, part + 1, last)));
    }

    // ---- entries --------------------------------------------------------------------------------------------------

    /**
     * An entry that the log has just taken up through this node: for the members here and for the nodes with members.
     *
     * @param epoch of the entry, which tells whether it is of this history
     */
    void written(SeqEntry entry, long epoch) {
        if (epoch >= incarnation) {
            toPeers.add(entry);
            arrived(entry);
        }
    }

    /** Entries that another node tells of, in that incarnation of the store. */
    void arrived(List<SeqEntry> entries, long ofIncarnation) {
        if (ofIncarnation == incarnation) {
            entries.forEach(this::arrived);
        }
    }

    private void arrived(SeqEntry entry) {
        toReaders.add(stream.offer(entry));
        planSend();
        catchUp();
    }

    /** The log is known to have entries up to there. */
    void reach(long head) {
        stream.reach(head);
        catchUp();
    }

    private void planSend() {
        if (!sendPlanned) {
            sendPlanned = true;
            on.context().runOnContext(v -> {
                sendPlanned = false;
                tellPeers();
                sendIfDue();
            });
        }
    }

    private void sendIfDue() {
        if (toReaders.due()) {
            sendReaders();
        }
    }

    /**
     * One loop is through with what left then; after a long round all rest as long, since its loops have others too.
     */
    private void arrived(long left) {
        long rest = Math.min(LONGEST_REST, (System.nanoTime() - left) / 1_000_000);
        if (rest < SHORTEST_REST) {
            toReaders.arrived();
            sendIfDue();
        } else {
            on.vertx().setTimer(rest, id -> {
                toReaders.arrived();
                sendIfDue();
            });
        }
    }

    /**
     * Sends all that is there, whatever is still under way: something else is about to go out that must come after it.
     */
    void send() {
        tellPeers();
        sendReaders();
    }

    private void sendReaders() {
        if (!toReaders.isEmpty()) {
            List<SeqEntry> entries = toReaders.take();
            if (!readers.isEmpty()) {
                long left = System.nanoTime();
                toReaders.left(readers.send(
                        Frames.entries(document, entries), () -> on.context().runOnContext(v -> arrived(left))));
            }
            entries.forEach(snapshots::grew);
            askForSnapshot();
            List<Runnable> waited = List.copyOf(ahead);
            ahead.clear();
            waited.forEach(Runnable::run);
        }
    }

    private void tellPeers() {
        if (toPeers.isEmpty()) {
            return;
        }
        JsonArray entries = new JsonArray();
        toPeers.forEach(entry -> entries.add(new JsonObject()
                .put("seq", entry.seq())
                .put("entry", entry.text().text())));
        toPeers.clear();
        for (String peer : pen.peers()) {
            on.node()
                    .tell(
                            peer,
                            RoomVerticle.ENTRIES,
                            new JsonObject()
                                    .put("document", document)
                                    .put("incarnation", incarnation)
                                    .put("entries", entries));
        }
    }

    /**
     * Fetches what is missing before what has come; one read at a time. What fails, the next look at the heads repeats.
     */
    private void catchUp() {
        if (reading || !stream.behind()) {
            return;
        }
        reading = true;
        long asked = incarnation;
        on.log()
                .read(document, stream.delivered(), PAGE)
                .onSuccess(page -> {
                    reading = false;
                    if (incarnation != asked || on.log().incarnation() != asked) {
                        return;
                    }
                    boolean gone =
                            page.isEmpty() ? stream.behind() : page.get(0).seq() > stream.delivered() + 1;
                    if (gone) {
                        lost.run();
                        return;
                    }
                    long before = stream.delivered();
                    page.forEach(entry -> toReaders.add(stream.offer(EntryText.of(entry))));
                    if (stream.delivered() > before) {
                        planSend();
                        catchUp();
                    }
                })
                .onFailure(failure -> reading = false);
    }

    /**
     * Goes on behind {@code head}, since what is missing before has been compacted.
     *
     * @return the sessions that must be told the whole content again
     */
    Set<String> restart(long head) {
        toReaders.take();
        stream.restart(head);
        Set<String> sessions = readers.sessions();
        sessions.forEach(readers::remove);
        return sessions;
    }

    /** The incarnation of the store that these entries are of. */
    long incarnation() {
        return incarnation;
    }

    /** The last entry that was delivered here. */
    long delivered() {
        return stream.delivered();
    }

    /**
     * Begins again with what was read in a later incarnation of the store.
     *
     * @return the sessions that must be told the whole content again
     */
    Set<String> reset(Opening opening) {
        incarnation = opening.incarnation();
        toPeers.clear();
        toReaders.take();
        ahead.clear();
        stream.reset(opening.state().head());
        snapshots.reset(opening.state().snapshotSeq());
        Set<String> sessions = new HashSet<>(readers.sessions());
        readers.sessions().forEach(readers::remove);
        Set<String> catchingUp = Set.copyOf(catching.keySet());
        catchingUp.forEach(this::forget);
        sessions.addAll(catchingUp);
        return sessions;
    }

    // ---- snapshots ------------------------------------------------------------------------------------------------

    /** A snapshot up to there, of so many characters, was stored. */
    void snapshotStored(long seq, long size) {
        snapshots.seen(seq);
        snapshots.size(size);
    }

    /** Whether a snapshot of this document was wanted several times, and none came. */
    boolean uncompacted() {
        return snapshots.asked() >= SnapshotWatch.PATIENCE;
    }

    private void askForSnapshot() {
        pen.news()
                .flatMap(news -> news.holder())
                .flatMap(holder -> watchers.get(holder.session()))
                .filter(outbox -> snapshots.due(stream.delivered()))
                .ifPresent(outbox -> {
                    if (snapshots.unheeded()) {
                        LOG.warn(
                                "{}: a snapshot was asked for {} times and none was stored; {} entries lie behind the last one",
                                document,
                                snapshots.asked(),
                                snapshots.behind(stream.delivered()));
                    }
                    outbox.send(Frames.snapshotWanted(document, stream.delivered()));
                });
    }
}
