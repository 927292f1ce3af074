package dev.baton.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StandingTest {
    private final Standing standing = new Standing();

    @Test
    void mayNotWriteWhileAnEditOfTheHolderBeforeMayBeOnItsWay() {
        standing.joined(3, 5, true);
        standing.told(List.of(), 5);
        standing.rights(rights(4, Rights.Place.HOLDER));
        standing.prove(5);
        assertThat(standing.writable()).isEmpty();
        assertThat(standing.unproven()).isTrue();

        standing.told(List.of(entry(6, 3)), 6);
        assertThat(standing.writable()).isEmpty();
        standing.told(List.of(entry(7, 4)), 7);
        assertThat(standing.writable()).hasValue(4);
    }

    @Test
    void aJoinThatWasSentSinceProvesItOnceItsHeadIsReached() {
        standing.rights(rights(4, Rights.Place.HOLDER));
        standing.joined(4, 9, true);
        standing.told(List.of(entry(8, 3)), 8);
        assertThat(standing.writable()).isEmpty();
        standing.told(List.of(entry(9, 3)), 9);
        assertThat(standing.writable()).hasValue(4);
    }

    @Test
    void anotherLogProvesNothingOfTheOneBefore() {
        standing.told(List.of(entry(7, 4)), 7);
        standing.joined(2, 9, false);
        standing.rights(rights(4, Rights.Place.HOLDER));
        standing.prove(7);
        assertThat(standing.writable()).isEmpty();
    }

    @Test
    void aDoubtEndsWithAnAnswerOrWithNewsOfTheLock() {
        standing.rights(rights(4, Rights.Place.HOLDER));
        standing.told(List.of(entry(7, 4)), 7);
        standing.doubt();
        assertThat(standing.writable()).isEmpty();
        standing.trust();
        assertThat(standing.writable()).hasValue(4);
        standing.doubt();
        standing.rights(rights(4, Rights.Place.HOLDER));
        assertThat(standing.writable()).hasValue(4);
        standing.rights(rights(5, Rights.Place.QUEUED));
        assertThat(standing.writable()).isEmpty();
    }

    private static Rights rights(long epoch, Rights.Place you) {
        return new Rights(
                "doc",
                epoch,
                Optional.empty(),
                Rights.State.HELD,
                OptionalLong.empty(),
                List.of(),
                0,
                OptionalInt.empty(),
                you,
                "");
    }

    private static Entry entry(long seq, long epoch) {
        return FrameReader.entry(ScriptedNode.entry(seq, "update", "s9", "x", 1).put("epoch", epoch));
    }
}
