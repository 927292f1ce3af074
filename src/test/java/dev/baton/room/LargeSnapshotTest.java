package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.Json;
import io.vertx.core.json.JsonObject;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A large snapshot is cut into frames that each fit into a message, and that make the same text when they are joined.
 */
class LargeSnapshotTest {
    private static final int MESSAGE = 2_048;
    private static final String[] LETTERS = {"a", "\"", "\\\\", "é", "€", "😀", " "};

    private static String joined(LargeSnapshot large) {
        StringBuilder all = new StringBuilder();
        for (int part = 1; part <= large.parts(); part++) {
            String frame = large.frame(part);
            assertThat(Json.bytes(frame)).isLessThanOrEqualTo(MESSAGE);
            JsonObject json = new JsonObject(frame);
            assertThat(json.getString("type")).isEqualTo("snapshot-part");
            assertThat(json.getInteger("part")).isEqualTo(part);
            all.append(json.getString("data"));
        }
        return all.toString();
    }

    @Test
    void theFramesFitAndMakeTheSameText() {
        Random random = new Random(5);
        for (int length : new int[] {1, 511, 512, 513, 5_000}) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                text.append(LETTERS[random.nextInt(LETTERS.length)]);
            }
            LargeSnapshot large = LargeSnapshot.of("d".repeat(200), 7, text.toString(), MESSAGE);
            assertThat(joined(large)).isEqualTo(text.toString());
        }
    }

    @Test
    void noPieceEndsWithinASurrogatePair() {
        for (int shift = 0; shift < 3; shift++) {
            String text = "x".repeat(shift) + "😀".repeat(3_000);
            assertThat(joined(LargeSnapshot.of("d", 7, text, MESSAGE))).isEqualTo(text);
        }
    }

    @Test
    void aFrameIsMadeOnceForAll() {
        LargeSnapshot large = LargeSnapshot.of("d", 7, "x".repeat(5_000), MESSAGE);
        assertThat(large.frame(2)).isSameAs(large.frame(2));
        assertThat(large.is(7, "x".repeat(5_000))).isTrue();
        assertThat(large.is(8, "x".repeat(5_000))).isFalse();
    }

    @Test
    void largeIsWhatDoesNotFitInBytes() {
        assertThat(LargeSnapshot.isLarge("x".repeat(MESSAGE), MESSAGE)).isFalse();
        assertThat(LargeSnapshot.isLarge("x".repeat(MESSAGE + 1), MESSAGE)).isTrue();
        assertThat(LargeSnapshot.isLarge("€".repeat(MESSAGE / 3), MESSAGE)).isFalse();
        assertThat(LargeSnapshot.isLarge("€".repeat(MESSAGE / 3 + 1), MESSAGE)).isTrue();
    }
}
