package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnstileTest {
    private final List<Integer> in = new ArrayList<>();
    private final Turnstile turnstile = new Turnstile(2);

    private void comes(int who) {
        turnstile.enter(() -> in.add(who));
    }

    @Test
    void soManyAreInAtATimeAndTheOthersFollowInTheirOrder() {
        for (int who = 1; who <= 5; who++) {
            comes(who);
        }
        assertThat(in).containsExactly(1, 2);
        assertThat(turnstile.waiting()).isEqualTo(3);
        turnstile.leave();
        assertThat(in).containsExactly(1, 2, 3);
        turnstile.leave();
        turnstile.leave();
        assertThat(in).containsExactly(1, 2, 3, 4, 5);
        turnstile.leave();
        turnstile.leave();
        assertThat(turnstile.waiting()).isZero();
    }

    @Test
    void whoHasGoneMeanwhileTakesNoPlaceHoweverManyTheyAre() {
        comes(1);
        comes(2);
        for (int gone = 0; gone < 100_000; gone++) {
            turnstile.enter(() -> false);
        }
        comes(3);
        turnstile.leave();
        assertThat(in).containsExactly(1, 2, 3);
        comes(4);
        assertThat(in).doesNotContain(4);
        turnstile.leave();
        assertThat(in).containsExactly(1, 2, 3, 4);
    }
}
