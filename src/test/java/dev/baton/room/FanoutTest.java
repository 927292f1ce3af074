package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A frame reaches everyone it is meant for once, with one hop a loop. */
class FanoutTest {
    private final List<String> hops = new ArrayList<>();
    private final Lane left = new RecordingLane("left");
    private final Lane right = new RecordingLane("right");
    private final Fanout fanout = new Fanout();

    private final Box ann = new Box("ann", left);
    private final Box ben = new Box("ben", left);
    private final Box cy = new Box("cy", right);

    @Test
    void oneFrameForAllIsOneHopALoop() {
        putAll();
        fanout.send("f");
        assertThat(hops).containsExactlyInAnyOrder("left [ann, ben] f", "right [cy] f");
    }

    @Test
    void eachLoopSaysWhenItHasSentAFrameForAll() {
        AtomicInteger sent = new AtomicInteger();
        assertThat(fanout.send("f", sent::incrementAndGet)).isZero();
        assertThat(sent).hasValue(0);
        putAll();
        assertThat(fanout.send("f", sent::incrementAndGet)).isEqualTo(2);
        assertThat(sent).hasValue(2);
    }

    @Test
    void whoeverCameOrWentSinceIsTakenIntoAccount() {
        putAll();
        fanout.send("f");
        fanout.remove("ben");
        fanout.put("dee", new Box("dee", right));
        hops.clear();
        fanout.send("g");
        assertThat(hops).containsExactlyInAnyOrder("left [ann] g", "right [cy, dee] g");
    }

    @Test
    void whatWasHandedOverIsNotChangedLater() {
        List<List<Outbox>> lists = new ArrayList<>();
        Lane keeping = (to, frame, sent) -> lists.add(to);
        fanout.put("ann", new Box("ann", keeping));
        fanout.send("f");
        fanout.put("ben", new Box("ben", keeping));
        fanout.send("g");
        assertThat(lists.get(0)).hasSize(1);
        assertThat(lists.get(1)).hasSize(2);
    }

    @Test
    void onlyTheOneLeftOutGetsNothing() {
        putAll();
        fanout.sendExcept("ben", "f");
        assertThat(reached()).containsExactlyInAnyOrder("ann f", "cy f");
        hops.clear();
        fanout.sendExcept("cy", "g");
        assertThat(reached()).containsExactlyInAnyOrder("ann g", "ben g");
        hops.clear();
        fanout.sendExcept("nobody", "h");
        assertThat(reached()).containsExactlyInAnyOrder("ann h", "ben h", "cy h");
    }

    @Test
    void toEachItsOwnAndEqualFramesOfOneLoopTogether() {
        putAll();
        fanout.sendEach(session -> Optional.of(session.equals("ann") ? "holder" : "viewer"));
        assertThat(hops).containsExactlyInAnyOrder("left [ann] holder", "left [ben] viewer", "right [cy] viewer");
        hops.clear();
        fanout.sendEach(session -> Optional.of("same"));
        assertThat(hops).containsExactlyInAnyOrder("left [ann, ben] same", "right [cy] same");
    }

    @Test
    void aLaterConnectionOfASessionTakesThePlaceOfTheEarlier() {
        putAll();
        Box again = new Box("ann again", right);
        fanout.put("ann", again);
        fanout.send("f");
        assertThat(reached()).containsExactlyInAnyOrder("ann again f", "ben f", "cy f");
        assertThat(fanout.get("ann")).contains(again);
    }

    @Test
    void anEarlierConnectionCannotTakeALaterOneOut() {
        putAll();
        Box again = new Box("ann again", left);
        fanout.put("ann", again);
        fanout.remove("ann", ann);
        assertThat(fanout.get("ann")).contains(again);
        fanout.remove("ann", again);
        assertThat(fanout.get("ann")).isEmpty();
    }

    @Test
    void withNobodyThereIsNoHop() {
        fanout.send("f");
        fanout.sendEach(session -> Optional.of("g"));
        fanout.sendExcept("ann", "h");
        assertThat(hops).isEmpty();
        assertThat(fanout.isEmpty()).isTrue();
        putAll();
        assertThat(fanout.isEmpty()).isFalse();
    }

    private void putAll() {
        Stream.of(ann, ben, cy).forEach(box -> fanout.put(box.name, box));
    }

    /** Who got what, whichever way. */
    private List<String> reached() {
        List<String> reached = new ArrayList<>();
        for (String hop : hops) {
            String to = hop.substring(hop.indexOf('[') + 1, hop.indexOf(']'));
            String frame = hop.substring(hop.indexOf(']') + 1);
            Stream.of(to.split(", ", -1)).filter(name -> !name.isEmpty()).forEach(name -> reached.add(name + frame));
        }
        return reached;
    }

    private final class RecordingLane implements Lane {
        private final String name;

        RecordingLane(String name) {
            this.name = name;
        }

        @Override
        public void deliver(List<Outbox> to, String frame, Runnable sent) {
            hops.add(name + " " + to + " " + frame);
            sent.run();
        }
    }

    /** A place where nothing is sent but through its lane. */
    private static final class Box implements Outbox {
        private final String name;
        private final Lane lane;

        Box(String name, Lane lane) {
            this.name = name;
            this.lane = lane;
        }

        @Override
        public Lane lane() {
            return lane;
        }

        @Override
        public void send(String frame) {
            throw new AssertionError("sent past the lane: " + frame);
        }

        @Override
        public void sendAsked(String frame, Runnable taken) {
            throw new AssertionError("sent past the lane: " + frame);
        }

        @Override
        public void sendAway() {
            throw new UnsupportedOperationException("nobody is sent away here");
        }

        @Override
        public boolean open() {
            return true;
        }

        @Override
        public void editing(String document, boolean holds) {
            throw new AssertionError("not the fan-out's to say");
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
