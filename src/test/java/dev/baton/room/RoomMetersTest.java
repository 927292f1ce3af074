package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.rights.HandOverMeters;
import org.junit.jupiter.api.Test;

class RoomMetersTest {
    private final RoomMeters meters = new RoomMeters(wait -> {}, new HandOverMeters() {
        @Override
        public void completed(String cause, long millis) {}

        @Override
        public void took(Phase phase, long nanos) {}
    });

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
