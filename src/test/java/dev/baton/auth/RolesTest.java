package dev.baton.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The most specific pattern decides, and only it; without one there is no access. */
class RolesTest {

    @Example
    void aNameBeatsABeginningAndALongBeginningAShortOne() {
        Roles roles = new Roles(Map.of(
                "*", Role.VIEW, "a/*", Role.EDIT, "a/b/*", Role.VIEW, "a/b/c", Role.MODERATE, "a/b/c*", Role.EDIT));
        assertThat(roles.in("z")).contains(Role.VIEW);
        assertThat(roles.in("a/x")).contains(Role.EDIT);
        assertThat(roles.in("a/b/x"))
                .as("a more specific pattern may also take away")
                .contains(Role.VIEW);
        assertThat(roles.in("a/b/c")).contains(Role.MODERATE);
        assertThat(roles.in("a/b/cd")).contains(Role.EDIT);
    }

    @Example
    void aBeginningIsNotAFolder() {
        Roles roles = new Roles(Map.of("team/*", Role.EDIT));
        assertThat(roles.in("team")).isEmpty();
        assertThat(roles.in("teams/a")).isEmpty();
        assertThat(roles.in("team/")).contains(Role.EDIT);
        assertThat(roles.in("Team/a")).as("names have their case").isEmpty();
    }

    @Example
    void aRoleCoversThoseBelowIt() {
        Roles roles = new Roles(Map.of("v", Role.VIEW, "e", Role.EDIT, "m", Role.MODERATE));
        assertThat(roles.allow("v", Role.VIEW)).isTrue();
        assertThat(roles.allow("v", Role.EDIT)).isFalse();
        assertThat(roles.allow("e", Role.EDIT)).isTrue();
        assertThat(roles.allow("e", Role.MODERATE)).isFalse();
        assertThat(roles.allow("m", Role.MODERATE)).isTrue();
        assertThat(roles.allow("x", Role.VIEW)).isFalse();
    }

    @Example
    void whereNobodyIsAskedForATokenEverybodyMayEditAndNobodyModerate() {
        assertThat(Roles.EDIT_ALL.allow("any/thing", Role.EDIT)).isTrue();
        assertThat(Roles.EDIT_ALL.allow("any/thing", Role.MODERATE)).isFalse();
    }

    /** By the definition, written another way. */
    @Property(tries = 2_000)
    void theLongestPatternThatMatchesDecides(
            @ForAll("patterns") Map<String, Role> patterns, @ForAll("names") String document) {
        Optional<Role> wanted = patterns.keySet().stream()
                .filter(pattern -> pattern.equals(document)
                        || (pattern.endsWith("*") && document.startsWith(pattern.substring(0, pattern.length() - 1))))
                .max(Comparator.<String>comparingInt(pattern -> pattern.equals(document) ? 1_000 : pattern.length()))
                .map(patterns::get);
        assertThat(new Roles(patterns).in(document)).isEqualTo(wanted);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().withChars("ab/").ofMinLength(1).ofMaxLength(5);
    }

    @Provide
    Arbitrary<Map<String, Role>> patterns() {
        Arbitrary<String> pattern = Arbitraries.oneOf(names(), names().map(name -> name + "*"), Arbitraries.just("*"));
        return Arbitraries.maps(pattern, Arbitraries.of(Role.class)).ofMaxSize(8);
    }
}
