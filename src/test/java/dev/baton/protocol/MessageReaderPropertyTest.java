package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever is sent: data goes through untouched, and what is no message is answered in words and nothing else. */
class MessageReaderPropertyTest {
    private static final MessageReader READER = new MessageReader(64, 1 << 20);

    @Property(tries = 1_000)
    void anyDataComesOutAsItWentIn(
            @ForAll("values") String data, @ForAll("values") String unknown, @ForAll("layouts") Layout layout)
            throws BadMessage {
        String frame = layout.frame(
                List.of("\"type\":\"update\"", "\"document\":\"d\"", "\"epoch\":3", "\"id\":\"i\""), data, unknown);
        ClientMessage.Update update = (ClientMessage.Update) READER.read(frame);
        assertThat(update.data().text()).isEqualTo(data);
        assertThat(update.document()).isEqualTo("d");
        assertThat(update.epoch()).isEqualTo(3);
        assertThat(update.id()).isEqualTo("i");
    }

    @Property(tries = 500)
    void aRefComesBackAsItWas(@ForAll("refs") String ref, @ForAll("values") String data, @ForAll("layouts") Layout at)
            throws BadMessage {
        String frame =
                at.frame(List.of("\"type\":\"signal\"", "\"document\":\"d\"", "\"ref\": " + ref + " "), data, "0");
        assertThat(READER.read(frame).ref()).isEqualTo(Optional.of(new Json(ref)));
    }

    @Property(tries = 1_000)
    void garbageIsABadMessageAndNothingElse(@ForAll String garbage) {
        assertReadOrRefused(garbage);
    }

    @Property(tries = 3_000)
    void aMessageWithAFewCharactersChangedIsReadOrRefusedInWords(
            @ForAll("frames") String frame, @ForAll("wounds") List<Wound> wounds) {
        String wounded = frame;
        for (Wound wound : wounds) {
            wounded = wound.in(wounded);
        }
        assertReadOrRefused(wounded);
    }

    private static void assertReadOrRefused(String text) {
        ClientMessage message;
        try {
            message = READER.read(text);
        } catch (BadMessage bad) {
            assertThat(bad.getMessage()).isNotBlank();
            assertThat(bad.code()).isNotNull();
            return;
        }
        assertThat(isOneObject(text)).as(text).isTrue();
        if (message instanceof ClientMessage.Update update) {
            assertThat(isOneObject("{\"data\":" + update.data().text() + "}")).isTrue();
        }
    }

    /** By a parser that has nothing to do with the reader's cutting. */
    private static boolean isOneObject(String text) {
        try (JsonParser parser = new JsonFactory().createParser(text.toCharArray())) {
            if (parser.nextToken() == null || !parser.isExpectedStartObjectToken()) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException notJson) {
            return false;
        }
    }

    /**
     * How a frame is laid out.
     *
     * @param at where the data stands among the other fields
     * @param space between the parts
     * @param padding characters in a field before all others, so that what follows lies across the parser's buffers
     */
    record Layout(int at, String space, int padding) {
        String frame(List<String> fields, String data, String unknown) {
            StringBuilder frame = new StringBuilder(space + "{" + space);
            frame.append("\"padding\":\"").append("é".repeat(padding)).append("\",");
            for (int i = 0; i <= fields.size(); i++) {
                if (i == at % (fields.size() + 1)) {
                    frame.append("\"data\"" + space + ":" + space + data + space + ",");
                }
                if (i < fields.size()) {
                    frame.append(fields.get(i)).append(space).append(',');
                }
            }
            return frame.append("\"unknown\":" + unknown + space + "}" + space).toString();
        }
    }

    /** One character put in, taken out, or put in place of another. */
    record Wound(int at, int what, String character) {
        String in(String text) {
            int from = at % (text.length() + 1);
            int to = Math.min(text.length(), from + (what == 0 ? 0 : 1));
            return text.substring(0, from) + (what == 1 ? "" : character) + text.substring(to);
        }
    }

    @Provide
    Arbitrary<String> values() {
        return JsonTexts.values();
    }

    @Provide
    Arbitrary<String> refs() {
        return Arbitraries.oneOf(JsonTexts.strings(), JsonTexts.numbers());
    }

    @Provide
    Arbitrary<Layout> layouts() {
        Arbitrary<Integer> padding = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(0)),
                Tuple.of(1, Arbitraries.integers().between(3_900, 4_100)),
                Tuple.of(1, Arbitraries.integers().between(32_500, 33_000)),
                Tuple.of(1, Arbitraries.integers().between(39_900, 40_100)));
        return Combinators.combine(Arbitraries.integers().between(0, 9), JsonTexts.space(), padding)
                .as(Layout::new);
    }

    @Provide
    Arbitrary<String> frames() {
        Arbitrary<String> update = Combinators.combine(JsonTexts.values(), JsonTexts.strings())
                .as((data, ref) -> "{\"type\":\"update\",\"ref\":" + ref
                        + ",\"document\":\"a/b\",\"epoch\":12,\"id\":\"x-1\",\"data\":" + data + "}");
        return Arbitraries.oneOf(
                update,
                Arbitraries.of(
                        "{\"type\":\"hello\",\"user\":{\"id\":\"ann\",\"name\":\"Ann\"},\"resume\":\"s.t\",\"ref\":1}",
                        "{\"type\":\"join\",\"document\":\"d\",\"mode\":\"edit\",\"after\":12,\"log\":\"l\"}",
                        "{\"type\":\"answer\",\"document\":\"d\",\"epoch\":3,\"session\":\"s\",\"accept\":true}",
                        "{\"type\":\"release\",\"document\":\"d\",\"epoch\":3,\"to\":\"s\"}",
                        "{\"type\":\"ping\",\"ref\":-1.50e3}"));
    }

    @Provide
    Arbitrary<List<Wound>> wounds() {
        Arbitrary<String> character = Arbitraries.oneOf(
                Arbitraries.strings()
                        .withChars("{}[]\",:\\/0123456789eE.+-truefalsn u\u0000\n")
                        .ofLength(1),
                Arbitraries.strings().all().ofLength(1));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 300),
                        Arbitraries.integers().between(0, 2),
                        character)
                .as(Wound::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }
}
