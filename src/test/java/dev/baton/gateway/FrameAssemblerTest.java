package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.CloseCode;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Messages come out as they were sent, however they were cut; what is no text, or too much, is refused by its code. */
class FrameAssemblerTest {
    private static final int LARGEST = 100;

    private final FrameAssembler assembler = new FrameAssembler(LARGEST);
    private final Heard heard = new Heard();

    private static final class Heard implements FrameAssembler.Sink {
        private final List<Object> all = new ArrayList<>();

        @Override
        public void text(String message) {
            all.add(message);
        }

        @Override
        public void broken(CloseCode code) {
            all.add(code);
        }
    }

    @Property(tries = 500)
    void aMessageCutAnywhereComesOutWhole(
            @ForAll("messages") List<String> messages, @ForAll List<@IntRange(max = 120) Integer> cuts) {
        FrameAssembler any = new FrameAssembler(LARGEST);
        Heard all = new Heard();
        for (String message : messages) {
            byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
            int[] at = cuts.stream()
                    .mapToInt(cut -> Math.min(cut, bytes.length))
                    .sorted()
                    .toArray();
            int from = 0;
            for (int i = 0; i <= at.length; i++) {
                int to = i < at.length ? at[i] : bytes.length;
                Buffer piece = Buffer.buffer(Arrays.copyOfRange(bytes, from, to));
                if (i == 0) {
                    any.text(piece, at.length == 0, all);
                } else {
                    any.continuation(piece, i == at.length, all);
                }
                from = to;
            }
        }
        assertThat(all.all).isEqualTo(messages);
    }

    @Provide
    Arbitrary<List<String>> messages() {
        return Arbitraries.strings()
                .ofMaxLength(25)
                .filter(text -> text.codePoints().noneMatch(point -> Character.getType(point) == Character.SURROGATE))
                .list()
                .ofMaxSize(3);
    }

    @Example
    void anEmptyFirstFragmentIsAFragment() {
        assembler.text(Buffer.buffer(), false, heard);
        assembler.continuation(Buffer.buffer("ab"), false, heard);
        assembler.continuation(Buffer.buffer(), false, heard);
        assembler.continuation(Buffer.buffer("c"), true, heard);
        assertThat(heard.all).containsExactly("abc");
    }

    @Example
    void anEmptyFirstFragmentOffTheWireIsAFragmentToo() {
        assembler.text(BufferInternal.buffer(Unpooled.EMPTY_BUFFER), false, heard);
        assembler.continuation(Buffer.buffer("abc"), true, heard);
        assertThat(heard.all).containsExactly("abc");
    }

    @Example
    void anEmptyMessageIsAMessage() {
        assembler.text(Buffer.buffer(), true, heard);
        assembler.text(Buffer.buffer(), false, heard);
        assembler.continuation(Buffer.buffer(), true, heard);
        assertThat(heard.all).containsExactly("", "");
    }

    @Example
    void nothingComesOutBeforeTheEnd() {
        assembler.text(Buffer.buffer("ab"), false, heard);
        assembler.continuation(Buffer.buffer("cd"), false, heard);
        assertThat(heard.all).isEmpty();
    }

    @Example
    void theLargestIsTakenAndAByteMoreIsTooLarge() {
        assembler.text(Buffer.buffer("x".repeat(LARGEST)), true, heard);
        assembler.text(Buffer.buffer("x".repeat(LARGEST + 1)), true, heard);
        assertThat(heard.all).containsExactly("x".repeat(LARGEST), CloseCode.TOO_LARGE);
    }

    @Example
    void manySmallOnesAreAsLargeTogether() {
        assembler.text(Buffer.buffer("x".repeat(40)), false, heard);
        assembler.continuation(Buffer.buffer("x".repeat(60)), false, heard);
        assertThat(heard.all).isEmpty();
        assembler.continuation(Buffer.buffer("x"), false, heard);
        assertThat(heard.all).containsExactly(CloseCode.TOO_LARGE);
    }

    @Example
    void aFirstFragmentThatIsTooLargeIsNotWaitedFor() {
        assembler.text(Buffer.buffer("x".repeat(LARGEST + 1)), false, heard);
        assertThat(heard.all).containsExactly(CloseCode.TOO_LARGE);
    }

    @Example
    void sizeIsMeasuredInBytes() {
        assembler.text(Buffer.buffer("€".repeat(34)), true, heard);
        assertThat(heard.all).containsExactly(CloseCode.TOO_LARGE);
    }

    @Example
    void whatIsNotUtf8IsRefused() {
        for (int[] bytes : new int[][] {
            {0xff}, // never
            {0x80}, // goes on with nothing
            {0xc3}, // ends too soon
            {0xc0, 0x80}, // longer than need be
            {0xed, 0xa0, 0x80}, // half of a pair
            {0xf4, 0x90, 0x80, 0x80} // beyond the last
        }) {
            Heard one = new Heard();
            new FrameAssembler(LARGEST).text(buffer(bytes), true, one);
            assertThat(one.all).containsExactly(CloseCode.NOT_UTF8);
        }
    }

    @Example
    void whatIsNotUtf8IsRefusedAcrossFragmentsToo() {
        assembler.text(buffer(0xe2, 0x82), false, heard);
        assembler.continuation(Buffer.buffer("x"), true, heard);
        assertThat(heard.all).containsExactly(CloseCode.NOT_UTF8);
    }

    @Example
    void aCharacterCutInTwoIsWholeAgain() {
        assembler.text(buffer(0xe2, 0x82), false, heard);
        assembler.continuation(buffer(0xac), true, heard);
        assertThat(heard.all).containsExactly("€");
    }

    @Example
    void aContinuationOfNothingIsNothing() {
        assembler.continuation(Buffer.buffer("x"), true, heard);
        assembler.text(Buffer.buffer("y"), true, heard);
        assembler.continuation(Buffer.buffer("z"), true, heard);
        assertThat(heard.all).containsExactly("y");
    }

    @Example
    void theFragmentsOfACallerMayBeUsedAgain() {
        Buffer first = Buffer.buffer("ab");
        assembler.text(first, false, heard);
        first.setString(0, "xy");
        assembler.continuation(Buffer.buffer("c"), true, heard);
        assertThat(heard.all).containsExactly("abc");
    }

    private static Buffer buffer(int... bytes) {
        Buffer buffer = Buffer.buffer();
        for (int one : bytes) {
            buffer.appendByte((byte) one);
        }
        return buffer;
    }
}
