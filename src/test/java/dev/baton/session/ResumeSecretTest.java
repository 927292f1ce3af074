package dev.baton.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session is resumed with: not to be guessed, not to be read off anything, found by its public half. */
class ResumeSecretTest {

    @Test
    void aFreshOneIsReadBack() {
        ResumeSecret secret = ResumeSecret.fresh();
        assertThat(ResumeSecret.parse(secret.text())).contains(secret);
        assertThat(secret.text()).startsWith(secret.session() + ".");
    }

    @Test
    void noTwoAreAlike() {
        Set<String> sessions = new HashSet<>();
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            ResumeSecret secret = ResumeSecret.fresh();
            sessions.add(secret.session());
            secrets.add(secret.text().substring(secret.session().length()));
        }
        assertThat(sessions).hasSize(1_000);
        assertThat(secrets).hasSize(1_000);
    }

    @Test
    void theSecretHalfIsOfTwoHundredAndFiftySixBits() {
        ResumeSecret secret = ResumeSecret.fresh();
        assertThat(secret.session()).matches("[A-Za-z0-9_-]{16}");
        assertThat(secret.text().substring(17)).matches("[A-Za-z0-9_-]{43}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "abc", "abc.", ".abc", "a b.c", "a.b c", "a.b.c", "a\u0000.b", "é.b", "a.b\n", "a/.b"})
    void whatHasNotItsFormIsNone(String text) {
        assertThat(ResumeSecret.parse(text)).isEmpty();
    }

    @Test
    void whatIsTooLongIsNotLookedAt() {
        assertThat(ResumeSecret.parse("a." + "b".repeat(126))).isPresent();
        assertThat(ResumeSecret.parse("a." + "b".repeat(127))).isEmpty();
    }

    @Test
    void theHashIsSha256OverTheWholeText() {
        assertThat(new ResumeSecret("a", "abc").hash()).isEqualTo("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }

    @Test
    void onlyTheSameTextMatches() {
        ResumeSecret secret = ResumeSecret.fresh();
        ResumeSecret near = new ResumeSecret(secret.session(), secret.text() + "A");
        assertThat(ResumeSecret.matches(secret.hash(), secret.hash())).isTrue();
        assertThat(ResumeSecret.matches(near.hash(), secret.hash())).isFalse();
        assertThat(ResumeSecret.matches("", secret.hash())).isFalse();
    }

    @Test
    void itsTextDoesNotShowIt() {
        ResumeSecret secret = ResumeSecret.fresh();
        assertThat(secret.toString())
                .contains(secret.session())
                .doesNotContain(secret.text().substring(secret.session().length()))
                .doesNotContain(secret.hash());
    }
}
