package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.room.Servings.Serving;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServingsTest {
    private final Servings servings = new Servings();
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

    @Test
    void twoAreServedAtATimeAndTheOthersInTheOrderInWhichTheyCame() {
        Serving first = begin();
        Serving second = begin();
        assertThat(servings.tryBegin(ann)).isEmpty();
        Future<Serving> third = next(ann);
        Future<Serving> fourth = next(ann);
        assertThat(third.isComplete()).isFalse();

        second.end();
        assertThat(third.isComplete()).isTrue();
        assertThat(fourth.isComplete()).isFalse();
        first.end();
        assertThat(fourth.isComplete()).isTrue();
    }

    @Test
    void nobodyWaitsForAnother() {
        begin();
        begin();

        assertThat(next(ben).isComplete()).isTrue();
    }

    @Test
    void endingTwiceIsEndingOnce() {
        Serving first = begin();
        begin();
        Future<Serving> third = next(ann);
        Future<Serving> fourth = next(ann);

        first.end();
        first.end();

        assertThat(third.isComplete()).isTrue();
        assertThat(fourth.isComplete()).isFalse();
    }

    @Test
    void nothingIsKeptOfWhoIsServed() {
        Serving first = begin();
        Serving second = begin();
        Future<Serving> third = next(ann);
        first.end();
        second.end();
        assertThat(servings.size()).isEqualTo(1);

        third.result().end();

        assertThat(servings.size()).isZero();
        Serving.small().end();
        assertThat(servings.size()).isZero();
    }

    @Test
    void ofTooManyThatWaitTheLastIsTurnedAway() {
        begin();
        begin();
        IntStream.range(0, Servings.WAITING).forEach(i -> next(ann));

        assertThat(servings.whenFree(ann)).isEmpty();
        assertThat(servings.whenFree(ben)).isPresent();
    }

    @Test
    void thoseThatEndAtOnceDoNotPileUpOnTheStack() {
        Serving first = begin();
        Serving second = begin();
        List<Integer> order = new ArrayList<>();
        List<Integer> depths = new ArrayList<>();
        for (int i = 0; i < Servings.WAITING; i++) {
            int number = i;
            next(ann).onSuccess(turn -> {
                order.add(number);
                depths.add(Thread.currentThread().getStackTrace().length);
                turn.end();
            });
        }

        first.end();

        assertThat(order).hasSize(Servings.WAITING).isSorted();
        assertThat(depths.stream().distinct()).hasSize(1);
        second.end();
        assertThat(servings.size()).isZero();
    }
}
