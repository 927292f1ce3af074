package dev.baton.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Several nodes that tell each other of their rosters over a network that loses, repeats and reorders what it likes.
 * Once they have looked up the sessions they seat, compared digests, and sent whole rosters where these differ, all
 * show the same members: nobody missing, no ghosts.
 */
class RostersConvergeTest {
    private static final int NODES = 3;
    private static final int SESSIONS = 5;

    private enum Deed {
        CONNECT,
        LOSE,
        LEAVE,
        MODE,
        TELL,
        TELL_WHOLE,
        DELIVER,
        DELIVER_AND_KEEP,
        DROP,
        FLUSH,
        SETTLE,
        COMPARE,
        CHECK_SESSIONS
    }

    record Step(Deed deed, int session, int node, int pick) {}

    @Property(tries = 400)
    void allNodesShowTheSameInTheEnd(@ForAll("histories") List<Step> history) {
        World world = new World();
        history.forEach(world::take);
        world.comeToRest();
        Map<String, Member> truth = world.truth();
        for (Node node : world.nodes) {
            assertThat(node.watcher)
                    .as("what a watcher on %s has pieced together", node.id)
                    .isEqualTo(truth);
            assertThat(node.roster.count()).isEqualTo(truth.size());
            assertThat(node.roster.members(List.of())).containsExactlyInAnyOrderElementsOf(truth.values());
            assertThat(node.roster.dirty()).isFalse();
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Deed> deed = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.of(Deed.CONNECT)),
                Tuple.of(2, Arbitraries.of(Deed.LOSE)),
                Tuple.of(2, Arbitraries.of(Deed.LEAVE)),
                Tuple.of(1, Arbitraries.of(Deed.MODE)),
                Tuple.of(4, Arbitraries.of(Deed.TELL)),
                Tuple.of(1, Arbitraries.of(Deed.TELL_WHOLE)),
                Tuple.of(6, Arbitraries.of(Deed.DELIVER)),
                Tuple.of(1, Arbitraries.of(Deed.DELIVER_AND_KEEP)),
                Tuple.of(2, Arbitraries.of(Deed.DROP)),
                Tuple.of(2, Arbitraries.of(Deed.FLUSH)),
                Tuple.of(1, Arbitraries.of(Deed.COMPARE, Deed.CHECK_SESSIONS)));
        Arbitrary<Integer> any = Arbitraries.integers().between(0, 1_000);
        return Combinators.combine(deed, any, any, any)
                .as(Step::new)
                .list()
                .ofMinSize(10)
                .ofMaxSize(150);
    }

    /** A node, and what somebody who watches there has been shown. */
    private static final class Node {
        private final String id;
        private final RoomRoster roster;
        private final Map<String, Member> watcher = new LinkedHashMap<>();

        Node(int number) {
            this.id = "node-" + number;
            this.roster = new RoomRoster("d", id, 1_000L * (number + 1));
        }

        /** What is shown is checked on the way: nobody joins twice, leaves without being there, or changes unseen. */
        void flush() {
            PresenceDiff diff = roster.flush();
            diff.joined().forEach(member -> assertThat(watcher.put(member.session(), member))
                    .isNull());
            diff.changed().forEach(member -> assertThat(watcher.put(member.session(), member))
                    .isNotNull());
            diff.left().keySet().forEach(session -> assertThat(watcher.remove(session))
                    .isNotNull());
        }
    }

    private record Message(Node to, RosterDiff diff) {}

    private static final class World {
        private final List<Node> nodes = new ArrayList<>();
        private final List<Message> underway = new ArrayList<>();
        private final Map<String, Node> homes = new LinkedHashMap<>();
        private final Map<String, Long> generations = new LinkedHashMap<>();

        World() {
            for (int i = 0; i < NODES; i++) {
                nodes.add(new Node(i));
            }
        }

        void take(Step step) {
            String session = "s" + step.session % SESSIONS;
            Node node = nodes.get(step.node % NODES);
            switch (step.deed) {
                case CONNECT -> connect(session, node);
                case LOSE -> change(session, member -> member.present(false));
                case MODE -> change(session, member -> member.as(member.mode() == Mode.EDIT ? Mode.VIEW : Mode.EDIT));
                case LEAVE -> {
                    Node home = homes.remove(session);
                    if (home != null) {
                        home.roster.unseat(session, "left");
                    }
                }
                case TELL -> tell(node);
                case TELL_WHOLE -> others(node).forEach(other -> underway.add(new Message(other, node.roster.whole())));
                case DELIVER -> pick(step.pick).ifPresent(this::deliver);
                case DELIVER_AND_KEEP ->
                    pick(step.pick).ifPresent(message -> {
                        deliver(message);
                        underway.add(message);
                    });
                case DROP -> pick(step.pick);
                case FLUSH -> node.flush();
                case SETTLE -> node.roster.settle();
                case COMPARE -> compare();
                case CHECK_SESSIONS -> checkSessions(node);
            }
        }

        private Optional<Message> pick(int at) {
            return underway.isEmpty() ? Optional.empty() : Optional.of(underway.remove(at % underway.size()));
        }

        /** A session comes, or comes back, to this node or from another one. */
        private void connect(String session, Node node) {
            long generation = generations.merge(session, 1L, Long::sum);
            Member member = new Member(session, new User("u", "U"), Mode.VIEW, 7, true);
            node.roster.seat(new Seat(member, generation));
            homes.put(session, node);
        }

        private void change(String session, UnaryOperator<Member> change) {
            Node home = homes.get(session);
            if (home != null) {
                Seat seat = home.roster.local(session).orElseThrow();
                home.roster.seat(new Seat(change.apply(seat.member()), seat.generation()));
            }
        }

        private List<Node> others(Node node) {
            return nodes.stream().filter(other -> other != node).toList();
        }

        private void tell(Node node) {
            node.roster.localDiff().ifPresent(diff -> others(node)
                    .forEach(other -> underway.add(new Message(other, diff))));
        }

        /**
         * As a room does: asks for the whole when something is missing, and lets go of a session that went on there.
         */
        private void deliver(Message message) {
            RoomRoster roster = message.to.roster;
            RosterDiff diff = RosterDiff.of(message.diff.toJson());
            if (!roster.apply(diff)) {
                Node from = nodes.stream()
                        .filter(node -> node.id.equals(diff.node()))
                        .findFirst()
                        .orElseThrow();
                underway.add(new Message(message.to, from.roster.whole()));
            }
            for (Seat seat : diff.put()) {
                if (roster.movedAway(seat.session())) {
                    roster.unseat(seat.session(), "moved");
                }
            }
        }

        /**
         * One comparison of all with all, as a round does it: a number first, and only if that differs the versions.
         */
        private void compare() {
            for (Node from : nodes) {
                for (Node to : others(from)) {
                    long held = to.roster.held().getOrDefault(from.id, 0L);
                    long there = from.roster.locals().isEmpty() ? 0 : from.roster.digest();
                    long here = held == 0 ? 0 : Roster.digest("d", held);
                    if (here != there && held != from.roster.version()) {
                        deliver(new Message(to, from.roster.whole()));
                    }
                }
            }
        }

        /** As a round does it: lets go of the seats whose session is elsewhere, or nowhere, by its own record. */
        private void checkSessions(Node node) {
            for (Seat seat : List.copyOf(node.roster.locals())) {
                if (homes.get(seat.session()) != node) {
                    node.roster.unseat(seat.session(), "moved");
                }
            }
        }

        /** Nothing happens any more, and nothing is lost; what is underway still comes, in any order. */
        void comeToRest() {
            while (!underway.isEmpty()) {
                deliver(underway.remove(underway.size() - 1));
            }
            for (int round = 0; round < 3; round++) {
                nodes.forEach(this::checkSessions);
                nodes.forEach(this::tell);
                nodes.forEach(Node::flush);
                nodes.forEach(node -> node.roster.settle());
                underway.clear(); // even the last news is lost: the comparison alone must do
                compare();
            }
            nodes.forEach(Node::flush);
        }

        Map<String, Member> truth() {
            Map<String, Member> truth = new LinkedHashMap<>();
            homes.forEach((session, home) ->
                    truth.put(session, home.roster.local(session).orElseThrow().member()));
            return truth;
        }
    }
}
