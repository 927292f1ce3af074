package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.room.Servings.Serving;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServingsTest {
    private final Queue<Runnable> due = new ArrayDeque<>();
    private final Servings servings = new Servings(due::add);
    private final Outbox ann = new NoOutbox();
    private final Outbox ben = new NoOutbox();

    /** A connection of which nothing is known but that it is one. */
    private static final class NoOutbox implements Outbox {
        @Override
        public Lane lane() {
            throw new AssertionError("not asked for");
        }

        @Override
        public void send(String frame) {}

        @Override
        public void sendAsked(String frame, Runnable taken) {}

        @Override
        public void sendAway() {}

        @Override
        public boolean open() {
            return true;
        }

        @Override
        public void editing(String document, boolean holds) {}
    }

    private Serving begin() {
        return servings.tryBegin(ann).orElseThrow();
    }

    private Future<Serving> next(Outbox outbox) {
        return servings.whenFree(outbox).orElseThrow();
    }

    private void runWhatIsDue() {
        for (Runnable task = due.poll(); task != null; task = due.poll()) {
            task.run();
        }
    }

    @Test
    void oneIsServedAtATimeAndTheOthersInTheOrderInWhichTheyCame() {
        Serving first = begin();
        assertThat(servings.tryBegin(ann)).isEmpty();
        Future<Serving> second = next(ann);
        Future<Serving> third = next(ann);
        assertThat(second.isComplete()).isFalse();

        first.end();
        runWhatIsDue();
        assertThat(second.isComplete()).isTrue();
        assertThat(third.isComplete()).isFalse();
        second.result().end();
        runWhatIsDue();
        assertThat(third.isComplete()).isTrue();
    }

    @Test
    void nobodyWaitsForAnother() {
        begin();

        assertThat(next(ben).isComplete()).isTrue();
    }

    @Test
    void whoComesBetweenTheEndOfOneAndTheBeginningOfTheNextWaits() {
        Serving first = begin();
        Future<Serving> second = next(ann);
        first.end();

        assertThat(servings.tryBegin(ann)).isEmpty();

        runWhatIsDue();
        assertThat(second.isComplete()).isTrue();
    }

    @Test
    void endingTwiceIsEndingOnce() {
        Serving first = begin();
        Future<Serving> second = next(ann);
        Future<Serving> third = next(ann);

        first.end();
        first.end();
        runWhatIsDue();

        assertThat(second.isComplete()).isTrue();
        assertThat(third.isComplete()).isFalse();
    }

    @Test
    void nothingIsKeptOfWhoIsServed() {
        Serving first = begin();
        Future<Serving> second = next(ann);
        first.end();
        runWhatIsDue();
        assertThat(servings.size()).isEqualTo(1);

        second.result().end();

        assertThat(servings.size()).isZero();
        Serving.small().end();
        assertThat(servings.size()).isZero();
    }

    @Test
    void ofTooManyThatWaitTheLastIsTurnedAway() {
        begin();
        IntStream.range(0, Servings.WAITING).forEach(i -> next(ann));

        assertThat(servings.whenFree(ann)).isEmpty();
        assertThat(servings.whenFree(ben)).isPresent();
    }
}
