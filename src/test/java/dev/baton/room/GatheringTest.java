package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.Json;
import dev.baton.protocol.SeqEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatheringTest {
    private final Gathering gathering = new Gathering();

    private static SeqEntry entry(long seq) {
        return new SeqEntry(seq, new Json("{\"seq\":" + seq + "}"));
    }

    @Test
    void whereNothingIsUnderWayNothingWaits() {
        assertThat(gathering.due()).isFalse();
        gathering.add(List.of(entry(1)));
        assertThat(gathering.due()).isTrue();
        assertThat(gathering.take()).containsExactly(entry(1));
        assertThat(gathering.due()).isFalse();
        assertThat(gathering.isEmpty()).isTrue();
    }

    @Test
    void whatComesMeanwhileGoesTogetherWhenTheLastLoopIsThrough() {
        gathering.left(2);
        gathering.add(List.of(entry(1), entry(2)));
        gathering.add(List.of(entry(3)));
        assertThat(gathering.due()).isFalse();
        gathering.arrived();
        assertThat(gathering.due()).isFalse();
        gathering.arrived();
        assertThat(gathering.due()).isTrue();
        assertThat(gathering.take()).containsExactly(entry(1), entry(2), entry(3));
    }

    @Test
    void whatIsTakenEarlyLeavesTheOthersCounted() {
        gathering.left(1);
        gathering.add(List.of(entry(1)));
        assertThat(gathering.take()).containsExactly(entry(1));
        gathering.left(1);
        gathering.arrived();
        gathering.add(List.of(entry(2)));
        assertThat(gathering.due()).isFalse();
        gathering.arrived();
        assertThat(gathering.due()).isTrue();
    }

    @Test
    void whatGrowsTooLargeDoesNotWait() {
        gathering.left(1);
        Json large = new Json("\"" + "x".repeat(Gathering.MOST / 2) + "\"");
        gathering.add(List.of(new SeqEntry(1, large)));
        assertThat(gathering.due()).isFalse();
        gathering.add(List.of(new SeqEntry(2, large)));
        assertThat(gathering.due()).isTrue();
        gathering.take();
        gathering.add(List.of(entry(3)));
        assertThat(gathering.due()).isFalse();
    }
}
