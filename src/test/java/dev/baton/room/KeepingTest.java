package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeepingTest {
    private int value;
    private final List<Integer> written = new ArrayList<>();
    private final List<Promise<Void>> writings = new ArrayList<>();
    private final Keeping keeping = new Keeping(() -> {
        written.add(value);
        Promise<Void> writing = Promise.promise();
        writings.add(writing);
        return writing.future();
    });

    private void becomes(int other) {
        value = other;
        keeping.keep();
    }

    @Test
    void whatChangesWhileItIsWrittenIsWrittenOnceMoreAsItIsInTheEnd() {
        becomes(1);
        becomes(2);
        becomes(3);
        assertThat(written).containsExactly(1);

        writings.get(0).complete();
        assertThat(written).containsExactly(1, 3);

        writings.get(1).complete();
        assertThat(written).containsExactly(1, 3);
        becomes(4);
        assertThat(written).containsExactly(1, 3, 4);
    }

    @Test
    void aWritingThatFailsIsNotInTheWayOfTheNext() {
        becomes(1);
        becomes(2);
        writings.get(0).fail("for some reason");
        assertThat(written).containsExactly(1, 2);
    }

    @Test
    void aWritingThatCannotEvenBeBegunIsNotInTheWayOfTheNext() {
        List<String> tried = new ArrayList<>();
        Keeping leaving = new Keeping(() -> {
            tried.add("once more");
            throw new IllegalStateException("the cluster is being left");
        });
        leaving.keep();
        leaving.keep();
        assertThat(tried).hasSize(2);
        assertThat(leaving.rest().succeeded()).isTrue();
    }

    @Test
    void atRestNothingIsWrittenAnyMoreWhenWhatWasUnderWayIsDone() {
        becomes(1);
        becomes(2);
        Future<Void> rest = keeping.rest();
        assertThat(rest.isComplete()).isFalse();

        writings.get(0).complete();
        assertThat(rest.succeeded()).isTrue();
        assertThat(written).containsExactly(1);
        assertThat(keeping.rest().succeeded()).isTrue();
    }
}
