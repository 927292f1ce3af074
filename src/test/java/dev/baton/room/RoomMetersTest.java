package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoomMetersTest {
    private final RoomMeters meters = new RoomMeters(wait -> {});

    @Test
    void noMoreIsHandedOverThanMayWaitAndWhatBeginsMakesRoom() {
        long handed = 0;
        for (int i = 0; i < RoomMeters.MOST_WAITING; i++) {
            assertThat(meters.full()).isFalse();
            handed = meters.handed();
        }
        assertThat(meters.full()).isTrue();
        meters.began(handed);
        assertThat(meters.full()).isFalse();
    }
}
