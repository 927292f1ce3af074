package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.ErrorCode;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class NewDocumentsTest {
    private static final int PER_MINUTE = 60;
    private static final long START = 1_000;

    private final NewDocuments documents = new NewDocuments(PER_MINUTE, OptionalInt.empty());

    private int made(NewDocuments by, String user, int wanted, long now) {
        int made = 0;
        for (int i = 0; i < wanted; i++) {
            made += by.make(user, now).isEmpty() ? 1 : 0;
        }
        return made;
    }

    @Test
    void aUserMakesAMinutesWorthAtOnceAndThenOneAtATime() {
        assertThat(made(documents, "ann", 100, START)).isEqualTo(PER_MINUTE);
        assertThat(made(documents, "ann", 100, START + 10_000)).isEqualTo(10);
        assertThat(made(documents, "ann", 100, START + 200_000)).isEqualTo(PER_MINUTE);
        assertThat(documents.refusedByRate()).isEqualTo(40 + 90 + 40);
    }

    @Test
    void oneUserDoesNotUseUpWhatAnotherMayMake() {
        made(documents, "ann", 100, START);

        assertThat(made(documents, "bob", 100, START)).isEqualTo(PER_MINUTE);
    }

    @Test
    void aUserWhoWaitsAsLongAsToldMakesTheNext() {
        made(documents, "ann", PER_MINUTE, START);

        Refusal refusal = documents.make("ann", START).orElseThrow();

        assertThat(refusal.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(refusal).hasMessageContaining("limits.documents-per-minute");
        assertThat(documents.make("ann", START + refusal.retry().getAsLong() - 1))
                .isPresent();
        assertThat(documents.make("ann", START + refusal.retry().getAsLong())).isEmpty();
    }

    @Test
    void inAllThereAreNoMoreThanMayBe() {
        NewDocuments few = new NewDocuments(PER_MINUTE, OptionalInt.of(10));
        few.stored(8);
        assertThat(made(few, "ann", 5, START)).isEqualTo(2);

        Optional<Refusal> refusal = few.make("bob", START);

        assertThat(refusal.map(Refusal::code)).contains(ErrorCode.FORBIDDEN);
        assertThat(refusal.orElseThrow()).hasMessageContaining("limits.documents");
        assertThat(few.refusedByNumber()).isEqualTo(4);
        few.stored(9);
        assertThat(made(few, "bob", 5, START)).as("one was deleted").isEqualTo(1);
    }

    @Test
    void whoHasMadeNoneForAMinuteIsForgotten() {
        for (int i = 0; i < 1_000; i++) {
            documents.make("user-" + i, START);
        }
        for (int i = 0; i < 1_100; i++) {
            documents.make("ann", START + 10_000 + 1_000L * i);
        }
        assertThat(documents.users()).isEqualTo(1);
    }
}
