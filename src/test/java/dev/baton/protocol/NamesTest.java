package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the names that people and their directories come up with. */
class NamesTest {
    private static final int LONGEST = 64;

    private static String shown(String name) {
        return Names.shown(name, "id-7", LONGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Zoë", "王小明", "محمد", "👩‍👩‍👧", "क्‍ष", "می‌خواهم", "O'Neill", "<b>", "Ada Lovelace", "1"})
    void namesOfAllScriptsStayAsTheyAre(String name) {
        assertThat(shown(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "An\u00adna|Anna", // soft hyphen
                "\u200fAnna\u200f|Anna", // right-to-left mark
                "\ufeffAnna|Anna", // byte order mark
                "An\u200bna|Anna", // zero-width space
                "E\u202eve|Eve",
                "E\u2066v\u2069e|Eve",
                "Ada\u0000Lovelace|Ada Lovelace",
                "Ada\u2028\u2029Lovelace|Ada Lovelace",
                "Ada \t  Lovelace|Ada Lovelace",
                "Ada\u00a0Lovelace|Ada Lovelace",
                "\u3000Ada\u2003|Ada",
                "A\ud800b|Ab",
                "A\udc00|A",
                "Ann\u200d|Ann", // a joiner that joins nothing
                "e\u0301|\u00e9" // composed
            },
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false)
    void whatBreaksALineOrHidesTextIsTakenOut(String given, String shown) {
        assertThat(shown(given)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\u00a0",
                "\u00a0\u00a0",
                "\u200b",
                "\u200d\u200c",
                "\u00ad",
                "\ufeff",
                "\u2800",
                "\u3164",
                "\u115f\u1160",
                "\uffa0",
                "\ufe0f",
                "\u034f",
                "\n",
                "\ud800",
                "\u3000",
                "\u180e"
            })
    void ofANameWithNothingToSeeTheIdIsShown(String name) {
        assertThat(shown(name)).isEqualTo("id-7");
    }

    @Example
    void aNameIsOneLine() {
        assertThat(shown("Ada\r\nLovelace\n")).isEqualTo("Ada Lovelace");
    }

    @Example
    void whereTheIdShowsNothingEitherItIsSomebodyWithoutAName() {
        assertThat(Names.shown("", "\u3164", LONGEST)).isEqualTo(Names.ANONYMOUS);
        assertThat(Names.shown("\u200b", "\u00a0", LONGEST)).isEqualTo(Names.ANONYMOUS);
    }

    @Example
    void aLongNameIsCutBetweenCharacters() {
        assertThat(shown("n".repeat(65))).isEqualTo("n".repeat(64));
        assertThat(shown("😀".repeat(65))).isEqualTo("😀".repeat(64));
        assertThat(shown("n".repeat(63) + "\u200d👩"))
                .as("no joiner is left at the end")
                .isEqualTo("n".repeat(63));
        assertThat(shown("n".repeat(63) + " Lovelace")).as("nor a space").isEqualTo("n".repeat(63));
        assertThat(Names.shown("", "x".repeat(255), LONGEST))
                .as("the id in place of a name")
                .isEqualTo("x".repeat(64));
    }

    @Provide
    Arbitrary<String> anything() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(80),
                Arbitraries.strings()
                        .withChars(
                                '\u00a0', '\u200b', '\u200d', '\u00ad', '\u202e', '\u0301', '\u3164', '\ud83d',
                                '\ude00', 'a', ' ')
                        .ofMaxLength(80));
    }

    @Property(tries = 1_000)
    void whateverComesSomethingIsShownThatIsWellFormedAndWithinTheLimit(
            @ForAll("anything") String name, @ForAll("anything") String id) {
        String shown = Names.shown(name, id, LONGEST);

        assertThat(shown).isNotBlank();
        assertThat(shown.codePointCount(0, shown.length())).isBetween(1, LONGEST);
        assertThat(shown.codePoints()).noneMatch(point -> switch (Character.getType(point)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            case Character.FORMAT -> point != 0x200c && point != 0x200d;
            default -> false;
        });
        assertThat(shown).isEqualTo(shown.strip());
        assertThat(Normalizer.isNormalized(shown, Normalizer.Form.NFC)).isTrue();
    }

    @Property(tries = 1_000)
    void whatIsShownStaysAsItIs(@ForAll("anything") String name, @ForAll("anything") String id) {
        String shown = Names.shown(name, id, LONGEST);

        assertThat(Names.shown(shown, "other", LONGEST)).isEqualTo(shown);
    }

    @Example
    void idsHaveUpTo255CharactersAndAreNeverChanged() {
        assertThat(Names.fault("x".repeat(255))).isEmpty();
        assertThat(Names.fault("😀".repeat(255))).isEmpty();
        assertThat(Names.fault("x".repeat(256))).contains("must have 1 to 255 characters");
        assertThat(Names.fault("")).contains("must have 1 to 255 characters");
        assertThat(Names.fault("auth0|5f7c8ec7c33c6c004bbafe82")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\u0000", "a\u202eb", "\ud800", "a\u2028b", "\u00a0", " "})
    void anIdThatCannotBeToldApartOrWrittenDownIsRefused(String id) {
        assertThat(Names.fault(id)).isPresent();
    }
}
