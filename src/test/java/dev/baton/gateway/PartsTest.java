package dev.baton.gateway;

import static dev.baton.protocol.ClientMessage.Divided.SNAPSHOT;
import static dev.baton.protocol.ClientMessage.Divided.UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.ClientMessage;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Json;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Parts are put together in order; what cannot be is answered once, names its fault, and leaves nothing behind. */
class PartsTest {
    private static final int LARGEST_UPDATE = 100;
    private static final int LARGEST_SNAPSHOT = 1_000;

    private final PartsBudget budget = new PartsBudget(2_000);
    private final Parts parts = new Parts(kind -> kind == UPDATE ? LARGEST_UPDATE : LARGEST_SNAPSHOT, 1_500, budget);

    @AfterEach
    void nothingIsLeft() {
        parts.clear();
        assertThat(budget.used()).isZero();
        assertThat(parts.unfinished()).isFalse();
    }

    private static ClientMessage.Part update(String id, int part, int of, String data) {
        return new ClientMessage.Part(Optional.of(new Json("" + part)), "d", UPDATE, 1, id, 0, part, of, data);
    }

    private static ClientMessage.Part snapshot(long seq, int part, int of, String data) {
        return new ClientMessage.Part(Optional.empty(), "d", SNAPSHOT, 1, "", seq, part, of, data);
    }

    private void keeps(ClientMessage.Part part) {
        assertThat(parts.take(part, 0)).isEqualTo(new Parts.Outcome.Kept());
    }

    private void drops(ClientMessage.Part part) {
        assertThat(parts.take(part, 0)).isEqualTo(new Parts.Outcome.Dropped());
    }

    private void fails(ClientMessage.Part part, ErrorCode code, String message) {
        assertThat(parts.take(part, 0)).isInstanceOfSatisfying(Parts.Outcome.Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(code);
            assertThat(failed.message()).startsWith(message);
        });
    }

    private void completes(ClientMessage.Part part, String text) {
        assertThat(parts.take(part, 0)).isEqualTo(new Parts.Outcome.Whole(part, text));
    }

    @Test
    void partsInOrderMakeTheWhole() {
        keeps(update("a", 1, 3, "[1"));
        keeps(update("a", 2, 3, ",2"));
        completes(update("a", 3, 3, "]"), "[1,2]");
        assertThat(budget.used()).isZero();
        completes(update("b", 1, 1, "7"), "7");
    }

    @Test
    void aSnapshotAndAnUpdateMayComeBetweenEachOther() {
        keeps(snapshot(9, 1, 2, "{"));
        keeps(update("a", 1, 2, "["));
        completes(snapshot(9, 2, 2, "}"), "{}");
        completes(update("a", 2, 2, "]"), "[]");
    }

    @Test
    void aPartOutOfOrderEndsTheSeriesAndTheRestIsDropped() {
        keeps(update("a", 1, 4, "1"));
        fails(update("a", 3, 4, "3"), ErrorCode.BAD_MESSAGE, "part 3 of update 'a' came where part 2 is due");
        assertThat(budget.used()).isZero();
        drops(update("a", 4, 4, "4"));
        keeps(update("a", 1, 2, "1"));
        completes(update("a", 2, 2, "2"), "12");
    }

    @Test
    void aSeriesBeginsWithItsFirstPart() {
        fails(snapshot(9, 2, 3, "x"), ErrorCode.BAD_MESSAGE, "part 2 of snapshot of seq 9 came without part 1");
        drops(snapshot(9, 3, 3, "x"));
    }

    @Test
    void theNumberOfPartsStays() {
        keeps(update("a", 1, 3, "1"));
        fails(update("a", 2, 4, "2"), ErrorCode.BAD_MESSAGE, "parts of update 'a' was 3 and is now 4");
    }

    @Test
    void twoSeriesDoNotMix() {
        keeps(update("a", 1, 3, "1"));
        fails(
                update("b", 2, 3, "2"),
                ErrorCode.BAD_MESSAGE,
                "part 2 of update 'b' came between the parts of update 'a', whose part 2 is due");
    }

    @Test
    void theFirstPartOfAnotherSeriesGivesTheOneBeforeUp() {
        keeps(update("a", 1, 3, "1"));
        keeps(update("a", 2, 3, "2"));
        ClientMessage.Part other = update("b", 1, 2, "x");
        assertThat(parts.begins(other))
                .contains(new Parts.Abandoned(
                        Optional.of(new Json("2")),
                        "update 'a' at part 2 of 3 was given up: update 'b' began after it"));
        keeps(other);
        completes(update("b", 2, 2, "y"), "xy");
    }

    @Test
    void theSameSeriesMayBeginAgain() {
        keeps(update("a", 1, 2, "1"));
        assertThat(parts.begins(update("a", 1, 2, "one"))).isEmpty();
        keeps(update("a", 1, 2, "one"));
        completes(update("a", 2, 2, "two"), "onetwo");
    }

    @Test
    void eachTypeHasItsLimitInBytes() {
        keeps(update("a", 1, 3, "x".repeat(60)));
        fails(update("a", 2, 3, "é".repeat(21)), ErrorCode.TOO_LARGE, "data of update 'a' must not exceed 100 bytes");
        keeps(snapshot(1, 1, 2, "x".repeat(1_000)));
        completes(snapshot(1, 2, 2, ""), "x".repeat(1_000));
    }

    @Test
    void aSessionsPartsAreBounded() {
        keeps(snapshot(1, 1, 3, "x".repeat(900)));
        ClientMessage.Part elsewhere =
                new ClientMessage.Part(Optional.empty(), "e", SNAPSHOT, 1, "", 1, 1, 2, "x".repeat(600));
        fails(elsewhere, ErrorCode.BUSY, "the unfinished parts of one session must not exceed 1500 bytes");
        completes(snapshot(1, 1, 1, "y"), "y");
        keeps(elsewhere);
    }

    @Test
    void theNodesPartsAreBounded() {
        assertThat(budget.tryTake(1_500)).isTrue();
        fails(snapshot(1, 1, 3, "x".repeat(500)), ErrorCode.BUSY, "too many unfinished parts wait on this node");
        budget.giveBack(1_500);
        keeps(snapshot(1, 1, 3, "x".repeat(500)));
    }

    @Test
    void aSeriesThatIsNotGoneOnWithIsGivenUp() {
        keeps(update("a", 1, 3, "1"));
        assertThat(parts.expire(Parts.PATIENCE - 1)).isEmpty();
        assertThat(parts.expire(Parts.PATIENCE))
                .containsExactly(new Parts.Abandoned(
                        Optional.of(new Json("1")), "update 'a' at part 1 of 3 was not gone on with for 30000 ms"));
        assertThat(budget.used()).isZero();
        drops(update("a", 2, 3, "2"));
        assertThat(parts.expire(3 * Parts.PATIENCE)).as("it was answered").isEmpty();
    }

    @Test
    void whoLeavesADocumentHasNoPartsThere() {
        keeps(update("a", 1, 2, "1"));
        parts.forget("d");
        assertThat(budget.used()).isZero();
        fails(update("a", 2, 2, "2"), ErrorCode.BAD_MESSAGE, "part 2 of update 'a' came without part 1");
    }

    @Test
    void whatWasRefusedElsewhereIsDroppedToItsEnd() {
        parts.refuse(update("a", 1, 3, "1"));
        drops(update("a", 2, 3, "2"));
        drops(update("a", 3, 3, "3"));
    }
}
