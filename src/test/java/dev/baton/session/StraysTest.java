package dev.baton.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StraysTest {

    @Test
    void onlyWhoWasAStrayOnTheSameConnectionBothTimesIsOne() {
        Map<String, Long> first = Map.of("stays", 3L, "came back", 4L, "went", 1L);
        Map<String, Long> second = Map.of("stays", 3L, "came back", 5L, "is new", 1L);

        assertThat(Strays.still(first, second)).isEqualTo(Map.of("stays", 3L));
    }
}
