package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Joined;
import dev.baton.client.Member;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who is in a document, as told by three nodes: the same everywhere, in few messages, without ghosts. */
class PresenceIT {
    private static final Duration EXPIRY = Duration.ofSeconds(5);
    private static final int CROWD = 120;

    private static Nodes nodes;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();
    private final List<BatonClient> clients = new ArrayList<>();

    /** Somebody who only looks, and what it was told when it came. */
    private record Observer(Person person, Joined joined) {
        Set<String> sees() {
            return person.members(joined).stream()
                    .map(member -> member.session() + (member.online() ? " online" : " offline"))
                    .collect(Collectors.toSet());
        }

        List<NodeEvent.Presence> told() {
            return person.heard().all(NodeEvent.Presence.class);
        }

        boolean toldGone(String session) {
            return told().stream().anyMatch(news -> news.left().containsKey(session));
        }
    }

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(PresenceIT.class, 3, Map.of("BATON_SESSION_EXPIRY", EXPIRY.toSeconds() + "s"));
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    @AfterEach
    void sayGoodbye() {
        clients.forEach(BatonClient::abort);
    }

    private Person person(int node, String name) {
        return known(Person.on(vertx, nodes.get(node), name));
    }

    private Person known(Person person) {
        clients.add(person.client());
        return person;
    }

    private Observer observer(int node) {
        Person person = person(node, "observer-" + node);
        return new Observer(person, person.view(document));
    }

    private List<Observer> observers() {
        return List.of(observer(0), observer(1), observer(2));
    }

    /** So many at once, on all nodes in turn; returns when all have joined. */
    private List<BatonClient> crowd(int size) {
        List<Future<BatonClient>> coming = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            ClientOptions options = ClientOptions.to(nodes.get(i % 3).uri()).withUser("c" + i, "c" + i);
            coming.add(BatonClient.connect(vertx, options)
                    .compose(client -> client.join(document, Mode.VIEW).map(client)));
        }
        Waiting.on(Future.all(coming));
        List<BatonClient> crowd = coming.stream().map(Future::result).toList();
        clients.addAll(crowd);
        return crowd;
    }

    private static String online(String session) {
        return session + " online";
    }

    private static Set<String> online(List<Observer> observers, List<BatonClient> others) {
        Set<String> all =
                others.stream().map(client -> online(client.session())).collect(Collectors.toSet());
        observers.forEach(observer -> all.add(online(observer.person().session())));
        return all;
    }

    private static void allSee(List<Observer> observers, Set<String> expected, Duration within) {
        await().atMost(within).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> assertThat(observers)
                .allSatisfy(observer -> assertThat(observer.sees()).isEqualTo(expected)));
    }

    /**
     * One message each 20 ms, the shortest time between two; at most one for every other person, and fewer than persons
     * if it was slow.
     */
    private static int mostIn(long millis) {
        int most = (int) (millis / 20 + 2);
        return Math.min(most, millis < 1_000 ? CROWD / 2 : CROWD - 1);
    }

    @Test
    void thoseWhoComeAndGoInOneMomentAreToldInFewMessages() {
        List<Observer> observers = observers();

        long start = System.nanoTime();
        List<BatonClient> crowd = crowd(CROWD);
        allSee(observers, online(observers, crowd), SOON);
        long millis = (System.nanoTime() - start) / 1_000_000;

        for (Observer observer : observers) {
            long messages = observer.told().stream()
                    .filter(news -> !news.joined().isEmpty())
                    .count();
            System.out.println(CROWD + " joins in " + millis + " ms, told in " + messages + " messages");
            assertThat(messages).isLessThanOrEqualTo(mostIn(millis));
            observer.person().heard().clear();
        }

        start = System.nanoTime();
        Waiting.on(
                Future.all(crowd.stream().map(client -> client.leave(document)).toList()));
        await().atMost(SOON).until(() -> observers.stream()
                .allMatch(observer -> observer.told().stream()
                                .mapToInt(news -> news.left().size())
                                .sum()
                        == CROWD));
        millis = (System.nanoTime() - start) / 1_000_000;
        for (Observer observer : observers) {
            assertThat(observer.told())
                    .hasSizeLessThanOrEqualTo(mostIn(millis))
                    .allSatisfy(news -> assertThat(news.left().values()).containsOnly("left"));
            assertThat(observer.told().get(observer.told().size() - 1).count()).isEqualTo(3);
        }
    }

    @Test
    void whoseConnectionBreaksIsOfflineAtOnceAndGoneWhenTheSessionExpires() {
        List<Observer> observers = observers();
        Person ann = person(0, "ann");
        ann.view(document);
        allSee(observers, online(observers, List.of(ann.client())), SOON);

        try (Bystander bystander = Bystander.of(nodes)) {
            // News are hints: a node that does not know of the newcomer yet sends it none.
            List<String> probes = new ArrayList<>();
            await().atMost(SOON).until(() -> {
                Person probe = person(0, "probe");
                probes.add(probe.session());
                probe.client().close();
                return probes.stream()
                        .anyMatch(session ->
                                !bystander.livenessOf(session, "offline").isEmpty());
            });
            long start = System.nanoTime();
            ann.client().abort();
            for (Observer observer : observers) {
                observer.person().change(document, ann.session(), false);
            }
            assertThat(millisSince(start)).isLessThan(1_500);
            assertThat(observers).noneSatisfy(observer -> assertThat(observer.toldGone(ann.session()))
                    .isTrue());

            for (Observer observer : observers) {
                assertThat(observer.person().departure(document, ann.session())).isEqualTo("expired");
            }
            assertThat(millisSince(start)).isBetween(EXPIRY.toMillis() - 20, EXPIRY.toMillis() + 2_500);
            await().atMost(SOON)
                    .until(() -> bystander.livenessOf(ann.session(), "gone").size() == 1);
            assertThat(bystander.livenessOf(ann.session(), "offline"))
                    .singleElement()
                    .satisfies(news -> assertThat(news.getString("cause")).isEqualTo("closed"));
            assertThat(bystander.livenessOf(ann.session(), "gone"))
                    .singleElement()
                    .satisfies(news -> assertThat(news.getString("cause")).isEqualTo("expired"));
        }
        allSee(observers, online(observers, List.of()), SOON);
    }

    @Test
    void whoComesBackOnAnotherNodeIsOneMemberAllTheTime() {
        List<Observer> observers = observers();
        Person ann = person(0, "ann");
        ann.view(document);
        allSee(observers, online(observers, List.of(ann.client())), SOON);

        Person current = ann;
        for (int node : new int[] {1, 2, 0, 1}) {
            Person before = current;
            before.client().abort();
            observers.get(node).person().change(document, ann.session(), false);
            current = known(before.resumeOn(nodes.get(node)));
            assertThat(current.client().welcome().resumed()).isTrue();
            Joined joined = current.view(document);
            assertThat(joined.members().stream().map(Member::session)).doesNotHaveDuplicates();
            assertThat(joined.count()).isEqualTo(4);
            allSee(observers, online(observers, List.of(current.client())), SOON);
            observers.forEach(
                    observer -> assertThat(observer.toldGone(ann.session())).isFalse());
        }
        // later than the first connections would have expired, it is still there
        Person last = current;
        await().during(EXPIRY.plusSeconds(2)).atMost(SOON).untilAsserted(() -> {
            observers.forEach(
                    observer -> assertThat(observer.toldGone(ann.session())).isFalse());
            assertThat(last.client().isOpen()).isTrue();
        });
        allSee(observers, online(observers, List.of(last.client())), SOON);
    }

    @Test
    void aConnectionWhoseSessionGoesOnElsewhereIsClosedAndNobodySeesIt() {
        List<Observer> observers = observers();
        Person ann = person(0, "ann");
        long epoch = ann.take(document);
        allSee(observers, online(observers, List.of(ann.client())), SOON);

        Person second = known(ann.resumeOn(nodes.get(0)));
        assertThat(ann.closeCode()).isEqualTo(4500);
        second.edit(document);
        Person third = known(second.resumeOn(nodes.get(1)));
        assertThat(second.closeCode()).isEqualTo(4500);
        Joined joined = third.edit(document);

        assertThat(third.session()).isEqualTo(ann.session());
        assertThat(joined.rights().you()).isEqualTo(Rights.Place.HOLDER);
        assertThat(joined.rights().epoch()).isEqualTo(epoch);
        allSee(observers, online(observers, List.of(third.client())), SOON);
        observers.forEach(
                observer -> assertThat(observer.toldGone(ann.session())).isFalse());
    }

    @Test
    void aLargeRoomsListIsCutToTheHolderTheQueueAndTheNewest() {
        Person holder = person(0, "holder");
        Person second = person(1, "second");
        holder.take(document);
        second.edit(document);
        crowd(120);
        List<BatonClient> late = crowd(130);
        Person last = person(2, "last");

        Joined joined = last.view(document);

        await().atMost(SOON).untilAsserted(() -> {
            Joined again = last.view(document);
            assertThat(again.count()).isEqualTo(253);
            List<Member> members = again.members();
            Set<String> sessions = members.stream().map(Member::session).collect(Collectors.toSet());
            assertThat(sessions).hasSize(members.size()).contains(holder.session(), second.session(), last.session());
            assertThat(members.size()).isBetween(100, 103);
            Set<String> newest = late.stream().map(BatonClient::session).collect(Collectors.toSet());
            newest.add(last.session());
            assertThat(members.stream()
                            .sorted(Comparator.comparingLong(Member::since).reversed())
                            .limit(100)
                            .map(Member::session))
                    .allSatisfy(session -> assertThat(newest).contains(session));
        });
        assertThat(joined.rights().holder().map(Member::session)).contains(holder.session());
    }

    @Test
    void afterANodeIsKilledAndAnotherStartedAllShowTheSameMembers() {
        NodeProcess doomed = nodes.add(1, Map.of()).get(0);
        List<Observer> observers = observers();
        List<BatonClient> crowd = crowd(30);
        List<Person> lost = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Person one = known(Person.on(vertx, doomed, "lost-" + i));
            one.view(document);
            lost.add(one);
        }
        List<BatonClient> all = new ArrayList<>(crowd);
        lost.forEach(one -> all.add(one.client()));
        allSee(observers, online(observers, all), SOON);

        long start = System.nanoTime();
        doomed.kill();
        for (Observer observer : observers) {
            for (Person one : lost) {
                assertThat(observer.person().departure(document, one.session())).isEqualTo("node-lost");
            }
        }
        allSee(observers, online(observers, crowd), SOON);
        System.out.println("killed node: its members have left after " + millisSince(start) + " ms");
        assertThat(millisSince(start)).as("detection and two seconds").isLessThan(3_000);

        NodeProcess fresh = nodes.add(1, Map.of()).get(0);
        Person late = known(Person.on(vertx, fresh, "late"));
        Joined joined = late.view(document);
        Person back = known(lost.get(0).resumeOn(fresh));
        back.view(document);
        List<BatonClient> now = new ArrayList<>(crowd);
        now.add(late.client());
        now.add(back.client());
        List<Observer> everybody = new ArrayList<>(observers);
        everybody.add(new Observer(late, joined));
        Set<String> expected = online(everybody, now);
        allSee(everybody, expected, SOON);
        fresh.kill();
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
