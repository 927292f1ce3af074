package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Signals beyond the rate replace each other, and the last one always goes on. */
class SignalsTest {
    private static final int RATE = 10;

    private final Signals signals = new Signals(RATE, 0);

    private static ClientMessage.Signal signal(String document, int data, boolean keep) {
        return new ClientMessage.Signal(Optional.empty(), document, new Json("" + data), keep);
    }

    private static ClientMessage.Signal signal(int data) {
        return signal("d", data, false);
    }

    private void useUp() {
        for (int i = 0; i < 2 * RATE; i++) {
            assertThat(signals.take(signal(-i), 0)).isTrue();
        }
    }

    @Test
    void beyondTheBurstTheLatestWaitsForItsTime() {
        useUp();
        assertThat(signals.take(signal(1), 0)).isFalse();
        assertThat(signals.take(signal(2), 0)).isFalse();
        assertThat(signals.due(0)).isEmpty();
        assertThat(signals.delay(0)).isEqualTo(100);
        assertThat(signals.due(100)).containsExactly(signal(2));
        assertThat(signals.isEmpty()).isTrue();
    }

    @Test
    void documentsDoNotReplaceEachOtherAndWhatIsKeptIsNotReplacedByWhatIsNot() {
        useUp();
        signals.take(signal("d", 1, true), 0);
        signals.take(signal("e", 2, false), 0);
        signals.take(signal("d", 3, false), 0);
        signals.take(signal("d", 4, true), 0);
        assertThat(signals.due(10_000))
                .containsExactly(signal("e", 2, false), signal("d", 3, false), signal("d", 4, true));
    }

    @Test
    void aPointerAtAThousandHertzIsToldAtTheRateAndTheLastPlaceAlways() {
        List<ClientMessage.Signal> told = new ArrayList<>();
        for (int now = 0; now < 5_000; now++) {
            if (signals.take(signal(now), now)) {
                told.add(signal(now));
            }
            told.addAll(signals.due(now));
        }
        long end = 5_000 + signals.delay(5_000);
        told.addAll(signals.due(end));
        assertThat(told).hasSizeBetween(5 * RATE, 7 * RATE + 1);
        assertThat(told.get(told.size() - 1)).isEqualTo(signal(4_999));
        assertThat(told)
                .as("in order")
                .isSortedAccordingTo((a, b) -> Integer.compare(
                        Integer.parseInt(a.data().text()),
                        Integer.parseInt(b.data().text())));
    }

    @Test
    void whatIsLeftWhenTheClientGoesIsGivenOut() {
        useUp();
        signals.take(signal(1), 0);
        signals.take(signal("e", 2, false), 0);
        signals.forget("e");
        assertThat(signals.rest()).containsExactly(signal(1));
        assertThat(signals.isEmpty()).isTrue();
    }
}
