package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.Json;
import dev.baton.protocol.SeqEntry;
import org.junit.jupiter.api.Test;

/** A snapshot is asked for when many entries, or much text, lie behind the last one; and not at every entry. */
class SnapshotWatchTest {
    private static final int ENTRIES = (int) SnapshotWatch.ENTRIES;
    private static final int SIZE = (int) SnapshotWatch.SIZE;

    private final SnapshotWatch watch = new SnapshotWatch();
    private long head;

    @Test
    void fewSmallEntriesNeedNone() {
        assertThat(asksOver(ENTRIES - 1, 10)).isZero();
    }

    @Test
    void manyEntriesNeedOne() {
        asksOver(ENTRIES - 1, 10);
        assertThat(asksOver(1, 10)).isEqualTo(1);
    }

    @Test
    void fewLargeEntriesNeedOneAsWell() {
        assertThat(asksOver(15, SIZE / 16)).isZero();
        assertThat(asksOver(1, SIZE / 16)).isEqualTo(1);
    }

    @Test
    void whileNoneComesItIsAskedAgainButNotAtEveryEntry() {
        asksOver(ENTRIES, 10);
        assertThat(asksOver(ENTRIES / 2 - 1, 10)).isZero();
        assertThat(asksOver(1, 10)).isEqualTo(1);
        assertThat(asksOver(5 * ENTRIES, 10)).isEqualTo(10);
    }

    @Test
    void ofLargeEntriesItIsAskedAgainButNotAtEveryEntryEither() {
        asksOver(16, SIZE / 16);
        assertThat(asksOver(7, SIZE / 16)).isZero();
        assertThat(asksOver(1, SIZE / 16)).isEqualTo(1);
    }

    @Test
    void aSnapshotBeginsTheCountAnew() {
        asksOver(ENTRIES, 10);
        watch.seen(head);
        assertThat(asksOver(ENTRIES - 1, 10)).isZero();
        assertThat(asksOver(1, 10)).isEqualTo(1);
        watch.seen(head);
        asksOver(15, SIZE / 16);
        watch.seen(head);
        assertThat(asksOver(15, SIZE / 16)).isZero();
        assertThat(asksOver(1, SIZE / 16)).isEqualTo(1);
    }

    @Test
    void aLargeDocumentIsNotStoredAnewForEveryMebibyte() {
        watch.seen(1);
        watch.size(4L * SIZE);
        assertThat(asksOver(63, SIZE / 16)).isZero();
        assertThat(asksOver(1, SIZE / 16)).isEqualTo(1);
    }

    @Test
    void whatOthersHaveReadCountsToo() {
        watch.reaches(SIZE);
        assertThat(watch.due(3)).isTrue();
    }

    @Test
    void thatNoneComesIsSaidMoreAndMoreRarely() {
        int said = 0;
        for (int i = 0; i < 20 * ENTRIES; i++) {
            said += asksOver(1, 10) == 1 && watch.unheeded() ? 1 : 0;
        }
        assertThat(watch.asked()).isGreaterThan(24);
        assertThat(said).as("at the 3rd, 6th, 12th and 24th time").isEqualTo(4);
        watch.seen(head);
        assertThat(watch.asked()).isZero();
    }

    @Test
    void anOlderSnapshotChangesNothing() {
        watch.seen(1_000);
        watch.seen(10);
        head = 1_000;
        assertThat(asksOver(ENTRIES - 1, 10)).isZero();
    }

    @Test
    void aRoomThatOpensFarBehindASnapshotAsksAtOnce() {
        watch.seen(1_000);
        assertThat(watch.due(1_000 + ENTRIES)).isTrue();
    }

    /** How often it is asked while so many entries of that size come. */
    private int asksOver(int entries, int size) {
        int asks = 0;
        for (int i = 0; i < entries; i++) {
            head++;
            watch.grew(new SeqEntry(head, new Json("x".repeat(size))));
            asks += watch.due(head) ? 1 : 0;
        }
        return asks;
    }
}
