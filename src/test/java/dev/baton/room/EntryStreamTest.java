package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.Json;
import dev.baton.protocol.SeqEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Entries come in any order, twice or never; they go out once, in order, without a gap. */
class EntryStreamTest {
    private final EntryStream stream = new EntryStream();

    // ---- any order ------------------------------------------------------------------------------------------------

    @Property(tries = 500)
    void whateverOrderTheyComeInTheyGoOutOnceInOrderWithoutAGap(
            @ForAll @IntRange(max = 50) int head, @ForAll("arrivals") List<Integer> arrivals) {
        EntryStream any = new EntryStream();
        any.start(head);
        List<Long> delivered = new ArrayList<>();
        for (int arrival : arrivals) {
            any.offer(entry(arrival)).forEach(entry -> delivered.add(entry.seq()));
            assertThat(any.delivered()).isEqualTo(head + delivered.size());
        }
        assertThat(delivered).isEqualTo(seqs(head + 1L, head + (long) delivered.size()));
        boolean nextCame = arrivals.contains(head + delivered.size() + 1);
        assertThat(nextCame).as("the next one came and was held back").isFalse();
        long newest = arrivals.stream().mapToLong(seq -> seq).max().orElse(0);
        assertThat(any.behind()).isEqualTo(newest > any.delivered());
    }

    @Property(tries = 200)
    void whatWasReadFromTheLogFillsTheGaps(@ForAll("arrivals") List<Integer> arrivals) {
        EntryStream any = new EntryStream();
        any.start(0);
        List<Long> delivered = new ArrayList<>();
        arrivals.forEach(arrival -> any.offer(entry(arrival)).forEach(entry -> delivered.add(entry.seq())));
        long newest = arrivals.stream().mapToLong(seq -> seq).max().orElse(0);
        for (long seq = any.delivered() + 1; any.behind(); seq++) {
            any.offer(entry(seq)).forEach(entry -> delivered.add(entry.seq()));
        }
        assertThat(delivered).isEqualTo(seqs(1, newest));
    }

    @Provide
    Arbitrary<List<Integer>> arrivals() {
        return Arbitraries.integers().between(1, 80).list().ofMaxSize(200);
    }

    // ---- the beginning --------------------------------------------------------------------------------------------

    @Example
    void beforeItIsKnownWhereItBeginsNothingGoesOut() {
        assertThat(stream.offer(entry(1))).isEmpty();
        assertThat(stream.behind()).isFalse();
        stream.start(0);
        assertThat(stream.behind()).isTrue();
    }

    @Example
    void onlyTheFirstBeginningCounts() {
        stream.start(10);
        assertThat(stream.offer(entry(11))).hasSize(1);
        stream.start(5);
        assertThat(stream.delivered()).isEqualTo(11);
        stream.start(20);
        assertThat(stream.delivered()).isEqualTo(11);
        assertThat(stream.behind()).isTrue();
    }

    @Example
    void whatIsKnownToBeThereIsMissedUntilItCame() {
        stream.start(10);
        assertThat(stream.behind()).isFalse();
        stream.reach(12);
        assertThat(stream.behind()).isTrue();
        stream.offer(entry(11));
        assertThat(stream.behind()).isTrue();
        stream.offer(entry(12));
        assertThat(stream.behind()).isFalse();
        stream.reach(3);
        assertThat(stream.behind()).isFalse();
    }

    // ---- what is remembered ---------------------------------------------------------------------------------------

    @Example
    void sinceGivesExactlyWhatFollows() {
        stream.start(10);
        offer(11, 20);
        assertThat(stream.since(10).map(EntryStreamTest::seqs)).contains(seqs(11, 20));
        assertThat(stream.since(15).map(EntryStreamTest::seqs)).contains(seqs(16, 20));
        assertThat(stream.since(20)).contains(List.of());
        assertThat(stream.since(25)).contains(List.of());
    }

    @Example
    void sinceIsNeverPartial() {
        stream.start(10);
        assertThat(stream.since(9)).isEmpty();
        offer(11, 20);
        assertThat(stream.since(9)).isEmpty();
        offer(21, 1_000);
        assertThat(stream.since(743)).isEmpty();
        assertThat(stream.since(744).map(EntryStreamTest::seqs)).contains(seqs(745, 1_000));
    }

    @Example
    void ofLargeEntriesFewerAreRememberedAndTheLastAlways() {
        stream.start(0);
        String large = "x".repeat(100 * 1024);
        for (int seq = 1; seq <= 10; seq++) {
            stream.offer(new SeqEntry(seq, new Json(large)));
        }
        assertThat(stream.since(7)).isEmpty();
        assertThat(stream.since(8).map(EntryStreamTest::seqs)).contains(List.of(9L, 10L));
        stream.offer(new SeqEntry(11, new Json("x".repeat(1 << 20))));
        assertThat(stream.since(9)).isEmpty();
        assertThat(stream.since(10).map(EntryStreamTest::seqs)).contains(List.of(11L));
        offer(12, 12);
        assertThat(stream.since(11).map(EntryStreamTest::seqs)).contains(List.of(12L));
    }

    // ---- bounds ---------------------------------------------------------------------------------------------------

    @Example
    void onlySoManyWaitForTheirTurnAndTheOthersAreMissedAgain() {
        stream.start(0);
        offer(2, 5_000);
        assertThat(stream.delivered()).isZero();
        List<SeqEntry> ready = stream.offer(entry(1));
        assertThat(seqs(ready)).isEqualTo(seqs(1, 1_025));
        assertThat(stream.behind()).isTrue();
        offer(1_026, 5_000);
        assertThat(stream.delivered()).isEqualTo(5_000);
        assertThat(stream.behind()).isFalse();
    }

    private void offer(long from, long to) {
        LongStream.rangeClosed(from, to).forEach(seq -> stream.offer(entry(seq)));
    }

    private static SeqEntry entry(long seq) {
        return new SeqEntry(seq, new Json("{\"seq\":" + seq + "}"));
    }

    private static List<Long> seqs(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static List<Long> seqs(List<SeqEntry> entries) {
        return entries.stream().map(SeqEntry::seq).toList();
    }

    @Example
    void anEmptyStreamHasNothingToGive() {
        assertThat(stream.since(0)).isEqualTo(Optional.of(List.of()));
        assertThat(stream.behind()).isFalse();
        assertThat(stream.delivered()).isZero();
    }
}
