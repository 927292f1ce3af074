package dev.baton.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * What the text of a setting may be.
 *
 * @param allowed the same for people, to follow "allowed: "
 * @param parse the value of a text, or empty when it is not one of those allowed
 * @param write a value as text that {@code parse} takes back; empty for a value that says "not set"
 */
record Kind<T>(String allowed, Function<String, Optional<T>> parse, Function<T, Optional<String>> write) {

    /** A setting that may also be absent. */
    Kind<Optional<T>> optional() {
        return new Kind<>(
                allowed,
                text -> Optional.of(parse.apply(text)).filter(Optional::isPresent),
                value -> value.flatMap(write));
    }
}
