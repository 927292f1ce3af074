import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.LinkEvent;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.ReconnectingClient;
import dev.baton.client.Rights;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The clients of try.sh, which starts the containers: {@code ADDRESS IDLE-SECONDS PEOPLE DOCUMENTS ENGINE...}. */
public final class Try {
    private static final Pattern READY = Pattern.compile("baton ready node=(\\S+) ");

    /** Between two updates of a document, in milliseconds. */
    private static final int PACE = 1_000;

    /** How long a new node is ready before the next one goes, in seconds: as the operations guide has it. */
    private static final int SETTLED = 10;

    private final Vertx vertx = Vertx.vertx();
    private final String address;
    private final int people;
    private final int documents;
    private final List<String> engine;

    private Try(String address, int people, int documents, List<String> engine) {
        this.address = address;
        this.people = people;
        this.documents = documents;
        this.engine = engine;
    }

    public static void main(String[] args) throws Exception {
        Try trial = new Try(
                args[0],
                Integer.parseInt(args[2]),
                Integer.parseInt(args[3]),
                Arrays.asList(args).subList(4, args.length));
        try {
            trial.closedTab();
            trial.killedContainer();
            trial.rollingRestart();
            trial.storeGone();
            trial.idle(Integer.parseInt(args[1]));
            System.out.println("all of it held");
        } finally {
            trial.vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }

    // ---- what is tried --------------------------------------------------------------------------------------------

    private void closedTab() throws Exception {
        String document = "try/" + System.nanoTime();
        Person ann = person("ann");
        Person ben = elsewhere("ben", ann);
        long epoch = ann.take(document);
        is("an update of the holder's is applied", ann.update(document, epoch, "one") instanceof Outcome.Applied);
        wait(ben.client.join(document, Mode.EDIT));
        long start = System.nanoTime();
        ann.client.abort();
        Rights rights = ben.pen(document, epoch);
        System.out.printf(
                "closed tab: the pen went from a container to another %d ms later, epoch %d to %d, cause %s%n",
                millis(start), epoch, rights.epoch(), rights.cause());
        is("in time", millis(start) < 5_000);
        ben.client.close();
    }

    private void killedContainer() throws Exception {
        String document = "try/" + System.nanoTime();
        Person ann = person("ann");
        Person ben = elsewhere("ben", ann);
        long epoch = ann.take(document);
        is("an update of the holder's is applied", ann.update(document, epoch, "kept") instanceof Outcome.Applied);
        wait(ben.client.join(document, Mode.EDIT));
        String container = container(ann.client.welcome().node());
        long start = System.nanoTime();
        run("kill", container);
        Rights rights = ben.pen(document, epoch);
        System.out.printf(
                "killed %s: the pen went on %d ms later, epoch %d to %d, cause %s%n",
                container, millis(start), epoch, rights.epoch(), rights.cause());
        is("in time", millis(start) < 7_000);
        Person back = resume(ann);
        is("the former holder is the same session on another node", back.client.welcome().resumed());
        Joined joined = wait(back.client.join(document, Mode.VIEW));
        is("what was acknowledged is there", joined.entries().stream().anyMatch(entry -> entry.id().equals("kept")));
        is("what it sends late is fenced", back.update(document, epoch, "late") instanceof Outcome.Fenced);
        is("its successor writes", ben.update(document, rights.epoch(), "next") instanceof Outcome.Applied);
        back.client.close();
        ben.client.close();
        run("start", container);
        until("the killed container is back and ready", 90, () -> ready(container).contains(" 200 "));
    }

    /** One document after the other gets its writer; everybody else reads one of them. */
    private void rollingRestart() throws Exception {
        if (people == 0) {
            return;
        }
        String run = "try/" + System.nanoTime() + "/";
        List<Regular> crowd = new ArrayList<>();
        for (int i = 0; i < people; i++) {
            crowd.add(new Regular("p" + i, run + i % documents, i < documents ? Mode.EDIT : Mode.VIEW));
        }
        List<Regular> writers = crowd.subList(0, documents);
        until("everybody has a pen", 20, () -> writers.stream().allMatch(writer -> writer.epoch > 0));
        long timer = vertx.setPeriodic(PACE, id -> writers.forEach(Regular::write));
        for (String container : nodes()) {
            TimeUnit.SECONDS.sleep(SETTLED);
            long start = System.nanoTime();
            run("stop", container);
            String status = run("inspect", "--format", "{{.State.ExitCode}}", container).trim();
            System.out.printf("told %s to go: gone after %d ms, exit status %s%n", container, millis(start), status);
            is("it ended in order", status.equals("0"));
            run("start", container);
            until(container + " is back and ready", 90, () -> ready(container).contains(" 200 "));
            until("everybody is online", 20, () -> crowd.stream().allMatch(Regular::online));
        }
        vertx.cancelTimer(timer);
        until("everything is answered", 20, () -> writers.stream().allMatch(writer -> writer.open == 0));
        for (Regular regular : crowd) {
            is("nothing else went wrong: " + regular.troubles, regular.troubles.isEmpty());
        }
        for (Regular writer : writers) {
            List<String> log = read(writer.document);
            is("every acknowledged update is in the log, once", log.stream().filter(id -> !id.isEmpty()).sorted().toList()
                    .equals(writer.acknowledged.keySet().stream().sorted().toList()));
        }
        List<Long> outages = crowd.stream().flatMap(regular -> regular.outages.stream()).sorted().toList();
        is("everybody's node was replaced at least once", outages.size() >= people);
        System.out.printf(
                "rolling restart: %d people in %d documents, %d updates acknowledged and kept, no pen moved; %d reconnects,"
                        + " without service p50 %d ms, p99 %d ms, longest %d ms%n",
                people,
                documents,
                writers.stream().mapToInt(writer -> writer.acknowledged.size()).sum(),
                outages.size(),
                outages.get(outages.size() / 2),
                outages.get(outages.size() * 99 / 100),
                outages.get(outages.size() - 1));
        Person visitor = person("visitor");
        for (int i = 0; i < documents; i++) {
            String document = run + i;
            long there = crowd.stream().filter(regular -> regular.document.equals(document)).count();
            until(document + " shows the " + there + " who are there, and no ghost", 5, () -> {
                Joined joined = wait(visitor.client.join(document, Mode.VIEW));
                long shown = joined.members().stream().filter(member -> member.online()).count() - 1;
                wait(visitor.client.leave(document));
                return shown == there;
            });
        }
        visitor.client.close();
        for (Regular regular : crowd) {
            wait(regular.client.close());
        }
    }

    private void storeGone() throws Exception {
        String document = "try/" + System.nanoTime();
        Person ann = person("ann");
        long epoch = ann.take(document);
        long start = System.nanoTime();
        run("stop", "--time", "2", "baton-try-store");
        for (String container : nodes()) {
            until(container + " is not ready without the store", 30, () -> ready(container).contains("\"store\""));
        }
        System.out.printf("store stopped: not ready %d ms later: %s%n", millis(start), body(ready(nodes().get(0))));
        String answer;
        try {
            answer = "" + ann.update(document, epoch, "meanwhile");
        } catch (Exception refused) {
            answer = refused.toString();
        }
        is("an update is answered all the same: " + answer, answer.contains("unavailable"));
        start = System.nanoTime();
        run("start", "baton-try-store");
        for (String container : nodes()) {
            until(container + " is ready again", 60, () -> ready(container).contains(" 200 "));
        }
        System.out.printf("store back: ready %d ms later%n", millis(start));
        is("the same update again is applied", ann.update(document, epoch, "meanwhile") instanceof Outcome.Applied);
        ann.client.close();
    }

    private void idle(int seconds) throws Exception {
        if (seconds > 0) {
            Person ann = person("ann");
            wait(ann.client.join("try/idle", Mode.VIEW));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            until("the idle time is over", seconds + 10, () -> System.nanoTime() > end || !ann.client.isOpen());
            is("a client that did nothing for " + seconds + " s is still connected", ann.client.isOpen());
            ann.client.close();
        }
    }

    // ---- people ---------------------------------------------------------------------------------------------------

    private final class Person {
        private final List<NodeEvent> heard = new ArrayList<>();
        private final BatonClient client;

        Person(ClientOptions options) throws Exception {
            client = Try.wait(BatonClient.connect(vertx, options.withEvents(this::told)));
        }

        private synchronized void told(NodeEvent event) {
            heard.add(event);
        }

        private synchronized boolean heard(Predicate<NodeEvent> wanted) {
            return heard.stream().anyMatch(wanted);
        }

        private synchronized Rights rights(String document) {
            return heard.stream()
                    .filter(NodeEvent.RightsChanged.class::isInstance)
                    .map(event -> ((NodeEvent.RightsChanged) event).rights())
                    .filter(rights -> rights.document().equals(document))
                    .reduce((first, second) -> second)
                    .orElseThrow();
        }

        /** Joins a document that is free, and waits for its pen. */
        long take(String document) throws Exception {
            Rights rights = Try.wait(client.join(document, Mode.EDIT)).rights();
            return rights.you() == Rights.Place.HOLDER ? rights.epoch() : pen(document, 0).epoch();
        }

        Rights pen(String document, long after) throws Exception {
            until(this::toString, "the pen", 20, () -> heard(event -> event instanceof NodeEvent.RightsChanged changed
                    && changed.rights().document().equals(document)
                    && changed.rights().you() == Rights.Place.HOLDER
                    && changed.rights().epoch() > after));
            return rights(document);
        }

        @Override
        public synchronized String toString() {
            return client.session() + " on " + client.welcome().node() + (client.isOpen() ? "" : ", closed,")
                    + " has heard " + heard;
        }

        Outcome update(String document, long epoch, String id) throws Exception {
            return Try.wait(client.update(document, epoch, id, new JsonObject().put("id", id)));
        }
    }

    private Person person(String name) throws Exception {
        return new Person(ClientOptions.to(address).withUser(name, name));
    }

    /** Somebody on another node; nothing sticks, so trying again is enough. */
    private Person elsewhere(String name, Person other) throws Exception {
        for (int i = 0; i < 50; i++) {
            Person person = person(name);
            if (!person.client.welcome().node().equals(other.client.welcome().node())) {
                return person;
            }
            person.client.close();
        }
        throw new AssertionError("the balancer leads to one node only");
    }

    private Person resume(Person lost) throws Exception {
        ClientOptions options = ClientOptions.to(address).withUser("ann", "ann");
        return new Person(options.withResume(lost.client.welcome().resume()));
    }

    private List<String> read(String document) throws Exception {
        Person reader = person("reader");
        Joined joined = wait(reader.client.join(document, Mode.VIEW));
        until("the whole log", 20, () -> joined.complete() || reader.heard(event -> event instanceof NodeEvent.Entries told
                && told.entries().stream().anyMatch(entry -> entry.seq() == joined.seq())));
        List<String> ids = new ArrayList<>(joined.entries().stream().map(Entry::id).toList());
        synchronized (reader) {
            reader.heard.stream()
                    .filter(NodeEvent.Entries.class::isInstance)
                    .forEach(told -> ((NodeEvent.Entries) told).entries().forEach(entry -> ids.add(entry.id())));
        }
        reader.client.close();
        return ids;
    }

    /** Somebody in one document who reconnects without being told to; who edits it writes. */
    private final class Regular {
        private final String document;
        private final ReconnectingClient client;
        private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
        private final ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<Long> outages = new ConcurrentLinkedQueue<>();
        private volatile long epoch;
        private volatile long awaySince;
        private volatile int open;
        private int sent;

        Regular(String name, String document, Mode mode) throws Exception {
            this.document = document;
            client = ReconnectingClient.start(vertx, ClientOptions.to(address).withUser(name, name), this::told);
            Try.wait(client.join(document, mode));
        }

        private synchronized void told(LinkEvent event) {
            if (event instanceof LinkEvent.Offline && awaySince == 0) {
                awaySince = System.nanoTime();
            } else if (event instanceof LinkEvent.CaughtUp back) {
                if (awaySince != 0) {
                    outages.add(millis(awaySince));
                    awaySince = 0;
                }
                stands(back.joined().rights());
            } else if (event instanceof LinkEvent.Told told && told.event() instanceof NodeEvent.RightsChanged changed) {
                stands(changed.rights());
            } else if (event instanceof LinkEvent.Drafted || event instanceof LinkEvent.Dropped) {
                troubles.add(event.toString());
            }
        }

        private void stands(Rights rights) {
            if (rights.you() == Rights.Place.HOLDER) {
                if (epoch != 0 && epoch != rights.epoch()) {
                    troubles.add("epoch " + epoch + " became " + rights.epoch());
                }
                epoch = rights.epoch();
            }
        }

        boolean online() {
            return awaySince == 0 && client.current().isPresent();
        }

        synchronized void write() {
            String id = "update-" + sent++;
            open++;
            client.update(document, epoch, id, new JsonObject()).onComplete(done -> {
                synchronized (this) {
                    open--;
                }
                if (done.succeeded() && done.result() instanceof Outcome.Applied applied) {
                    acknowledged.put(id, applied.seq());
                } else {
                    troubles.add(id + ": " + (done.failed() ? done.cause() : done.result()));
                }
            });
        }
    }

    // ---- containers -----------------------------------------------------------------------------------------------

    private static List<String> nodes() {
        return List.of("baton-try-node1", "baton-try-node2", "baton-try-node3");
    }

    private String container(String node) throws Exception {
        for (String container : nodes()) {
            Matcher ready = READY.matcher(run("logs", container));
            String last = "";
            while (ready.find()) {
                last = ready.group(1);
            }
            if (last.equals(node)) {
                return container;
            }
        }
        throw new AssertionError("no container runs node " + node);
    }

    /** The answer of /health/ready, head and all; empty when there is none. */
    private String ready(String container) throws Exception {
        try {
            return run("exec", container, "bash", "-c",
                    "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3");
        } catch (IllegalStateException notUp) {
            return "";
        }
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf('{'));
    }

    private String run(String... words) throws Exception {
        List<String> command = new ArrayList<>(engine);
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", words) + ": " + said);
        }
        return said;
    }

    // ---- waiting --------------------------------------------------------------------------------------------------

    private static <T> T wait(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /**
     * Looks again so soon that it adds little to what is timed, and rests as long as the look took: some start a
     * process.
     */
    private static void until(String what, int seconds, Callable<Boolean> holds) throws Exception {
        until(() -> "", what, seconds, holds);
    }

    private static void until(Supplier<String> state, String what, int seconds, Callable<Boolean> holds)
            throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long began = System.nanoTime();
        while (!holds.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + seconds + " s: " + what + ". " + state.get());
            }
            TimeUnit.MILLISECONDS.sleep(5 + millis(began));
            began = System.nanoTime();
        }
    }

    private static long millis(long since) {
        return (System.nanoTime() - since) / 1_000_000;
    }

    private static void is(String what, boolean holds) {
        if (!holds) {
            throw new AssertionError("not so: " + what);
        }
    }
}
