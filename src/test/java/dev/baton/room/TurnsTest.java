package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Turns turns = new Turns();
    private final List<String> begun = new ArrayList<>();

    private Future<Void> next(String session, String document, String what, Promise<Void> until) {
        return turns.next(session, document, () -> {
            begun.add(what);
            return until.future();
        });
    }

    private static Promise<Void> done() {
        Promise<Void> done = Promise.promise();
        done.complete();
        return done;
    }

    @Test
    void theNextBeginsWhenTheOneBeforeIsDoneOrHasFailed() {
        Promise<Void> first = Promise.promise();
        Promise<Void> second = Promise.promise();
        next("s", "d", "first", first);
        next("s", "d", "second", second);
        Future<Void> third = next("s", "d", "third", Promise.promise());
        assertThat(begun).containsExactly("first");

        first.fail("for some reason");
        assertThat(begun).containsExactly("first", "second");

        second.complete();
        assertThat(begun).containsExactly("first", "second", "third");
        assertThat(third.isComplete()).isFalse();
    }

    @Test
    void nobodyWaitsForAnotherSessionOrDocument() {
        next("s", "d", "one", Promise.promise());
        next("s", "e", "two", Promise.promise());
        next("t", "d", "three", Promise.promise());
        assertThat(begun).containsExactly("one", "two", "three");
    }

    @Test
    void nothingIsLeftOfWhatIsDone() {
        Promise<Void> first = Promise.promise();
        Promise<Void> second = Promise.promise();
        next("s", "d", "first", first);
        next("s", "d", "second", second);
        first.complete();
        assertThat(turns.size()).isEqualTo(1);
        second.complete();
        assertThat(turns.size()).isZero();
        next("s", "d", "at once", done());
        assertThat(turns.size()).isZero();
    }
}
