package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.UncheckedIOException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the log keeps of a user says the same when it is read again. */
class UserTest {

    @Property(tries = 300)
    void aUserThatWasWrittenIsReadAsTheSame(@ForAll("names") String id, @ForAll("names") String name) {
        User user = new User(id, name);
        assertThat(User.parse(user.toJson().text())).isEqualTo(user);
    }

    @Example
    void whatALaterVersionAddsIsSkipped() {
        assertThat(User.parse("{\"colour\":\"red\",\"id\":\"ann\",\"name\":\"Ann\",\"age\":\"7\"}"))
                .isEqualTo(new User("ann", "Ann"));
    }

    @Example
    void whatIsNoUserIsSaidToBeNone() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> User.parse("{\"id\":"))
                .withMessage("not a user");
    }

    /** Without halves of surrogate pairs, which no name holds. */
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().ofMaxLength(20).filter(text -> text.codePoints()
                .noneMatch(point -> Character.getType(point) == Character.SURROGATE));
    }
}
