package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.auth.Issuer;
import dev.baton.client.ClientOptions;
import dev.baton.client.Mode;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Many who behave, and many more who do everything they should not, all at once and again and again: the former notice
 * nothing, and nothing is left of the latter. {@code -Dbaton.it.hostile=10000 -Dbaton.it.decent=1000} is the full size,
 * in which waiting times are compared too; the node and the crowd need 12,000 open files each for that.
 */
class CrowdIT {
    private static final int HOSTILE = Integer.getInteger("baton.it.hostile", 540);
    private static final int DECENT = Integer.getInteger("baton.it.decent", 60);

    /**
     * Runs something with what the processors have left; where it is missing, the crowd takes its share of them too.
     */
    private static final Path IDLE = Path.of("/usr/bin/chrt");

    /** Below this the times are those of a few updates, and say nothing. */
    private static final boolean FULL = HOSTILE >= 10_000;

    /** How long waiting times are taken: so long that each writer has enough of them for a mean. */
    private static final Duration PHASE = Duration.ofSeconds(FULL ? 150 : 5);

    /** How long it takes the hostile to come. */
    private static final Duration COMING = Duration.ofMillis(FULL ? 30_000 : 2_500);

    private static final Duration BACK = Duration.ofMillis(Integer.getInteger("baton.it.back", 1_000));
    private static final int AT_A_TABLE = 10;

    /** Between two updates of one document, in milliseconds. */
    private static final long PACE = FULL ? 1_000 : 200;

    /** Between two newcomers, in milliseconds. */
    private static final long ARRIVAL = 250;

    /** How long one of them waits for an answer before it tries again. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final String SECRET = "a-secret-of-more-than-thirty-two-bytes";
    private static final Issuer ISSUER = Issuer.hs256(SECRET);

    /** As many as have their sockets within the limit for one user, and then one in ten has not. */
    private static final int EVES = Math.max(1, HOSTILE * 3 / 18 / 110);

    /** What a connection that was cut may leave behind in the heap: nothing, up to what the JVM itself gathers. */
    private static final long LEFT_OVER = 24L << 20;

    /** What one that is there may hold, beside the bytes that it sent and were not taken yet. */
    private static final long EACH = 40L << 10;

    private final String run = UUID.randomUUID().toString();

    /**
     * How long updates took to be acknowledged, or to be read, and how many came to nothing.
     *
     * @param micros of each, in microseconds, the shortest first
     * @param means of each writer's or reader's, in their order
     */
    private record Waited(List<Long> micros, List<Long> medians, List<Double> means, int refused) {
        static Waited of(List<? extends Collection<Long>> byWriter, int refused) {
            return new Waited(
                    byWriter.stream().flatMap(Collection::stream).sorted().toList(),
                    byWriter.stream()
                            .map(each -> each.stream().sorted().toList())
                            .map(each -> each.get(each.size() / 2))
                            .toList(),
                    byWriter.stream()
                            .map(each -> each.stream()
                                    .mapToLong(Long::longValue)
                                    .average()
                                    .orElse(0))
                            .toList(),
                    refused);
        }

        double millis(double share) {
            return micros.get((int) ((micros.size() - 1) * share)) / 1_000.0;
        }

        /** How many times as long as before they waited at the median for whom that grew most. */
        double mostGrown(Waited before) {
            return IntStream.range(0, medians.size())
                    .mapToDouble(i -> medians.get(i) / (double) before.medians().get(i))
                    .max()
                    .orElse(0);
        }

        double meanGrown(Waited before) {
            return grown(before).get(0).times();
        }

        /** How many times as long as before each waited on average, the one for whom that grew most first. */
        List<Grown> grown(Waited before) {
            return IntStream.range(0, means.size())
                    .mapToObj(i -> new Grown(i, means.get(i) / before.means().get(i)))
                    .sorted(Comparator.comparingDouble(Grown::times).reversed())
                    .toList();
        }

        @Override
        public String toString() {
            return String.format(
                    "%d, p50 %.1f ms, p99 %.1f ms, longest %.1f ms",
                    micros.size(), millis(0.5), millis(0.99), millis(1));
        }
    }

    /** Somebody's mean, as a multiple of what it was; the first ones' document is where those sit who read nothing. */
    private record Grown(int number, double times) {
        @Override
        public String toString() {
            return String.format("%.2f times (number %d)", times, number);
        }
    }

    @Test
    void whoBehavesNoticesNothingOfACrowdThatDoesNotAndNothingIsLeftOfIt() {
        Vertx vertx = Vertx.vertx();
        Map<String, String> settings = Map.of(
                "BATON_AUTH_MODE", "jwt",
                "BATON_AUTH_JWT_SECRET", SECRET,
                "BATON_SESSION_EXPIRY", "3s");
        List<String> java = FULL ? NodeJvm.plain() : NodeJvm.command();
        try (Nodes nodes = Nodes.in(java, CrowdIT.class, settings)) {
            NodeProcess node = nodes.add(1, Map.of()).get(0);
            List<Decent> people = people(vertx, node);
            List<Decent> writers = people.stream().filter(Decent::holds).toList();
            assertThat(writers).hasSize(DECENT / AT_A_TABLE);
            measure(vertx, writers, PHASE.dividedBy(3)); // the JVMs warm up
            long before = node.liveHeap();
            System.out.println("updates alone, processors free: " + measure(vertx, writers, PHASE.dividedBy(3)));
            List<Decent> readers = people.stream().filter(one -> !one.holds()).toList();
            read(readers, 2 * each(PHASE.dividedBy(3)));
            Waited alone;
            Waited readAlone;
            try (OwnProcess spin = OwnProcess.start(leftOver(), List.of("-Xmx16m"), SpinMain.class)) {
                alone = measure(vertx, writers, PHASE);
                readAlone = read(readers, each(PHASE));
            }

            Waited among;
            Waited readAmong;
            try (OwnProcess mob = mob(node, people.get(0))) {
                await().atMost(SOON.plus(PHASE)).until(() -> Standing.of(mob).came() >= HOSTILE);
                ConcurrentLinkedQueue<Long> arrived = new ConcurrentLinkedQueue<>();
                long arrivals = vertx.setPeriodic(ARRIVAL, id -> arrive(vertx, node, arrived, System.nanoTime()));
                among = measure(vertx, writers, PHASE);
                readAmong = read(readers, each(PHASE));
                vertx.cancelTimer(arrivals);
                await().atMost(SOON).until(() -> arrived.size() >= PHASE.toMillis() / ARRIVAL - 1);
                System.out.println("newcomers until they are in: " + Waited.of(List.of(arrived), 0));
                long heap = node.liveHeap();
                System.out.printf(
                        "crowd: %d hostile, %s; heap %d MB, was %d MB%n",
                        HOSTILE, Standing.of(mob), heap >> 20, before >> 20);
                assertThat(heap).as("the heap with all of them").isLessThan(before + LEFT_OVER + EACH * HOSTILE);
            }
            System.out.println("updates alone, processors busy: " + alone + "\nupdates among the crowd: " + among);
            System.out.println("read alone, processors busy: " + readAlone + "\nread among the crowd: " + readAmong);
            tellGrowth("a writer's", alone, among);
            tellGrowth("a reader's", readAlone, readAmong);

            assertThat(people.stream().filter(one -> !one.isOpen()).count())
                    .as("taken offline")
                    .isZero();
            assertThat(alone.refused() + among.refused()).isZero();
            back(node, people.size(), before);
            assertThat(measure(vertx, writers, PHASE.dividedBy(3)).refused()).isZero();
            if (FULL) {
                assertNobodyWaitsTwiceAsLong("writing", alone, among);
                assertNobodyWaitsTwiceAsLong("reading", readAlone, readAmong);
            }
            people.forEach(one -> Waiting.on(one.close()));
            back(node, 0, before);
            assertThat(node.logged()).doesNotContain(" ERROR ").doesNotContain("OutOfMemory");
        } finally {
            Waiting.on(vertx.close());
        }
    }

    private List<Decent> people(Vertx vertx, NodeProcess node) {
        List<Decent> people = new ArrayList<>();
        for (int from = 0; from < DECENT; from += AT_A_TABLE) {
            String document = run + "/" + from;
            Decent writer = Waiting.on(person(vertx, node, "person-" + from, document, Mode.EDIT));
            await().atMost(SOON).until(writer::holds);
            people.add(writer);
            List<Future<Decent>> others = new ArrayList<>();
            for (int i = from + 1; i < from + AT_A_TABLE; i++) {
                others.add(person(vertx, node, "person-" + i, document, Mode.VIEW));
            }
            Waiting.on(Future.all(others));
            others.forEach(other -> people.add(other.result()));
        }
        return people;
    }

    private static Future<Decent> person(Vertx vertx, NodeProcess node, String name, String document, Mode mode) {
        String token = ISSUER.tokenFor(name, new JsonObject().put("*", "edit"));
        return Decent.in(vertx, ClientOptions.to(node.uri()).withToken(token), document, mode);
    }

    /** Somebody new comes, and again when nobody answers, until it is in; the people there are not to count it. */
    private void arrive(Vertx vertx, NodeProcess node, Queue<Long> arrived, long since) {
        String token = ISSUER.tokenFor("late", new JsonObject().put("*", "edit"));
        ClientOptions options = ClientOptions.to(node.uri()).withToken(token).withConnectTimeout(PATIENCE);
        Decent.in(vertx, options, run + "/late", Mode.VIEW).onComplete(in -> {
            if (in.succeeded()) {
                arrived.add((System.nanoTime() - since) / 1_000);
                in.result().close();
            } else {
                arrive(vertx, node, arrived, since);
            }
        });
    }

    /** Begins a command that has what the processors have left. */
    private static List<String> leftOver() {
        return Files.isExecutable(IDLE) ? List.of(IDLE.toString(), "--idle", "0") : List.of();
    }

    /**
     * The hostile, with what the node's processors have left: they would come from machines of their own, and whom the
     * node serves is not to wait for a processor that it is they who use. A machine whose processors never rest is
     * another one all the same, so what is compared are the waiting times on such a one, without the hostile and with
     * them.
     */
    private static OwnProcess mob(NodeProcess node, Decent other) {
        return OwnProcess.start(
                leftOver(),
                List.of("-Xmx512m"),
                MobMain.class,
                String.valueOf(node.port()),
                SECRET,
                String.valueOf(EVES),
                other.secret(),
                other.document(),
                String.valueOf(HOSTILE),
                BACK.toString(),
                COMING.toString());
    }

    /**
     * How many of the mob's connections there are, were made, and were refused by the kernel, or not answered by it.
     */
    private record Standing(int there, long came, long failed) {
        static Standing of(OwnProcess mob) {
            String[] parts = mob.ask("").split(" ");
            assertThat(parts).as("what the mob says").hasSize(3);
            return new Standing(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
        }

        @Override
        public String toString() {
            return there + " of them there, " + came + " connections of theirs, " + failed + " failed";
        }
    }

    /**
     * Has everybody who has a pen write once in each {@link #PACE}, at any time in it, so that nobody keeps step with
     * something else, and waits until all of it is answered.
     */
    private static Waited measure(Vertx vertx, List<Decent> writers, Duration time) {
        List<ConcurrentLinkedQueue<Long>> took = new ArrayList<>();
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        int each = each(time);
        for (int i = 0; i < writers.size(); i++) {
            Decent writer = writers.get(i);
            ConcurrentLinkedQueue<Long> own = new ConcurrentLinkedQueue<>();
            took.add(own);
            for (int n = 0; n < each; n++) {
                vertx.setTimer(
                        1 + n * PACE + ThreadLocalRandom.current().nextLong(PACE),
                        id -> writer.write(
                                micros -> {
                                    own.add(micros);
                                    answered.incrementAndGet();
                                },
                                refused::incrementAndGet));
            }
        }
        int all = each * writers.size();
        await().atMost(time.plus(SOON)).until(() -> answered.get() + refused.get() == all);
        return Waited.of(took, refused.get());
    }

    /** How often each writes in that time. */
    private static int each(Duration time) {
        return (int) Math.max(1, time.toMillis() / PACE);
    }

    /** Waits until each has read so many updates since this was called last, and takes how long that took. */
    private static Waited read(List<Decent> readers, int each) {
        await().atMost(SOON).until(() -> readers.stream().allMatch(reader -> reader.read() == each));
        return Waited.of(readers.stream().map(Decent::takeRead).toList(), 0);
    }

    private static void tellGrowth(String whose, Waited alone, Waited among) {
        System.out.printf("%s median grew to %.2f times at most%n", whose, among.mostGrown(alone));
        System.out.println(
                whose + " mean grew to " + among.grown(alone).stream().limit(5).toList());
    }

    private static void assertNobodyWaitsTwiceAsLong(String what, Waited alone, Waited among) {
        assertThat(among.millis(0.5)).as(what).isLessThanOrEqualTo(2 * alone.millis(0.5));
        assertThat(among.millis(0.99)).as(what).isLessThanOrEqualTo(2 * alone.millis(0.99));
        assertThat(among.mostGrown(alone))
                .as(what + ", for anybody, at the median")
                .isLessThanOrEqualTo(2);
        assertThat(among.meanGrown(alone))
                .as(what + ", for anybody, on average")
                .isLessThanOrEqualTo(2);
    }

    private static void back(NodeProcess node, long people, long heap) {
        await().atMost(SOON.multipliedBy(2)).untilAsserted(() -> assertThat(node.gauges())
                .containsEntry("baton_sockets", people)
                .containsEntry("baton_beats", people)
                .containsEntry("baton_users", people)
                .containsEntry("baton_sessions", people)
                .containsEntry("baton_session_records", people));
        assertThat(node.liveHeap()).as("the heap when they are gone").isLessThan(heap + LEFT_OVER);
    }
}
