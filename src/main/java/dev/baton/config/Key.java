package dev.baton.config;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * One thing a node can be told.
 *
 * @param name as it stands in a file, and after {@code baton.} as a system property
 * @param kind what it may be
 * @param standard the default as text, empty for none
 * @param secret whether its value must not be shown
 * @param get where {@link Settings} has it
 * @param meaning one sentence for the manual
 */
record Key<T>(
        String name,
        Kind<T> kind,
        Optional<String> standard,
        boolean secret,
        Function<Settings, T> get,
        String meaning) {

    /** The environment variable: {@code BATON_} and the name in capitals, with {@code _} for dots and hyphens. */
    String environment() {
        return "BATON_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The value in force as text; empty when there is none. */
    Optional<String> text(Settings settings) {
        return kind.write().apply(get.apply(settings));
    }
}
