package dev.baton.rights;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a pen waits for a holder that is away depends on what took it away, and on nothing else. */
class ReservationsTest {
    private static final Reservations RESERVATIONS =
            new Reservations(Duration.ofSeconds(3), Duration.ZERO, Duration.ofSeconds(4), Duration.ofMinutes(2));

    @ParameterizedTest
    @CsvSource({"closed, 3000", "timeout, 0", "node-lost, 4000", "anything, 3000"})
    void eachCauseHasItsTime(String cause, long grace) {
        assertThat(RESERVATIONS.away(cause, 1_000, 121_000))
                .isEqualTo(new Presence.Away(cause, 1_000, 1_000 + grace, 121_000));
    }

    @Test
    void aSessionThatIsNotToBeFoundHasTheTimesOfALostNode() {
        assertThat(RESERVATIONS.forgotten(1_000)).isEqualTo(new Presence.Away(Presence.MISSING, 1_000, 5_000, 121_000));
    }
}
