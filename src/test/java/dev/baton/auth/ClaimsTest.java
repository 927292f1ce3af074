package dev.baton.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/**
 * What a token claims is believed within its time, for this audience, of this issuer; everything else has its words.
 */
class ClaimsTest {
    private static final long NOW = 1_790_000_000_000L;
    private static final long SECOND = NOW / 1_000;
    private static final Claims CLAIMS = new Claims(
            Optional.of("https://id.example"), Optional.of("baton"), Duration.ofSeconds(30), "documents", 64);

    private static Map<String, Object> good() {
        return new HashMap<>(
                Map.of("iss", "https://id.example", "aud", "baton", "sub", "ann", "name", "Ann", "exp", SECOND + 60));
    }

    private static Map<String, Object> with(String claim, Object value) {
        Map<String, Object> claims = good();
        claims.put(claim, value);
        return claims;
    }

    private static Map<String, Object> without(String claim) {
        Map<String, Object> claims = good();
        claims.remove(claim);
        return claims;
    }

    private static void refused(Map<String, Object> claims, String words) {
        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> CLAIMS.identify(claims, NOW))
                .withMessageContaining(words);
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    @Property(tries = 500)
    void itIsGoodUntilItExpiresAndTheLeewayAfter(@ForAll @LongRange(min = -100, max = 100) long seconds) {
        Map<String, Object> claims = with("exp", SECOND + seconds);
        if (seconds > -30) {
            assertThat(identify(claims).until()).hasValue(NOW + (seconds + 30) * 1_000);
        } else {
            refused(claims, "has expired");
        }
    }

    @Property(tries = 500)
    void itIsGoodFromTheLeewayBeforeItBegins(@ForAll @LongRange(min = -100, max = 100) long seconds) {
        Map<String, Object> claims = with("nbf", SECOND + seconds);
        if (seconds <= 30) {
            assertThat(identify(claims).user().id()).isEqualTo("ann");
        } else {
            refused(claims, "not valid yet");
        }
    }

    @Example
    void oneWithoutAnEndIsRefused() {
        refused(without("exp"), "no exp");
    }

    @Example
    void timesMayHaveFractionsAndMustBeTimes() {
        assertThat(identify(with("exp", SECOND + 0.5)).until()).hasValue(NOW + 30_500);
        for (Object bad : List.of("1790000000", true, 1e300, Double.NaN, List.of(1))) {
            refused(with("exp", bad), "no time");
            refused(with("nbf", bad), "no time");
        }
    }

    // ---- for whom, by whom ----------------------------------------------------------------------------------------

    @Example
    void anotherIssuerIsRefused() {
        refused(with("iss", "https://evil.example"), "another issuer");
        refused(without("iss"), "another issuer");
        refused(with("iss", List.of("https://id.example")), "another issuer");
    }

    @Example
    void anotherAudienceIsRefusedAndOneOfSeveralIsEnough() {
        refused(with("aud", "other"), "another audience");
        refused(with("aud", List.of("other", "batons")), "another audience");
        refused(without("aud"), "another audience");
        assertThat(identify(with("aud", List.of("other", "baton"))).user().id()).isEqualTo("ann");
    }

    @Example
    void withoutSettingsForThemIssuerAndAudienceAreNotAskedFor() throws TokenRefused {
        Claims open = new Claims(Optional.empty(), Optional.empty(), Duration.ZERO, "documents", 64);
        assertThat(open.identify(Map.of("sub", "ann", "exp", SECOND + 1), NOW)
                        .user()
                        .name())
                .isEqualTo("ann");
    }

    @Example
    void whoItIsMustBeSaidInANameThatCanBeShown() {
        refused(without("sub"), "no sub");
        refused(with("sub", 7), "sub must be a string");
        refused(with("sub", " "), "sub must have 1 to 255");
        refused(with("sub", "x".repeat(256)), "sub must have 1 to 255");
        refused(with("sub", "a\nb"), "sub must not hold control");
        assertThat(identify(with("sub", "x".repeat(255))).user().id()).hasSize(255);
    }

    @Example
    void nobodyIsShutOutForAName() {
        assertThat(identify(without("name")).user().name()).isEqualTo("ann");
        assertThat(identify(with("name", "A\u202en\u00adn")).user().name()).isEqualTo("Ann");
        assertThat(identify(with("name", "\u00a0")).user().name()).isEqualTo("ann");
        assertThat(identify(with("name", "x".repeat(65))).user().name()).isEqualTo("x".repeat(64));
        assertThat(identify(with("name", 7)).user().name()).isEqualTo("ann");
    }

    // ---- what it may do -------------------------------------------------------------------------------------------

    @Example
    void rolesAreThoseOfTheClaim() {
        Roles roles = identify(with("documents", Map.of("team/*", "edit", "team/wall", "moderate", "*", "view")))
                .roles();
        assertThat(roles.in("team/notes")).contains(Role.EDIT);
        assertThat(roles.in("team/wall")).contains(Role.MODERATE);
        assertThat(roles.in("other")).contains(Role.VIEW);
    }

    @Example
    void withoutTheClaimThereIsNoAccess() {
        assertThat(identify(good()).roles().in("team/notes")).isEmpty();
    }

    @Example
    void aClaimThatGrantsNothingKnownIsRefused() {
        refused(with("documents", "team/*"), "must be an object");
        refused(with("documents", List.of("team/*")), "must be an object");
        refused(with("documents", Map.of("team/*", "own")), "view, edit or moderate");
        refused(with("documents", Map.of("team/*", "EDIT")), "view, edit or moderate");
        refused(with("documents", Map.of("team/*", 7)), "view, edit or moderate");
        for (String pattern : List.of("", "a b", "a*b", "**", "a**", "x".repeat(201), "x".repeat(201) + "*", "ä*")) {
            refused(with("documents", Map.of(pattern, "edit")), "pattern");
        }
        refused(
                with("documents", IntStream.range(0, 201).boxed().collect(Collectors.toMap(i -> "d" + i, i -> "view"))),
                "200");
    }

    private static Identity identify(Map<String, Object> claims) {
        try {
            return CLAIMS.identify(claims, NOW);
        } catch (TokenRefused refused) {
            throw new AssertionError(refused.getMessage(), refused);
        }
    }
}
