package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A name is 1 to 200 of the characters that need no escaping anywhere, and nothing else. */
class DocumentNameTest {

    @Example
    void plainNamesAreValid() {
        assertThat(List.of("a", "team/notes.2026_v1~draft-3", "/", "..", "AZaz09"))
                .allMatch(DocumentName::isValid);
    }

    @Example
    void othersAreNot() {
        assertThat(List.of(
                        "", " ", "a b", "a\n", "a%20", "a?b", "a#b", "ä", "a\\b", "a:b", "a*", "a@b", "a[", "a`", "a{"))
                .noneMatch(DocumentName::isValid);
    }

    @Example
    void theLongestHasTwoHundredCharacters() {
        assertThat(DocumentName.isValid("x".repeat(200))).isTrue();
        assertThat(DocumentName.isValid("x".repeat(201))).isFalse();
    }

    @Property(tries = 500)
    void anyTextIsValidExactlyWhenTheGrammarSaysSo(@ForAll String name) {
        assertThat(DocumentName.isValid(name)).isEqualTo(name.matches("[A-Za-z0-9._~/-]{1,200}"));
    }
}
