package dev.baton.faults;

import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Member;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Rights;
import dev.baton.client.Snapshot;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Documents with writers and viewers on all nodes of a cluster; and what is left of them in the end. Who is not ended
 * goes on trying to come back, to the nodes of the next cluster too, which have the same addresses.
 */
final class Workload implements AutoCloseable {
    private static final Duration CALM = Duration.ofSeconds(60);

    /** After this every node has to show the same members. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Cluster cluster;
    private final History history = new History();
    private final List<String> documents = new ArrayList<>();
    private final List<Writer> writers = new ArrayList<>();
    private final List<Viewer> viewers = new ArrayList<>();
    private final List<Talker> talkers = new ArrayList<>();
    private final List<Eraser> erasers = new ArrayList<>();
    private final Actor.World world;
    private final long seed;
    private Optional<Moderator> moderator = Optional.empty();

    /**
     * Made, not started.
     *
     * @param pause milliseconds between two updates of a document
     */
    Workload(Vertx vertx, Cluster cluster, int documents, int writers, int viewers, int pause, long seed) {
        this.vertx = vertx;
        this.cluster = cluster;
        RandomGenerator seeds = new java.util.Random(seed);
        this.seed = seed;
        this.world = new Actor.World(vertx, history, cluster.size(), cluster::uri);
        for (int d = 0; d < documents; d++) {
            String document = "faults/" + Long.toHexString(seed) + "/" + d;
            this.documents.add(document);
            for (int w = 0; w < writers; w++) {
                boolean compacts = d % 2 == 1;
                this.writers.add(new Writer(world, "w" + d + "." + w, document, pause, compacts, seeds.nextLong()));
            }
            for (int v = 0; v < viewers; v++) {
                this.viewers.add(new Viewer(world, "v" + d + "." + v, document, seeds.nextLong()));
            }
        }
    }

    /**
     * To be called before the start: some say things, a moderator acts on locks and sessions, and a document is deleted
     * again and again.
     */
    void addOthers() {
        RandomGenerator seeds = new java.util.Random(seed + 1);
        for (int d = 0; d < documents.size(); d += 3) {
            talkers.add(new Talker(world, "t" + d, documents.get(d), seeds.nextLong()));
        }
        String erased = "erased/" + Long.toHexString(seed);
        erasers.add(new Eraser(world, "e", erased, () -> erase(erased), seeds.nextLong()));
        List<Writer> some = writers.stream()
                .filter(writer -> documents.indexOf(writer.document()) % 3 == 1)
                .toList();
        moderator = Optional.of(new Moderator(cluster, history, some, seeds.nextLong()));
    }

    private Void erase(String document) {
        cluster.stores().run("DELETE FROM baton_document WHERE name = '" + document + "'");
        return null;
    }

    History history() {
        return history;
    }

    List<Writer> writers() {
        return writers;
    }

    List<Viewer> viewers() {
        return viewers;
    }

    /** Everybody who connects. */
    List<Actor> actors() {
        List<Actor> all = new ArrayList<>(writers);
        all.addAll(viewers);
        all.addAll(talkers);
        all.addAll(erasers);
        return all;
    }

    /** Starts everybody, a little after one another, and waits until they are in. */
    void start() {
        actors().forEach(Actor::start);
        awaitConnected();
        moderator.ifPresent(Moderator::start);
    }

    private void awaitConnected() {
        await("everybody is connected")
                .atMost(CALM)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> actors().stream().allMatch(Actor::connected));
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** When no more harm is done: everybody comes back, the line is served, all is compared, all leave. */
    List<Violation> finish() {
        List<Violation> found = new ArrayList<>();
        moderator.ifPresent(Moderator::close);
        awaitConnected();
        talkers.forEach(Talker::quiet);
        serveTheLine(found);
        pause(Duration.ofSeconds(2));
        Map<String, List<Entry>> logs = new HashMap<>();
        compareMembers(found, logs);
        compareReaders(found, logs);
        found.addAll(history.violations());
        found.addAll(Checks.all(history.events(), logs));
        close();
        return found;
    }

    /** All leave, for good. */
    @Override
    public void close() {
        moderator.ifPresent(Moderator::close);
        Waiting.on(io.vertx.core.Future.join(actors().stream().map(Actor::end).toList()));
    }

    /** 6: whoever is in line gets the pen in the order of the line. */
    private void serveTheLine(List<Violation> found) {
        writers.forEach(writer -> writer.handsOn(false));
        AtomicLong looked = new AtomicLong();
        if (!comesTrue(() -> {
            looked.set(System.nanoTime());
            return documents.stream().allMatch(this::agreed);
        })) {
            documents.stream()
                    .filter(document -> !agreed(document))
                    .forEach(document -> found.add(new Violation(
                            6,
                            document + " is wanted by " + wanting(document) + ", who were told "
                                    + lastTold(document))));
            return;
        }
        long from = looked.get();
        Map<String, List<String>> lines = new HashMap<>();
        Map<String, Set<String>> connected = new HashMap<>();
        documents.forEach(document -> {
            lines.put(document, lastTold(document).get(0).queue());
            connected.put(document, wanting(document));
        });
        writers.forEach(Writer::quiet);
        if (!comesTrue(() -> documents.stream().allMatch(this::free))) {
            documents.stream()
                    .filter(document -> !free(document))
                    .forEach(document -> found.add(new Violation(
                            6, document + " was not given back by all: its members were told " + lastTold(document))));
        }
        for (String document : documents) {
            // Who has come back since then, as the same session or another, was passed over as one that is not there.
            connected.get(document).retainAll(wanting(document));
            Set<String> steady = Endings.steady(history.events(), connected.get(document), from);
            List<Violation> wrong = Endings.served(document, lines.get(document), steady, served(document, from));
            found.addAll(wrong);
            if (!wrong.isEmpty()) {
                aboutTheLine(document, from);
            }
        }
    }

    /**
     * What is known of who came and went and was told of a pen, from a few seconds before it was served, for whoever
     * looks for the cause.
     */
    private void aboutTheLine(String document, long from) {
        Set<String> names = writersOf(document).map(writer -> writer.name).collect(Collectors.toSet());
        System.out.println("the line of " + document + " was looked at at " + from);
        history.events().stream()
                .filter(event -> event.at() > from - TimeUnit.SECONDS.toNanos(8))
                .filter(event -> (event instanceof Event.Told told && names.contains(told.actor()))
                        || (event instanceof Event.Connected came && names.contains(came.actor()))
                        || (event instanceof Event.Closed closed && names.contains(closed.actor()))
                        || (event instanceof Event.Joined joined && names.contains(joined.actor())))
                .forEach(System.out::println);
    }

    private static boolean comesTrue(Callable<Boolean> condition) {
        try {
            await().atMost(CALM).pollInterval(Duration.ofMillis(100)).until(condition);
            return true;
        } catch (org.awaitility.core.ConditionTimeoutException still) {
            return false;
        }
    }

    private boolean agreed(String document) {
        return writersOf(document).allMatch(writer -> writer.connected() && !writer.givingBack())
                && Endings.agreed(wanting(document), lastTold(document));
    }

    private Set<String> wanting(String document) {
        return writersOf(document).map(Writer::session).collect(Collectors.toSet());
    }

    private Stream<Writer> writersOf(String document) {
        return writers.stream().filter(writer -> writer.document().equals(document));
    }

    /** What each of a document's writers was told of it last, on the connection that it has now. */
    private List<Event.Told> lastTold(String document) {
        Map<String, Event.Told> last = Endings.lastTold(history.events(), document);
        return writersOf(document)
                .flatMap(writer -> Stream.ofNullable(last.get(writer.session())))
                .toList();
    }

    /** Whether nobody has a document's pen and nobody who is there waits for it. */
    private boolean free(String document) {
        Set<String> wanting = wanting(document);
        List<Event.Told> told = lastTold(document);
        return told.size() == wanting.size()
                && told.stream()
                        .allMatch(one ->
                                one.holder().isEmpty() && one.queue().stream().noneMatch(wanting::contains));
    }

    private List<String> served(String document, long from) {
        return history.events().stream()
                .filter(event -> event instanceof Event.Told told
                        && told.at() > from
                        && told.document().equals(document)
                        && told.you() == Rights.Place.HOLDER)
                .map(event -> ((Event.Told) event).session())
                .distinct()
                .toList();
    }

    /** 8: every node shows the members that there are. Reads the logs on the way. */
    private void compareMembers(List<Violation> found, Map<String, List<Entry>> logs) {
        for (int node = 0; node < cluster.size(); node++) {
            Queue<Entry> told = new ConcurrentLinkedQueue<>();
            BatonClient observer = Waiting.on(BatonClient.connect(
                    vertx,
                    ClientOptions.to(cluster.uri(node))
                            .withUser("observer", "observer")
                            .withEvents(event -> {
                                if (event instanceof NodeEvent.Entries entries) {
                                    told.addAll(entries.entries());
                                }
                            })));
            for (String document : documents) {
                Joined first = Waiting.on(observer.join(document, Mode.VIEW));
                boolean right = wrongMembers(node, document, first, observer).isEmpty();
                if (!right) {
                    // The observer of the node before has only just left, and somebody may have: that is no calm of two
                    // seconds yet.
                    awaitConnected();
                    pause(SETTLED);
                    told.clear();
                }
                Joined joined = right ? first : Waiting.on(observer.join(document, Mode.VIEW));
                found.addAll(right ? List.of() : wrongMembers(node, document, joined, observer));
                if (node == 0) {
                    long from = joined.snapshot().map(Snapshot::seq).orElse(0L);
                    await("all of " + document)
                            .atMost(CALM)
                            .until(() -> from + joined.entries().size() + told.size() >= joined.seq());
                    List<Entry> log = new ArrayList<>(joined.entries());
                    log.addAll(told);
                    logs.put(document, known(found, document, joined.log(), log));
                    told.clear();
                }
                Waiting.on(observer.leave(document));
            }
            Waiting.on(observer.close());
        }
    }

    private Set<String> there(String document) {
        Set<String> there = new HashSet<>(wanting(document));
        viewers.stream()
                .filter(viewer -> viewer.document().equals(document))
                .map(Viewer::session)
                .forEach(there::add);
        talkers.stream()
                .filter(talker -> talker.document().equals(document))
                .map(Talker::session)
                .forEach(there::add);
        return there;
    }

    private List<Violation> wrongMembers(int node, String document, Joined joined, BatonClient observer) {
        Set<String> there = there(document);
        Set<String> shown = new HashSet<>();
        joined.members().stream()
                .filter(Member::online)
                .map(Member::session)
                .filter(session -> !session.equals(observer.session()))
                .forEach(shown::add);
        List<Violation> wrong = Endings.members(node, document, there, shown, joined.count() - 1);
        if (wrong.isEmpty()) {
            return wrong;
        }
        System.out.println("as the observer " + observer.session() + " sees it: " + wrong);
        List<Event> known = Stream.concat(there.stream(), shown.stream())
                .distinct()
                .filter(session -> !(there.contains(session) && shown.contains(session)))
                .flatMap(session -> lastOf(session).stream())
                .toList();
        known.forEach(System.out::println);
        return wrong.stream()
                .map(violation -> new Violation(
                        violation.invariant(),
                        violation.words() + "; now " + System.nanoTime() + ", and of whom that differs "
                                + known.stream()
                                        .filter(event -> !(event instanceof Event.Told))
                                        .toList()))
                .toList();
    }

    /** The last that is known of a session, for whoever looks for the cause. */
    private List<Event> lastOf(String session) {
        List<Event> known = history.events().stream()
                .filter(event ->
                        !(event instanceof Event.Wrote) && event.toString().contains(session))
                .toList();
        return known.subList(Math.max(0, known.size() - 30), known.size());
    }

    /**
     * 3: what readers were told is what the log says. Gives the log, with what it no longer keeps as readers were told
     * it, as far as that reaches back without a gap.
     */
    private List<Entry> known(List<Violation> found, String document, String log, List<Entry> read) {
        Book book = history.book(document, log);
        found.addAll(Endings.retold(document, read, book));
        Deque<Entry> known = new ArrayDeque<>();
        for (Entry entry : book.entries().descendingMap().values()) {
            if (!known.isEmpty() && known.getFirst().seq() != entry.seq() + 1) {
                break;
            }
            known.addFirst(entry);
        }
        return List.copyOf(known);
    }

    /** 3: readers were told all of it. */
    private void compareReaders(List<Violation> found, Map<String, List<Entry>> logs) {
        viewers.forEach(viewer -> found.addAll(Endings.read(
                viewer.name, viewer.document(), logs.getOrDefault(viewer.document(), List.of()), viewer.read())));
    }

    /** 9: nothing of anybody is left, on any node, once the sessions have ended. */
    List<Violation> leftovers(Duration within) {
        List<Violation> found = new ArrayList<>();
        try {
            await().atMost(within).pollInterval(Duration.ofMillis(500)).until(() -> {
                found.clear();
                for (int node = 0; node < cluster.size(); node++) {
                    found.addAll(Endings.left(node, cluster.gauges(node)));
                }
                return found.isEmpty();
            });
        } catch (org.awaitility.core.ConditionTimeoutException still) {
            return found;
        }
        return List.of();
    }

    private static void pause(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }
}
